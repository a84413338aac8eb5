"""Workflows, their levels and how ready they are, as they are answered."""

from typing import Any

from session_buddy.web.described.coaching import Stats
from session_buddy.web.described.told import Object, Told


class Criterion(Told):
    name: str
    value: Any
    bar: Any
    met: bool


class Readiness(Told):
    state: str
    criteria: list[Criterion]
    learning_progress: float


class WorkflowBrief(Told):
    workflow_id: str
    level: str
    level_since: str | None
    readiness: str
    unmet: list[str]
    learning_progress: float


class Node(Told):
    workflow_id: str
    node_id: str
    action_type: str
    decisions: int
    accepted: int
    rejected: int
    corrected: int
    confidence: float | None
    confidence_n: int


class Overall(Told):
    workflows: list[WorkflowBrief]
    by_level: dict[str, int]
    statistics: Object
    days: list[Object]
    most_corrected: list[Node]


class Workflow(Told):
    workflow_id: str
    level: str
    level_since: str | None
    sessions: dict[str, int]
    stats: Stats
    decided_by: dict[str, int]
    readiness: Readiness
    reported_only: Object
    nodes: list[Node]
    corrections_known: int
    days: list[Object]
    level_changes: list[Object]
    resumable: list[str]


class Promotion(Told):
    workflow_id: str
    level: str
    to: str
    words: str | None


class ProgressPoint(Told):
    at: str
    decisions: int
    learning_progress: float
    acceptance_rate: float | None
    criteria_met: int


class Progress(Told):
    workflow_id: str
    points: list[ProgressPoint]

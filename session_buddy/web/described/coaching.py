"""Coaching sessions, suggestions and decisions, as they are answered."""

from typing import Any

from session_buddy.web.described.told import Object, Told


class Stats(Told):
    suggestions_made: int
    accepted: int
    rejected: int
    corrected: int
    manual_executions: int
    skipped: int
    auto: int
    acceptance_rate: float
    correction_rate: float


class Head(Told):
    session_id: str
    workflow_id: str
    execution_id: str | None
    status: str
    level: str
    current_step_index: int
    total_steps: int
    variables: Object
    metadata: Object
    started_at: str
    updated_at: str
    completed_at: str | None
    error_message: str | None
    stats: Stats


class Sessions(Told):
    sessions: list[Head]


class Change(Told):
    """One difference between two objects, at a JSON pointer."""

    op: str
    path: str
    before: Any = None
    after: Any = None
    item_id: str | None = None


class Decision(Told):
    decision_id: str
    suggestion_id: str
    step_index: int
    node_id: str
    action_type: str
    decision: str
    decided_by: str
    source: str
    timestamp: str
    decision_seconds: float | None
    correction: Object | None
    feedback: str | None
    execution_success: bool | None
    error_message: str | None
    executed_at: str | None
    parameters: Object | None = None


class BriefSuggestion(Told):
    suggestion_id: str
    session_id: str
    workflow_id: str
    step_index: int
    node_id: str
    action_type: str
    mode: str
    parameters: Object
    confidence: float | None
    confidence_n: int
    suggested_at: str


class Suggestion(BriefSuggestion):
    corrections_applied: list[Object]
    conflicts: list[Object]
    decision: Decision | None
    level: str
    shown: str
    notes: list[str]
    suggested: Object | None = None
    changes: list[Change] = []
    similar: list[Object] = []


class PendingSuggestion(Suggestion):
    session: Head


class Pending(Told):
    suggestions: list[PendingSuggestion]


class Session(Head):
    pending: list[BriefSuggestion]
    notes: list[str]


class SessionShown(Session):
    decisions: list[Decision]


class Undone(Session):
    undone: Decision


class Deleted(Told):
    session_id: str


class LevelChange(Told):
    workflow_id: str
    level: str
    previous: str
    decided_by: str
    reason: str | None


class Decided(Told):
    session_id: str
    workflow_id: str
    decision: Decision
    stats: Stats
    current_step_index: int
    total_steps: int
    level: str
    level_change: LevelChange | None
    notes: list[str]


class PastDecision(Decision):
    session_id: str
    workflow_id: str
    changes: list[Change] | None = None


class Decisions(Told):
    decisions: list[PastDecision]
    next: str | None

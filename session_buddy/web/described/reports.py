"""Figures and reports, as they are answered."""

from typing import Literal

from session_buddy.web.described.told import Object, Told


class Status(Told):
    program: str
    store: str
    connections: int
    invocations: int
    texts: int
    hooks: Object
    embedding: Object
    settings: Object


class Project(Told):
    project_id: str
    path: str | None
    uses: int
    last_at: str | None


class Projects(Told):
    projects: list[Project]


class AssistantSession(Told):
    session_id: str
    project_id: str | None
    project_path: str | None
    started_at: str
    last_at: str
    uses: int
    completed: int
    ended: int
    skills: int


class AssistantSessions(Told):
    sessions: list[AssistantSession]
    next: str | None


class Metrics(Told):
    scope: Literal["skill", "session", "all"]
    as_of: str
    session_id: str | None = None
    skill: Object | None = None
    session: Object | None = None
    summary: Object | None = None
    skills: list[Object] = []
    offset: int = 0
    total_skills: int | None = None


class HeatmapCell(Told):
    skill_name: str
    phase: str
    completion_rate: float | None
    ended: int
    total: int


class HeatmapFigures(Told):
    skills: list[str]
    all_skills: int
    phases: list[str]
    all_phases: int
    cells: list[HeatmapCell]


class Heatmap(HeatmapFigures):
    as_of: str
    session_id: str | None


class WorkflowReport(Told):
    as_of: str
    session_id: str | None
    total_invocations: int
    without_phase: int
    effectiveness: list[Object]
    bottlenecks: list[Object]
    transitions: list[Object]
    self_transitions: list[Object]
    best_skills: list[Object]
    heatmap: HeatmapFigures
    totals: dict[str, int]
    page: int
    pages: int


class Spread(Told):
    timed: int
    median: float | None
    p95: float | None
    p5: float | None
    p25: float | None
    p75: float | None
    average: float | None


class SkillSpread(Spread):
    skill_name: str


class PhaseSpread(Spread):
    workflow_phase: str | None


class Durations(Told):
    skills: list[SkillSpread]
    phases: list[PhaseSpread]


class Changes(Told):
    as_of: str
    windows: dict[str, str] | None
    tests: int
    changed: list[Object]
    sessions: int
    enough_sessions: bool
    together: list[Object]
    never_used: list[Object]
    all_never_used: int

"""What the answers look like, for the OpenAPI document. A model is open where the store is: what people have put into
it, and figures that reports may gain."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Object = dict[str, Any]
Level = Literal["OBSERVATION", "COACHING", "AUTO"]


class Told(BaseModel):
    """Part of an answer, which may say more."""

    model_config = ConfigDict(extra="allow")


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


class PackBrief(Told):
    workflow_id: str
    items: int


class Packs(Told):
    packs: list[PackBrief]


class Item(Told):
    item_id: str
    node_id: str
    action_type: str
    patch: list[Object]
    times_seen: int
    times_applied: int
    helped: int
    hurt: int
    laid_off: bool
    off: bool = False
    changes: list[Change] = []
    first_seen_at: str | None = None
    last_seen_at: str | None = None
    last_applied_at: str | None = None


class Pack(Told):
    workflow_id: str
    items: list[Item]


class ItemHistory(Told):
    item_id: str
    days: list[Object]


class PackHistory(Told):
    items: list[ItemHistory]


class PackDocument(Told):
    workflow_id: str
    items: list[Object]


class Imported(Told):
    workflow_id: str
    imported: int
    updated: int
    unchanged: int


class Forgotten(Told):
    workflow_id: str
    forgotten: str
    items_left: int


class Switched(Told):
    workflow_id: str
    item_id: str


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


class SkillTrend(Told):
    uses: list[int]
    completed: list[int]
    ended: list[int]


class NamedTrend(SkillTrend):
    skill_name: str


class Trends(Told):
    weeks: list[str]
    skills: list[NamedTrend]
    all: SkillTrend


class SkillRow(Told):
    skill_name: str
    description: str | None
    invocations: int
    completion_rate: float | None
    open: int
    last_used_at: str | None
    shown: int
    chosen: int
    average_selection_rank: float | None
    first_choice_completion_rate: float | None
    first_choice_ended: int
    kind: str | None
    place: str | None
    path: str | None
    model_may_use: bool | None
    trend: SkillTrend | None = None


class Skills(Told):
    as_of: str
    skills: list[SkillRow]
    recommendations: Object
    weeks: list[str] = []


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


class Use(Told):
    invocation_id: str
    skill_name: str
    user_query: str | None
    session_id: str | None
    project_id: str | None
    project_path: str | None
    invoked_at: str
    workflow_phase: str | None
    workflow_path: str | None
    outcome: str
    outcome_basis: str | None
    ended_by: str | None
    duration_seconds: float | None
    error_type: str | None
    follow_up_actions: list[str] | None
    alternatives_considered: list[str] | None
    selection_rank: int | None
    source: str | None


class Uses(Told):
    uses: list[Use]
    next: str | None
    as_of: str


class Recommendation(Told):
    skill_name: str
    score: float
    similarity_score: float
    completion_rate: float | None
    invocations: int
    reason: str
    example: Object | None
    why: Object | None = None


class Recommendations(Told):
    recommendations: list[Recommendation]
    ranking: Literal["semantic", "lexical"]
    confident: bool
    fit: float
    threshold: float
    notes: list[str] = []


class GivenSkill(Told):
    skill_name: str
    score: float | None


class GivenList(Told):
    recommendation_id: str
    user_query: str | None
    recommended_at: str
    session_id: str | None
    project_id: str | None
    workflow_phase: str | None
    ranking: str | None
    confident: bool | None
    skills: list[GivenSkill]
    chosen: str | None
    chosen_rank: int | None


class Given(Told):
    recommendations: list[GivenList]
    next: str | None


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


class Event(Told):
    kind: str
    at: str


class Link(Told):
    url: str


class Recent(Told):
    events: list[Event]

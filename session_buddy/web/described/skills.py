"""Skills, uses and recommendations, as they are answered."""

from typing import Literal

from session_buddy.web.described.told import Object, Told


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

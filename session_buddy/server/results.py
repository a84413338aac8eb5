"""What the tools answer, as output schemas."""

from typing import Any, Literal

from pydantic import BaseModel


class Tracked(BaseModel):
    invocation_id: str
    skill_name: str
    session_id: str
    invoked_at: str
    notes: list[str] = []


class Completed(BaseModel):
    invocation_id: str
    skill_name: str
    outcome: Literal["completed", "failed", "abandoned"]
    duration_seconds: float
    notes: list[str] = []


class Example(BaseModel):
    invocation_id: str
    user_query: str
    completed: bool | None
    duration_seconds: float | None
    session_id: str
    invoked_at: str
    workflow_phase: str | None = None


class Recommendation(BaseModel):
    skill_name: str
    score: float
    similarity_score: float
    completion_rate: float | None
    invocations: int
    reason: str
    example: Example | None
    installed: bool | None = None


class Recommendations(BaseModel):
    recommendations: list[Recommendation]
    ranking: Literal["semantic", "lexical"]
    confident: bool
    fit: float
    threshold: float
    notes: list[str] = []


class Metrics(BaseModel):
    scope: Literal["skill", "session", "all"]
    as_of: str
    session_id: str | None = None
    skill: dict[str, Any] | None = None
    session: dict[str, Any] | None = None
    summary: dict[str, Any] | None = None
    skills: list[dict[str, Any]] = []
    offset: int = 0
    total_skills: int | None = None


class WorkflowReport(BaseModel):
    report: str
    as_of: str
    session_id: str | None
    total_invocations: int
    without_phase: int
    effectiveness: list[dict[str, Any]]
    bottlenecks: list[dict[str, Any]]
    transitions: list[dict[str, Any]]
    self_transitions: list[dict[str, Any]]
    best_skills: list[dict[str, Any]]
    heatmap: dict[str, Any]
    totals: dict[str, int]
    page: int
    pages: int

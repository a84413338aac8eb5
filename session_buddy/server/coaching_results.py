"""What the tools of coaching answer, as output schemas."""

from typing import Any, Literal

from pydantic import BaseModel

Level = Literal["OBSERVATION", "COACHING", "AUTO"]
Object = dict[str, Any]


class CoachingSession(BaseModel):
    session_id: str
    workflow_id: str
    execution_id: str | None
    status: Literal["active", "paused", "completed", "failed", "abandoned"]
    level: Level
    current_step_index: int
    total_steps: int
    variables: Object
    metadata: Object
    started_at: str
    updated_at: str
    completed_at: str | None
    error_message: str | None
    stats: Object
    pending: list[Object]
    notes: list[str] = []


class Suggested(BaseModel):
    suggestion_id: str
    session_id: str
    step_index: int
    mode: Literal["observe", "ask", "auto"]
    parameters: Object
    corrections_applied: list[Object]
    conflicts: list[Object]
    confidence: float | None
    confidence_n: int
    decision: Object | None
    level: Level
    notes: list[str] = []


class Decided(BaseModel):
    session_id: str
    workflow_id: str
    decision: Object
    stats: Object
    current_step_index: int
    total_steps: int
    level: Level
    level_change: Object | None
    notes: list[str] = []


class Status(BaseModel):
    sessions: list[Object] = []
    session: Object | None = None
    workflow: Object | None = None
    workflows: list[Object] = []
    statistics: Object | None = None


class Pack(BaseModel):
    workflow_id: str
    items: list[Object] = []
    pack: Object | None = None
    imported: int | None = None
    updated: int | None = None
    unchanged: int | None = None
    waiting: int | None = None
    forgotten: str | None = None
    items_left: int | None = None

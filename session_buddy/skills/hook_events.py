"""Events that assistants tell through hooks, checked. What is not known is passed over: their formats change."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from session_buddy.skills.fields import Moment, Name, Text, as_name


def _as_name(value: Any) -> Any:
    return as_name(value[:4096]) or None if isinstance(value, str) else None


def _if_text(value: Any) -> Any:
    return value if isinstance(value, str) and value.strip() else None


def _if_inputs(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


LooseName = Annotated[Name | None, BeforeValidator(_as_name)]
LooseText = Annotated[str | None, BeforeValidator(_if_text)]


class HookData(BaseModel):
    """What an event says, as far as it is used."""

    model_config = ConfigDict(extra="ignore")

    prompt: LooseText = None
    prompt_id: LooseText = None
    tool_name: LooseName = None
    tool_use_id: LooseText = None
    tool_input: Annotated[dict[str, Any], BeforeValidator(_if_inputs)] = {}
    success: bool | None = None
    is_interrupt: bool | None = None
    agent_id: LooseName = None
    command_name: LooseName = None
    command_args: LooseText = None
    expansion_type: LooseText = None
    source: LooseText = None
    reason: LooseText = None


class HookEvent(BaseModel):
    """One event. `parents` are the processes that the hook descends from, where a session starts; the assistant `waits`
    for an answer for so many seconds."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["hook"]
    id: UUID
    at: Moment
    project: Text
    session: Name
    event: Name
    assistant: Name = "claude-code"
    hints: str | None = None
    waits: float = 0.0
    parents: list[int] = Field(default=[], max_length=16)
    data: HookData = HookData()

    @property
    def tells_prompt(self) -> bool:
        """Whether an assistant waits for what fits this."""
        return self.event == "UserPromptSubmit" and bool(self.data.prompt)

"""What requests may hold: parameters in addresses, filters, and bodies. What a value may be, the hub says, in the words
of the tools; here only its kind is looked at."""

from typing import Annotated, Any, Literal
from urllib.parse import unquote

from fastapi import Depends, Header, Path, Query
from fastapi.requests import HTTPConnection
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from session_buddy.web.hub_line import HubLine

Object = dict[str, Any]
LONGEST_CALL = 200


async def _hub(connection: HTTPConnection) -> HubLine:
    found: HubLine = connection.app.state.hub
    return found


Hub = Annotated[HubLine, Depends(_hub)]

# Addresses are matched as they were sent, so that a name may hold an encoded slash.
Named = Annotated[str, Path(min_length=1, max_length=3_000), AfterValidator(unquote)]
Called = Annotated[
    str | None,
    Header(alias="call", max_length=LONGEST_CALL, description="An id of yours: sent again, nothing is done twice"),
]
Limit = Annotated[int, Query(ge=1, le=500)]
Before = Annotated[str | None, Query(description="The `next` of the part before this one")]
Status = Literal["active", "paused", "completed", "failed", "abandoned"]
Outcome = Literal["open", "completed", "failed", "abandoned"]
Kind = Literal["accept", "reject", "correct", "manual", "skip"]
Who = Literal["person", "reported", "auto"]


class Filters(BaseModel):
    """What every report can be narrowed to. Times are ISO 8601 with offset; [since, until)."""

    project_id: str | None = None
    session_id: str | None = None
    since: str | None = None
    until: str | None = None


Narrowed = Annotated[Filters, Depends()]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WithCall(Body):
    call: Annotated[str | None, Field(max_length=LONGEST_CALL)] = None

    def given(self) -> Object:
        """What is to be passed on to the hub: what was given, without the call."""
        return self.model_dump(exclude={"call"}, exclude_none=True)


class Start(WithCall):
    workflow_id: str
    execution_id: str | None = None
    total_steps: int | None = None
    variables: Object | None = None
    metadata: Object | None = None


class End(WithCall):
    outcome: str
    error_message: str | None = None


class Suggest(WithCall):
    session_id: str
    node_id: str
    action_type: str
    parameters: Object | None = None


class ExecutionOutcome(WithCall):
    execution_success: bool
    error_message: str | None = None


class Decide(WithCall):
    session_id: str
    decision: str
    suggestion_id: str | None = None
    node_id: str | None = None
    action_type: str | None = None
    correction: Object | None = None
    feedback: str | None = None
    execution_success: bool | None = None
    error_message: str | None = None
    seconds: float | None = None


class Promote(WithCall):
    name: str
    despite: str | None = None
    confirmed: bool | str | None = None
    expected: str | None = None


class Demote(WithCall):
    to: str | None = None
    reason: str | None = None


class Switch(WithCall):
    on: bool


class Ask(Body):
    user_query: Annotated[str, Field(min_length=1)]
    limit: Annotated[int, Field(ge=1, le=50)] = 5
    min_similarity: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    workflow_phase: str | None = None
    phase_weight: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.3

"""What programs and pages may give when they ask, checked before it reaches the store."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from session_buddy.coaching.cases import Question
from session_buddy.coaching.choices import Choice
from session_buddy.coaching.levels import Promotion
from session_buddy.coaching.sessions import MOST_STEPS, Plan
from session_buddy.coaching.suggestions import Proposal
from session_buddy.errors import InvalidRequestError
from session_buddy.skills.fields import Name
from session_buddy.skills.filters import span
from session_buddy.skills.messages import readable
from session_buddy.store.coaching_past import Wanted
from session_buddy.store.times import from_micros

MOST_DECISIONS = 500
Steps = Annotated[int, Field(ge=0, le=MOST_STEPS)]
Object = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Start(_Request):
    workflow_id: Name
    execution_id: str | None = None
    total_steps: Steps = 0
    variables: Object | None = None
    metadata: Object | None = None


class _Suggest(_Request):
    session_id: str
    node_id: Name
    action_type: Name
    parameters: Object | None = None


class _Decisions(_Request):
    session_id: str | None = None
    workflow_id: str | None = None
    decision: Literal["accept", "reject", "correct", "manual", "skip"] | None = None
    decided_by: Literal["person", "reported", "auto"] | None = None
    since: str | None = None
    until: str | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_DECISIONS)] = 50
    before: str | None = None


class _Workflow(_Request):
    workflow_id: str


class _Promote(_Request):
    workflow_id: str
    despite: str | None = None
    confirmed: StrictBool | str | None = None
    expected: str | None = None
    name: str | None = None


class _Switch(_Request):
    workflow_id: str
    item_id: str
    on: StrictBool


def parsed(model: type[Model], given: Object) -> Model:
    """What was given, as this model.

    Raises:
        InvalidRequestError: it does not fit; the message says why.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise InvalidRequestError(f"{readable(error)}. Nothing was stored.") from None


def plan(given: Object) -> Plan:
    return Plan(**dict(parsed(_Start, given)))


def proposal(given: Object) -> Proposal:
    return Proposal(**dict(parsed(_Suggest, given)))


def choice(given: Object) -> Choice:
    return parsed(Choice, given)


def question(given: Object) -> Question:
    one = dict(parsed(_Decisions, given))
    limit, before = one.pop("limit"), one.pop("before")
    since, until = (None if moment is None else from_micros(moment) for moment in span(one["since"], one["until"]))
    return Question(Wanted(**one | {"since": since, "until": until}), limit, before)


def workflow(given: Object) -> str:
    return parsed(_Workflow, given).workflow_id


def promotion(given: Object) -> Promotion:
    one = dict(parsed(_Promote, given))
    return Promotion(**one | {"confirmed": one["confirmed"] or False})


def switch(given: Object) -> tuple[str, str, bool]:
    one = parsed(_Switch, given)
    return one.workflow_id, one.item_id, one.on

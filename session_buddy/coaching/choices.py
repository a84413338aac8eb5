"""What can be decided about a suggestion, and what goes together."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from session_buddy.coaching.fields import Object
from session_buddy.coaching.stats import COUNTS
from session_buddy.errors import InvalidRequestError
from session_buddy.skills.fields import LONGEST, Moment, Name

NOTHING = "Nothing was stored."
KINDS = tuple(COUNTS)
# What was rejected or skipped is not executed.
EXECUTED = ("accept", "correct", "manual")


class Choice(BaseModel):
    """What was decided, and about which suggestion: by its id, or by the step. `correction` is all the parameters to
    use instead; `seconds` is how long a person looked at it, where that is known. A program may bring its own id and
    time of the decision."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    session_id: str
    decision: str
    suggestion_id: str | None = None
    node_id: Name | None = None
    action_type: Name | None = None
    correction: Object | None = None
    feedback: str | None = None
    execution_success: bool | None = None
    error_message: str | None = None
    seconds: float | None = None
    decision_id: UUID | None = None
    decided_at: Moment | None = None


def check(choice: Choice) -> None:
    """See that a choice fits together.

    Raises:
        InvalidRequestError: it does not; the message says what is missing or too much.
    """
    kind = choice.decision
    if kind not in KINDS:
        raise InvalidRequestError(f"decision must be one of {', '.join(KINDS)}, not {kind[:64]!r}. {NOTHING}")
    if kind == "correct" and choice.correction is None:
        raise InvalidRequestError(
            f"decision is correct, and correction is missing: give all the parameters as they should be. {NOTHING}"
        )
    if choice.correction is not None and kind not in ("correct", "manual"):
        raise InvalidRequestError(
            f"A correction goes with the decision correct (or manual: the parameters used), not with {kind}. {NOTHING}"
        )
    if choice.execution_success is not None and kind not in EXECUTED:
        raise InvalidRequestError(f"What was {past(kind)} is not executed: leave out execution_success. {NOTHING}")
    if choice.error_message and choice.execution_success is not False:
        raise InvalidRequestError(f"An error_message goes with execution_success false. {NOTHING}")
    if choice.seconds is not None and not 0 <= choice.seconds <= LONGEST:
        raise InvalidRequestError(f"seconds must be from 0 to {LONGEST:,}, not {choice.seconds:g}. {NOTHING}")
    if not choice.suggestion_id and not (choice.node_id and choice.action_type):
        raise InvalidRequestError(f"Say what was decided: suggestion_id, or node_id and action_type. {NOTHING}")


def past(kind: str) -> str:
    """What a suggestion was after this decision."""
    return {"reject": "rejected", "skip": "skipped"}.get(kind, f"{kind}ed")

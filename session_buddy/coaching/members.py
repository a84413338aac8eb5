"""What the jobs of coaching are given by name, looked at before any of them runs."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from session_buddy.errors import InvalidRequestError
from session_buddy.skills.messages import readable

Count = Annotated[int, Field(ge=0)]


class _Nothing(BaseModel):
    # Values are handed on as they came, so none may be taken for one of another kind.
    model_config = ConfigDict(extra="forbid", strict=True)


class _Anything(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Session(_Nothing):
    session_id: str


class _Workflow(_Nothing):
    workflow_id: str


class _Listed(_Nothing):
    workflow_id: str | None = None
    limit: Count = 0


class _ListedByStatus(_Listed):
    status: str | None = None


class _Documents(_ListedByStatus):
    workflow_id: str | None
    status: str | None
    limit: Count
    resumable: bool = False


class _Suggestion(_Nothing):
    suggestion_id: str


class _Outcome(_Suggestion):
    execution_success: bool
    error_message: str | None = None


class _End(_Session):
    outcome: str
    error_message: str | None = None


class _Document(_Nothing):
    document: dict[str, Any]


class _Delete(_Session):
    missing_ok: bool = False


class _Prune(_Nothing):
    days: float
    dry_run: bool


class _Promotion(_Workflow):
    despite: str | None = None


class _Demote(_Workflow):
    to: str | None = None
    reason: str | None = None


class _Threshold(_Nothing):
    name: str
    value: float


class _Pack(_Workflow):
    pack: Any

    @field_validator("pack")
    @classmethod
    def _is_document(cls, pack: Any) -> Any:
        if not isinstance(pack, str | dict):
            raise ValueError("should be an object, or its text")
        return pack


class _Item(_Workflow):
    item_id: str


# The jobs that are not here read their members themselves, with the rules of what they store.
_MEMBERS: dict[str, type[BaseModel]] = {
    "session": _Session,
    "sessions": _ListedByStatus,
    "resumable": _Listed,
    "document": _Session,
    "documents": _Documents,
    "statistics": _Nothing,
    "workflow": _Workflow,
    "workflows": _Nothing,
    "overall": _Nothing,
    "thresholds": _Nothing,
    "packs": _Nothing,
    "pack": _Workflow,
    "export_pack": _Workflow,
    "promotion": _Promotion,
    "suggestion": _Suggestion,
    "pending": _Nothing,
    "outcome": _Outcome,
    "undo": _Session,
    "pause": _Session,
    "resume": _Session,
    "end": _End,
    "save": _Document,
    "delete": _Delete,
    "prune": _Prune,
    "demote": _Demote,
    "set_threshold": _Threshold,
    "import_pack": _Pack,
    "forget_item": _Item,
}


def check(job: str, given: Any) -> None:
    """See that a job is given what it needs, and nothing that it does not know.

    Raises:
        InvalidRequestError: it is not; the message names what is missing, unknown, or of another kind.
    """
    if not isinstance(given, dict):
        raise InvalidRequestError(f"{job}: given should be an object. Nothing was stored.")
    try:
        _MEMBERS.get(job, _Anything).model_validate(given)
    except ValidationError as error:
        raise InvalidRequestError(f"{job}: {readable(error)}. Nothing was stored.") from None

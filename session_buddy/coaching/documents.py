"""Coaching sessions as documents that programs keep: read whole, and saved with what is new in them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from session_buddy.coaching import deciding, sessions, suggestions
from session_buddy.coaching.actors import REPORTED, Actor
from session_buddy.coaching.choices import Choice
from session_buddy.coaching.fields import checked, cleaned, read, written
from session_buddy.coaching.requests import Steps, parsed
from session_buddy.coaching.suggestions import Proposal
from session_buddy.coaching.telling import decision_told
from session_buddy.errors import InvalidRequestError
from session_buddy.skills.fields import Moment, Name
from session_buddy.skills.tracking import Cleaner
from session_buddy.store import coaching_decisions, coaching_documents, coaching_sessions
from session_buddy.store.coaching_documents import Kept
from session_buddy.store.coaching_sessions import Beginning, State
from session_buddy.store.times import from_micros, iso, now
from session_buddy.store.writing import Cursor

LOAD_AGAIN = "Nothing was stored. Load it again, and make your changes to what you get."

Told = dict[str, Any]


class DecisionDocument(BaseModel):
    """A decision as a program keeps it; `parameters` are those that were suggested."""

    model_config = ConfigDict(extra="ignore")

    decision_id: UUID
    node_id: Name
    action_type: Name
    decision: str
    suggestion_id: UUID | None = None
    parameters: dict[str, Any] | None = None
    correction: dict[str, Any] | None = None
    feedback: str | None = None
    timestamp: Moment | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    execution_success: bool | None = None
    error_message: str | None = None


class SessionDocument(BaseModel):
    """A coaching session as a program keeps it; `revision` is the `updated_at` that it was read with."""

    model_config = ConfigDict(extra="ignore")

    session_id: Name
    workflow_id: Name
    execution_id: str | None = None
    status: Literal["active", "paused", "completed", "failed", "abandoned"] = "active"
    total_steps: Steps = 0
    variables: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    started_at: Moment | None = None
    error_message: str | None = None
    decisions: list[DecisionDocument] = []
    revision: str | None = None


def document(cursor: Cursor, session_id: str) -> Told | None:
    """A coaching session with its decisions in order, each with what was suggested; None when there is none."""
    state = coaching_sessions.state(cursor, session_id)
    return _documents(cursor, [sessions.brief(cursor, state)])[0] if state else None


def documents(
    cursor: Cursor, workflow_id: str | None, status: str | None, limit: int, resumable: bool = False
) -> list[Told]:
    """Coaching sessions as documents, newest first; `resumable` takes those that have not ended."""
    if resumable:
        return _documents(cursor, sessions.resumable(cursor, workflow_id, limit))
    return _documents(cursor, sessions.listing(cursor, workflow_id, status, limit))


def save(cursor: Cursor, given: Told, actor: Actor) -> Told:
    """Store what is new in a document, and begin a coaching session that is not known. Its decisions are reported
    ones, its suggestions are kept as they were made. Saving the same again changes nothing. Returns the document as
    it is stored.

    Raises:
        InvalidRequestError: it does not fit what is stored: others have changed it meanwhile, or it has ended.
    """
    wanted = parsed(SessionDocument, given)
    # Saving twice changes nothing; with a key of the call, its second decision would be taken for the first sent again.
    actor = actor._replace(who=REPORTED, call=None)
    known = coaching_sessions.state(cursor, wanted.session_id)
    state = known or _begin(cursor, wanted, actor)
    stored = {one.decision.decision_id: one for one in coaching_documents.decisions(cursor, [state.session_id])}
    new = [one for one in wanted.decisions if one.decision_id not in stored]
    _refuse_unfit(cursor, state, wanted, stored, new, actor)
    values = _row(wanted, from_micros(state.started_us), actor)
    if known:
        _refuse_behind(known, wanted, values, bool(new))
    if not _same_values(state, values):
        coaching_sessions.insert(cursor, values._replace(project_id=state.project_id))
    _report_outcomes(cursor, wanted, stored, actor)
    if (wanted.status == sessions.ACTIVE or new) and state.status == sessions.PAUSED:
        sessions.resume(cursor, state.session_id, actor)
    for one in new:
        _decide(cursor, state.session_id, one, actor)
    _change_status(cursor, sessions.find(cursor, state.session_id), wanted, actor)
    return document(cursor, state.session_id) or {}


def _documents(cursor: Cursor, heads: list[Told]) -> list[Told]:
    found: dict[str, list[Told]] = {head["session_id"]: [] for head in heads}
    for one in coaching_documents.decisions(cursor, list(found)):
        told = decision_told(one.decision) | {"parameters": read(one.parameters), "confidence": one.confidence}
        found[one.decision.session_id].append(told)
    return [head | {"decisions": found[head["session_id"]]} for head in heads]


def _begin(cursor: Cursor, wanted: SessionDocument, actor: Actor) -> State:
    coaching_sessions.insert(cursor, _row(wanted, wanted.started_at or now(), actor))
    return sessions.find(cursor, wanted.session_id)


def _row(wanted: SessionDocument, started_at: datetime, actor: Actor) -> Beginning:
    variables, metadata = checked("variables", wanted.variables), checked("metadata", wanted.metadata)
    return Beginning(
        wanted.session_id,
        wanted.workflow_id,
        Cleaner(actor.mask_secrets).text(wanted.execution_id),
        wanted.total_steps,
        written(cleaned(variables, actor.mask_secrets)),
        written(cleaned(metadata, actor.mask_secrets)),
        actor.project_id,
        started_at,
        actor.source,
        now(),
    )


def _refuse_unfit(
    cursor: Cursor,
    state: State,
    wanted: SessionDocument,
    stored: dict[UUID, Kept],
    new: list[DecisionDocument],
    actor: Actor,
) -> None:
    if state.workflow_id != wanted.workflow_id:
        raise InvalidRequestError(
            f"Coaching session {state.session_id} is of workflow {state.workflow_id!r}, not of "
            f"{wanted.workflow_id!r}. Nothing was stored."
        )
    ids = [one.decision_id for one in wanted.decisions]
    if missing := stored.keys() - set(ids):
        raise InvalidRequestError(
            f"Coaching session {state.session_id} has {_decisions(len(missing))} that this state does not know: it "
            f"was changed elsewhere. {LOAD_AGAIN}"
        )
    if len(set(ids)) < len(ids):
        raise InvalidRequestError("A decision_id is there twice; each decision has its own. Nothing was stored.")
    for decision_id, session_id in coaching_decisions.sessions_of(cursor, [one.decision_id for one in new]):
        why = "was taken back" if session_id == state.session_id else f"belongs to coaching session {session_id}"
        raise InvalidRequestError(f"Decision {decision_id} {why}. {LOAD_AGAIN}")
    for place, one in enumerate(wanted.decisions):
        if one.decision_id in stored and _is_other(one, stored[one.decision_id], actor):
            raise InvalidRequestError(
                f"decisions.{place} is stored already and is not the same there; what was decided stays. {LOAD_AGAIN}"
            )


def _is_other(one: DecisionDocument, kept: Kept, actor: Actor) -> bool:
    """Whether a decision differs from the one that is stored under its id."""
    clean, made = Cleaner(actor.mask_secrets).text, kept.decision
    pairs: list[tuple[Any, Any]] = [
        ((one.node_id, one.action_type, one.decision), (made.node_id, made.action_type, made.decision)),
        (clean(one.feedback), made.feedback),
        (
            None if one.correction is None else cleaned(one.correction, actor.mask_secrets),
            None if made.correction is None else read(made.correction),
        ),
    ]
    if one.parameters is not None:
        pairs.append((cleaned(one.parameters, actor.mask_secrets), read(kept.parameters)))
    return any(given != held for given, held in pairs)


def _refuse_behind(state: State, wanted: SessionDocument, values: Beginning, decided: bool) -> None:
    """A document that changes something is to be based on what is stored, not on what was stored before."""
    changes = decided or wanted.status != state.status or not _same_values(state, values)
    if changes and wanted.revision and wanted.revision != iso(state.touched_us):
        raise InvalidRequestError(
            f"Coaching session {state.session_id} was changed elsewhere at {iso(state.touched_us)}: it is "
            f"{state.status}, with {_decisions(state.steps)}. {LOAD_AGAIN}"
        )


def _same_values(state: State, values: Beginning) -> bool:
    held = state.execution_id, state.total_steps, state.variables, state.metadata
    return held == (values.execution_id, values.total_steps, values.variables, values.metadata)


def _report_outcomes(cursor: Cursor, wanted: SessionDocument, stored: dict[UUID, Kept], actor: Actor) -> None:
    """Store what has become known of how earlier decisions were executed."""
    for one in wanted.decisions:
        made = stored[one.decision_id].decision if one.decision_id in stored else None
        if made and one.execution_success not in (None, made.succeeded):
            deciding.report(cursor, str(made.suggestion_id), bool(one.execution_success), one.error_message, actor)


def _decide(cursor: Cursor, session_id: str, one: DecisionDocument, actor: Actor) -> None:
    suggestion = one.suggestion_id
    if suggestion is None:
        proposal = Proposal(session_id, one.node_id, one.action_type, one.parameters)
        suggestion = suggestions.record(cursor, proposal, one.confidence, actor).suggestion_id
    choice = Choice(
        session_id=session_id,
        decision=one.decision,
        suggestion_id=str(suggestion),
        correction=one.correction,
        feedback=one.feedback,
        execution_success=one.execution_success,
        error_message=one.error_message,
        decision_id=one.decision_id,
        decided_at=one.timestamp,
    )
    deciding.decide(cursor, choice, actor)


def _change_status(cursor: Cursor, state: State, wanted: SessionDocument, actor: Actor) -> None:
    if wanted.status == state.status:
        return
    if wanted.status == sessions.PAUSED:
        sessions.pause(cursor, state.session_id, actor)
    elif wanted.status == sessions.ACTIVE:
        sessions.resume(cursor, state.session_id, actor)
    else:
        sessions.end(cursor, state.session_id, wanted.status, wanted.error_message, actor)


def _decisions(count: int) -> str:
    return f"{count} decision{'' if count == 1 else 's'}"

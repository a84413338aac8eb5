"""Coaching sessions as documents that programs keep, and letting old ones go."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from session_buddy.coaching import deciding, sessions, suggestions
from session_buddy.coaching.actors import REPORTED, Actor
from session_buddy.coaching.deciding import Choice
from session_buddy.coaching.fields import checked, cleaned, written
from session_buddy.coaching.suggestions import Proposal
from session_buddy.errors import InvalidRequestError
from session_buddy.skills.fields import Moment, Name
from session_buddy.skills.messages import readable
from session_buddy.skills.tracking import Cleaner
from session_buddy.store import coaching_decisions, coaching_sessions
from session_buddy.store.coaching_decisions import Decision
from session_buddy.store.coaching_sessions import Beginning, State
from session_buddy.store.times import from_micros, now
from session_buddy.store.writing import Cursor

MOST_DAYS = 100_000.0

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
    execution_success: bool | None = None
    error_message: str | None = None


class SessionDocument(BaseModel):
    """A coaching session as a program keeps it."""

    model_config = ConfigDict(extra="ignore")

    session_id: Name
    workflow_id: Name
    execution_id: str | None = None
    status: Literal["active", "paused", "completed", "failed", "abandoned"] = "active"
    total_steps: Annotated[int, Field(ge=0, le=sessions.MOST_STEPS)] = 0
    variables: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    error_message: str | None = None
    decisions: list[DecisionDocument] = []


def save(cursor: Cursor, document: dict[str, Any], actor: Actor) -> Told:
    """Store what is new in a program's document of a coaching session, and begin one that is not known. Its decisions
    are reported ones. Saving the same again changes nothing. Returns the coaching session.

    Raises:
        InvalidRequestError: it does not fit what is stored: others have decided meanwhile, or it has ended.
    """
    wanted = _parsed(document)
    # Saving twice changes nothing; with a key of the call, its second decision would be taken for the first sent again.
    actor = actor._replace(who=REPORTED, call=None)
    state = coaching_sessions.state(cursor, wanted.session_id) or _begin(cursor, wanted, actor)
    if state.workflow_id != wanted.workflow_id:
        raise InvalidRequestError(
            f"Coaching session {state.session_id} is of workflow {state.workflow_id!r}, not of "
            f"{wanted.workflow_id!r}. Nothing was stored."
        )
    stored = {one.decision_id: one for one in coaching_decisions.of_session(cursor, state.session_id)}
    new = _new_decisions(cursor, state, stored, wanted)
    if (wanted.status == sessions.ACTIVE or new) and state.status == sessions.PAUSED:
        sessions.resume(cursor, state.session_id, actor)
    _keep_values(cursor, state, wanted, actor)
    _report_outcomes(cursor, stored, wanted, actor)
    for one in new:
        _decide(cursor, wanted.session_id, one, actor)
    _change_status(cursor, sessions.find(cursor, wanted.session_id), wanted, actor)
    return sessions.shown(cursor, wanted.session_id)


def delete(cursor: Cursor, session_id: str) -> Told:
    """Take a coaching session out with all its decisions; what these have taught goes with them."""
    sessions.find(cursor, session_id)
    return {"deleted": [session_id], "rows": coaching_sessions.delete(cursor, [session_id])}


def prune(cursor: Cursor, days: float, dry_run: bool) -> Told:
    """Take out the coaching sessions that nothing has touched for so many days, or only tell which.

    Raises:
        InvalidRequestError: the number of days is not allowed.
    """
    if not 0 <= days <= MOST_DAYS:
        raise InvalidRequestError(f"days must be from 0 to {MOST_DAYS:,.0f}, not {days:g}. Nothing was changed.")
    before = now() - timedelta(days=days)
    found = coaching_sessions.listed(cursor, before_us=_micros(before))
    names = [state.session_id for state in found]
    rows = coaching_sessions.delete(cursor, names) if names and not dry_run else 0
    listed = [
        {
            "session_id": state.session_id,
            "workflow_id": state.workflow_id,
            "status": state.status,
            "updated_at": from_micros(state.touched_us).isoformat(),
        }
        for state in found
    ]
    return {"days": days, "dry_run": dry_run, "sessions": listed, "rows": rows}


def _parsed(document: dict[str, Any]) -> SessionDocument:
    try:
        return SessionDocument.model_validate(document)
    except ValidationError as error:
        raise InvalidRequestError(f"{readable(error)}. Nothing was stored.") from None


def _begin(cursor: Cursor, wanted: SessionDocument, actor: Actor) -> State:
    coaching_sessions.insert(cursor, _row(wanted, now(), actor))
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


def _new_decisions(
    cursor: Cursor, state: State, stored: dict[UUID, Decision], wanted: SessionDocument
) -> list[DecisionDocument]:
    """The decisions that are not stored yet."""
    missing = stored.keys() - {one.decision_id for one in wanted.decisions}
    if missing:
        raise InvalidRequestError(
            f"Coaching session {state.session_id} has {len(missing)} decisions that this state does not know: it was "
            "changed elsewhere. Nothing was stored. Load it again."
        )
    new = [one for one in wanted.decisions if one.decision_id not in stored]
    if len({one.decision_id for one in wanted.decisions}) < len(wanted.decisions):
        raise InvalidRequestError("A decision_id is there twice; each decision has its own. Nothing was stored.")
    for decision_id, session_id in coaching_decisions.sessions_of(cursor, [one.decision_id for one in new]):
        why = "was taken back" if session_id == state.session_id else f"belongs to coaching session {session_id}"
        raise InvalidRequestError(f"Decision {decision_id} {why}. Nothing was stored. Load the session again.")
    return new


def _report_outcomes(cursor: Cursor, stored: dict[UUID, Decision], wanted: SessionDocument, actor: Actor) -> None:
    """Store what has become known of decisions that were stored before."""
    for one in wanted.decisions:
        known = stored.get(one.decision_id)
        if known and one.execution_success not in (None, known.succeeded):
            deciding.report(cursor, str(known.suggestion_id), bool(one.execution_success), one.error_message, actor)


def _decide(cursor: Cursor, session_id: str, one: DecisionDocument, actor: Actor) -> None:
    suggestion = str(one.suggestion_id) if one.suggestion_id else None
    if suggestion is None:
        proposal = Proposal(session_id, one.node_id, one.action_type, one.parameters)
        suggestion = suggestions.suggest(cursor, proposal, actor)["suggestion_id"]
    choice = Choice(
        session_id,
        one.decision,
        suggestion,
        correction=one.correction,
        feedback=one.feedback,
        execution_success=one.execution_success,
        error_message=one.error_message,
        decision_id=one.decision_id,
        decided_at=one.timestamp,
    )
    deciding.decide(cursor, choice, actor)


def _keep_values(cursor: Cursor, state: State, wanted: SessionDocument, actor: Actor) -> None:
    row = _row(wanted, from_micros(state.started_us), actor)
    held = state.execution_id, state.total_steps, state.variables, state.metadata
    if held != (row.execution_id, row.total_steps, row.variables, row.metadata):
        coaching_sessions.insert(cursor, row._replace(project_id=state.project_id))


def _change_status(cursor: Cursor, state: State, wanted: SessionDocument, actor: Actor) -> None:
    if wanted.status == state.status:
        return
    if wanted.status == sessions.PAUSED:
        sessions.pause(cursor, state.session_id, actor)
    elif wanted.status == sessions.ACTIVE:
        sessions.resume(cursor, state.session_id, actor)
    else:
        sessions.end(cursor, state.session_id, wanted.status, wanted.error_message, actor)


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)

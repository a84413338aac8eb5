"""Coaching sessions: runs of a workflow that outlive every process."""

import secrets
from datetime import datetime
from typing import Any, NamedTuple

from session_buddy.coaching import levels
from session_buddy.coaching.actors import Actor
from session_buddy.coaching.fields import Object, checked, cleaned, read, written
from session_buddy.coaching.stats import stats
from session_buddy.coaching.telling import beyond, decision_told, suggestion_told
from session_buddy.errors import InvalidRequestError, UnknownNameError
from session_buddy.skills.tracking import Cleaner
from session_buddy.store import coaching_decisions, coaching_sessions, coaching_suggestions
from session_buddy.store.coaching_sessions import Beginning, Change, State
from session_buddy.store.times import from_micros, iso, now
from session_buddy.store.writing import Cursor

ACTIVE, PAUSED, RESUMED = "active", "paused", "resumed"
OUTCOMES = ("completed", "failed", "abandoned")
STATUSES = (ACTIVE, PAUSED, *OUTCOMES)
NEAREST = 3
MOST_STEPS = 1_000_000
NOT_CHANGED = "Nothing was changed."

Told = dict[str, Any]


class Plan(NamedTuple):
    """What a coaching session is started with; `total_steps` 0 is unknown."""

    workflow_id: str
    execution_id: str | None = None
    total_steps: int = 0
    variables: Object | None = None
    metadata: Object | None = None


def start(cursor: Cursor, plan: Plan, actor: Actor) -> Told:
    """Begin a coaching session, or find the one that the same call has begun. Returns it.

    Raises:
        InvalidRequestError: the variables or the metadata are too large.
    """
    if actor.resent_key and (known := coaching_sessions.started_by(cursor, actor.resent_key)):
        return told(cursor, find(cursor, known))
    variables, metadata = checked("variables", plan.variables), checked("metadata", plan.metadata)
    moment = now()
    session_id = new_session_id(moment)
    row = Beginning(
        session_id,
        plan.workflow_id,
        Cleaner(actor.mask_secrets).text(plan.execution_id),
        plan.total_steps,
        written(cleaned(variables, actor.mask_secrets)),
        written(cleaned(metadata, actor.mask_secrets)),
        actor.project_id,
        moment,
        actor.source,
        moment,
        actor.call_key,
    )
    coaching_sessions.insert(cursor, row)
    return told(cursor, find(cursor, session_id))


def new_session_id(moment: datetime) -> str:
    """An id that tells when the coaching session began (UTC)."""
    return f"coaching_{moment:%Y%m%d_%H%M%S}_{secrets.token_hex(4)}"


def find(cursor: Cursor, session_id: str) -> State:
    """What a coaching session is like now.

    Raises:
        UnknownNameError: there is none of this id; the message names the nearest and the resumable ones.
    """
    state = coaching_sessions.state(cursor, session_id)
    if state is None:
        raise UnknownNameError(_unknown(cursor, session_id))
    return state


def active(cursor: Cursor, session_id: str) -> State:
    """A coaching session in which steps can be suggested and decided.

    Raises:
        InvalidRequestError: it is paused, or has ended.
    """
    state = find(cursor, session_id)
    refuse_final(state)
    if state.status == PAUSED:
        raise InvalidRequestError(
            f"Coaching session {state.session_id} is paused since {iso(state.changed_us or 0)}. Resume it first "
            f"(resume_session). {NOT_CHANGED}"
        )
    return state


def pause(cursor: Cursor, session_id: str, actor: Actor) -> Told:
    """Pause a coaching session.

    Raises:
        InvalidRequestError: it is paused already, or has ended.
    """
    state = find(cursor, session_id)
    if _made_before(cursor, actor):
        return told(cursor, state)
    refuse_final(state)
    if state.status == PAUSED:
        raise InvalidRequestError(
            f"Coaching session {state.session_id} is already paused, since {iso(state.changed_us or 0)}. {NOT_CHANGED}"
        )
    return _changed(cursor, state, PAUSED, actor)


def resume(cursor: Cursor, session_id: str, actor: Actor) -> Told:
    """Go on with a coaching session; one that is active stays so.

    Raises:
        InvalidRequestError: it has ended.
    """
    state = find(cursor, session_id)
    if _made_before(cursor, actor):
        return told(cursor, state)
    refuse_final(state)
    return _changed(cursor, state, RESUMED, actor) if state.status == PAUSED else told(cursor, state)


def end(cursor: Cursor, session_id: str, outcome: str, error_message: str | None, actor: Actor) -> Told:
    """End a coaching session, which is final. Where that is enough observation, its workflow is coached from now on.

    Raises:
        InvalidRequestError: it has ended already, or an error is given for one that was completed.
    """
    state = find(cursor, session_id)
    if _made_before(cursor, actor):
        return told(cursor, state)
    refuse_final(state)
    if outcome not in OUTCOMES:
        raise InvalidRequestError(f"outcome must be one of {', '.join(OUTCOMES)}, not {outcome!r}. {NOT_CHANGED}")
    if outcome == "completed" and error_message:
        raise InvalidRequestError(
            f"error_message is given, and outcome is completed. Leave one out, or say failed. {NOT_CHANGED}"
        )
    _change(cursor, state, outcome, error_message, actor)
    levels.after_session(cursor, state.workflow_id, state.level, actor.call_key)
    return told(cursor, find(cursor, session_id))


def listing(cursor: Cursor, workflow_id: str | None = None, status: str | None = None, limit: int = 100) -> list[Told]:
    """Coaching sessions, newest first, without their decisions."""
    return briefs(cursor, coaching_sessions.listed(cursor, workflow_id, status, limit))


def resumable(cursor: Cursor, workflow_id: str | None = None, limit: int = 100) -> list[Told]:
    """Coaching sessions that have not ended, newest first."""
    found = listing(cursor, workflow_id, ACTIVE, limit) + listing(cursor, workflow_id, PAUSED, limit)
    return sorted(found, key=lambda one: (one["started_at"], one["session_id"]), reverse=True)[:limit]


def told(cursor: Cursor, state: State) -> Told:
    """A coaching session with what was decided in it and what is still to be decided."""
    waiting = coaching_suggestions.pending(cursor, state.session_id)
    return brief(cursor, state) | {
        "pending": [suggestion_told(one, levels.of(state.level)) for one in waiting],
        "notes": beyond(state.steps, state.total_steps),
    }


def brief(cursor: Cursor, state: State) -> Told:
    """A coaching session as in a list: without its decisions, but counted."""
    return _head(state) | {"stats": stats(coaching_decisions.tallies_of(cursor, state.session_id))}


def briefs(cursor: Cursor, found: list[State]) -> list[Told]:
    """Several coaching sessions as in a list."""
    tallies = coaching_decisions.tallies(cursor, [state.session_id for state in found])
    return [_head(state) | {"stats": stats(tallies.get(state.session_id, {}))} for state in found]


def shown(cursor: Cursor, session_id: str) -> Told:
    """A coaching session with its decisions in order."""
    state = find(cursor, session_id)
    made = coaching_decisions.of_session(cursor, session_id)
    return told(cursor, state) | {"decisions": [decision_told(one) for one in made]}


def _head(state: State) -> Told:
    final = state.status in OUTCOMES
    return {
        "session_id": state.session_id,
        "workflow_id": state.workflow_id,
        "execution_id": state.execution_id,
        "status": state.status,
        "level": levels.of(state.level),
        "current_step_index": state.steps,
        "total_steps": state.total_steps,
        "variables": read(state.variables),
        "metadata": read(state.metadata),
        "started_at": iso(state.started_us),
        "updated_at": iso(state.touched_us),
        "completed_at": iso(state.changed_us) if final and state.changed_us is not None else None,
        "error_message": state.error_message if final else None,
    }


def _changed(cursor: Cursor, state: State, kind: str, actor: Actor) -> Told:
    _change(cursor, state, kind, None, actor)
    return told(cursor, find(cursor, state.session_id))


def _change(cursor: Cursor, state: State, kind: str, error_message: str | None, actor: Actor) -> None:
    # A clock that was set back must not put this before the change that it follows.
    moment = max(now(), from_micros((state.changed_us or 0) + 1))
    text = Cleaner(actor.mask_secrets).text(error_message)
    change = Change(state.session_id, kind, text, moment, actor.source, now(), actor.call_key)
    coaching_sessions.change(cursor, change)


def _made_before(cursor: Cursor, actor: Actor) -> bool:
    return bool(actor.resent_key) and coaching_sessions.was_changed_by(cursor, str(actor.resent_key))


def refuse_final(state: State) -> None:
    if state.status in OUTCOMES:
        raise InvalidRequestError(
            f"Coaching session {state.session_id} has ended: {state.status} at {iso(state.changed_us or 0)}. "
            f"{NOT_CHANGED} Start a new one (coaching_start)."
        )


def _unknown(cursor: Cursor, session_id: str) -> str:
    nearest = coaching_sessions.nearest(cursor, session_id, NEAREST)
    if not nearest:
        return f"There is no coaching session {session_id!r}: none was started yet (coaching_start). {NOT_CHANGED}"
    open_ones = [one["session_id"] for one in resumable(cursor, limit=NEAREST)]
    can = f"Resumable are {', '.join(open_ones)}." if open_ones else "None can be resumed."
    return f"There is no coaching session {session_id!r}. Nearest are {', '.join(nearest)}. {can} {NOT_CHANGED}"

"""Letting coaching sessions go."""

from datetime import datetime, timedelta
from typing import Any

from session_buddy.coaching import persons, sessions
from session_buddy.coaching.actors import Actor
from session_buddy.errors import InvalidRequestError
from session_buddy.store import coaching_decisions, coaching_sessions
from session_buddy.store.coaching_sessions import State
from session_buddy.store.times import from_micros, now
from session_buddy.store.writing import Cursor

MOST_DAYS = 100_000.0

Told = dict[str, Any]


def delete(cursor: Cursor, session_id: str, actor: Actor, missing_ok: bool = False) -> Told:
    """Take a coaching session out with all its decisions; what these have taught goes with them.

    Raises:
        UnknownNameError: there is none of this id, and it is not said that this is fine.
        InvalidRequestError: it holds decisions of a person, and nobody but a person may delete it.
    """
    if not missing_ok:
        sessions.find(cursor, session_id)
    if coaching_decisions.decided_by_persons(cursor, [session_id]):
        persons.require(actor.who, "delete")
    return {"deleted": [session_id], "rows": coaching_sessions.delete(cursor, [session_id])}


def prune(cursor: Cursor, days: float, dry_run: bool, actor: Actor) -> Told:
    """Take out the coaching sessions that nothing has touched for so many days, or only tell which. Those that hold
    decisions of a person stay, unless a person removes them; `kept` is their number.

    Raises:
        InvalidRequestError: the number of days is not allowed.
    """
    if not 0 <= days <= MOST_DAYS:
        raise InvalidRequestError(f"days must be from 0 to {MOST_DAYS:,.0f}, not {days:g}. Nothing was changed.")
    before = now() - timedelta(days=days)
    found = coaching_sessions.listed(cursor, before_us=_micros(before))
    kept = set() if persons.may(actor.who) else _of_persons(cursor, found)
    found = [state for state in found if state.session_id not in kept]
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
    return {"days": days, "dry_run": dry_run, "sessions": listed, "kept": len(kept), "rows": rows}


def _of_persons(cursor: Cursor, found: list[State]) -> set[str]:
    return coaching_decisions.decided_by_persons(cursor, [state.session_id for state in found])


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)

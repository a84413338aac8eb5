"""Suggestions: what was proposed, what a person is shown of it, and which corrections it has."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from session_buddy.store import rows
from session_buddy.store.coaching_items import note_applied
from session_buddy.store.coaching_memory import Waiting, changing, memory
from session_buddy.store.coaching_sessions import LIVE
from session_buddy.store.rows import first
from session_buddy.store.times import micros
from session_buddy.store.writing import Cursor

Applied = list[tuple[UUID, UUID | None]]
_SUGGEST = "INSERT INTO coaching_suggestion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_APPLY = "INSERT INTO coaching_applied VALUES (?, ?, ?, ?, ?, ?, ?)"
_SUGGESTION = """
    SELECT suggestion_id, session_id, workflow_id, step_index, node_id, action_type, mode, suggested, parameters,
           confidence, confidence_n, shown, epoch_us(suggested_at), arguments_id
    FROM coaching_suggestion
"""
_BY_ID = _SUGGESTION + " WHERE suggestion_id = ? LIMIT 1"
_UNDECIDED = f"""
    suggestion_id NOT IN (SELECT suggestion_id FROM coaching_decision WHERE session_id = $session AND {LIVE})
"""
_BY_ARGUMENTS = f"""
    {_SUGGESTION} WHERE session_id = $session AND step_index = $step AND arguments_id = $arguments AND {_UNDECIDED}
    ORDER BY recorded_at DESC LIMIT 1
"""
_BY_CALL = _SUGGESTION + " WHERE call = ? ORDER BY recorded_at DESC LIMIT 1"
_PENDING = f"""
    {_SUGGESTION} WHERE session_id = $session AND {_UNDECIDED}
    ORDER BY suggested_at, recorded_at
"""
_WAITING = f"""
    WITH active AS MATERIALIZED (
        SELECT DISTINCT session_id FROM coaching_session WHERE session_id NOT IN (
            SELECT session_id FROM (
                SELECT session_id, kind FROM coaching_change WHERE session_id IS NOT NULL
                QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY changed_at DESC, recorded_at DESC) = 1
            ) WHERE kind != 'resumed'
        )
    )
    {_SUGGESTION}
    WHERE session_id IN (FROM active) AND suggestion_id NOT IN (
        SELECT suggestion_id FROM coaching_decision WHERE session_id IN (FROM active) AND {LIVE}
    )
    ORDER BY suggested_at, recorded_at
"""
_APPLIED_TO_ALL = """
    SELECT suggestion_id, item_id, winner_id FROM coaching_applied
    WHERE suggestion_id IN (SELECT unnest($suggestions::UUID[])) ORDER BY rowid
"""
_APPLIED = "SELECT item_id, winner_id FROM coaching_applied WHERE suggestion_id = ? ORDER BY rowid"


class Suggestion(NamedTuple):
    """One proposed step. `suggested` and `parameters` (after corrections) are JSON objects as text, `shown` is what a
    person is shown; times are microseconds since 1970."""

    suggestion_id: UUID
    session_id: str
    workflow_id: str
    step_index: int
    node_id: str
    action_type: str
    mode: str
    suggested: str | None
    parameters: str | None
    confidence: float | None
    confidence_n: int
    shown: str | None
    suggested_us: int
    arguments_id: UUID


class NewSuggestion(NamedTuple):
    """A row of a suggestion; `arguments_id` is the same for the same arguments."""

    suggestion_id: UUID
    session_id: str
    workflow_id: str
    step_index: int
    node_id: str
    action_type: str
    arguments_id: UUID
    mode: str
    suggested: str
    parameters: str
    confidence: float | None
    confidence_n: int
    shown: str
    suggested_at: datetime
    source: str
    recorded_at: datetime
    call: str | None = None

    @property
    def made(self) -> Suggestion:
        """The suggestion as it is read back."""
        return Suggestion(
            self.suggestion_id,
            self.session_id,
            self.workflow_id,
            self.step_index,
            self.node_id,
            self.action_type,
            self.mode,
            self.suggested,
            self.parameters,
            self.confidence,
            self.confidence_n,
            self.shown,
            micros(self.suggested_at),
            self.arguments_id,
        )


def suggest(cursor: Cursor, row: NewSuggestion, applied: Applied) -> None:
    """Store a suggestion with the ids of corrections: applied ones (None), and those that gave way to another."""
    waiting = waiting_of(cursor, row.session_id)
    known = changing(cursor)
    rows.insert(cursor, _SUGGEST, list(row))
    origin = [row.suggestion_id, row.session_id, row.workflow_id]
    for item_id, winner_id in applied:
        rows.insert(cursor, _APPLY, [*origin, item_id, winner_id, row.suggested_at, row.recorded_at])
    if waiting is not None:
        waiting.add(row.made, applied)
    if known:
        known.touch(row.session_id, micros(row.recorded_at))
        note_applied(known, (row.workflow_id, row.node_id, row.action_type), applied)


def suggestion(cursor: Cursor, suggestion_id: UUID, session_id: str | None = None) -> Suggestion | None:
    """A suggestion; in which coaching session it is helps to find it."""
    waiting = waiting_of(cursor, session_id) if session_id else None
    if waiting and (found := waiting.suggestions.get(suggestion_id)):
        return found  # type: ignore[no-any-return]
    row = first(cursor, _BY_ID, [suggestion_id])
    return Suggestion(*row) if row else None


def same_suggestion(cursor: Cursor, session_id: str, step: int, arguments_id: UUID) -> Suggestion | None:
    """The newest suggestion that waits at the step that is next, with these arguments."""
    if waiting := waiting_of(cursor, session_id):
        known = waiting.same(step, arguments_id)
        if known or waiting.whole:
            return suggestion(cursor, known, session_id) if known else None
    row = first(cursor, _BY_ARGUMENTS, {"session": session_id, "step": step, "arguments": arguments_id})
    return Suggestion(*row) if row else None


def suggested_by(cursor: Cursor, call: str) -> Suggestion | None:
    """The suggestion that this call has made, if it was made before."""
    row = first(cursor, _BY_CALL, [call])
    return Suggestion(*row) if row else None


def pending(cursor: Cursor, session_id: str) -> list[Suggestion]:
    """The suggestions of a coaching session that nobody has decided, oldest first."""
    return [Suggestion(*row) for row in cursor.execute(_PENDING, {"session": session_id}).fetchall()]


def waiting_everywhere(cursor: Cursor) -> list[Suggestion]:
    """The suggestions of all active coaching sessions that nobody has decided, oldest first."""
    return [Suggestion(*row) for row in cursor.execute(_WAITING).fetchall()]


def applied_to_all(cursor: Cursor, suggestion_ids: list[UUID]) -> dict[UUID, Applied]:
    """The corrections of each of these suggestions that has any, as `applied_to` gives them."""
    found: dict[UUID, Applied] = {}
    for suggestion_id, *pair in cursor.execute(_APPLIED_TO_ALL, {"suggestions": suggestion_ids}).fetchall():
        found.setdefault(suggestion_id, []).append((pair[0], pair[1]))
    return found


def applied_to(cursor: Cursor, one: Suggestion) -> Applied:
    """The corrections of a suggestion: the id of each, and of the one that it gave way to."""
    waiting = waiting_of(cursor, one.session_id)
    if waiting and one.suggestion_id in waiting.applied:
        return waiting.applied[one.suggestion_id]
    return [(row[0], row[1]) for row in cursor.execute(_APPLIED, [one.suggestion_id]).fetchall()]


def waiting_of(cursor: Cursor, session_id: str) -> Waiting | None:
    """The remembered suggestions of a coaching session; None where nothing of it is remembered."""
    known = memory(cursor)
    session = known.session(session_id) if known else None
    if session is None:
        return None
    if session.waiting is None:
        session.waiting = Waiting()
        for one in pending(cursor, session_id):
            session.waiting.add(one, None)
    return session.waiting

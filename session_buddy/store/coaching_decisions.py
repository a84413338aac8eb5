"""What was decided about each suggestion, and how its execution ended."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from session_buddy.store import rows
from session_buddy.store.coaching_items import note_decided
from session_buddy.store.coaching_memory import changing, let_go, memory
from session_buddy.store.coaching_sessions import LIVE
from session_buddy.store.coaching_suggestions import Suggestion, waiting_of
from session_buddy.store.rows import first
from session_buddy.store.times import micros
from session_buddy.store.writing import Cursor

AUTO = "auto"
_DECIDE = "INSERT INTO coaching_decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_EXECUTE = "INSERT INTO coaching_execution VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UNDO = "INSERT INTO coaching_undone VALUES (?, ?, ?, ?, ?, ?, ?)"
COLUMNS = """
           d.decision_id, d.suggestion_id, d.session_id, d.workflow_id, d.step_index, d.node_id, d.action_type,
           d.decision, d.decided_by, d.correction, d.item_id, d.feedback, d.seconds, epoch_us(d.decided_at), d.source,
           e.succeeded, e.error_message, epoch_us(e.executed_at)
"""
_DECISION = f"""
    SELECT {COLUMNS}
    FROM coaching_decision d LEFT JOIN coaching_execution e USING (decision_id)
"""
_ON = _DECISION + f" WHERE d.suggestion_id = ? AND d.{LIVE} ORDER BY d.decided_at LIMIT 1"
_IS_DECIDED = f"""
    SELECT EXISTS (SELECT 1 FROM coaching_decision WHERE suggestion_id = ? AND {LIVE})
        OR NOT EXISTS (SELECT 1 FROM coaching_suggestion WHERE suggestion_id = ?)
"""
_OF_SESSION = _DECISION + f" WHERE d.session_id = ? AND d.{LIVE} ORDER BY d.step_index, d.decided_at, d.recorded_at"
_DECIDED_BY_CALL = _DECISION + " WHERE d.call = ? ORDER BY d.recorded_at LIMIT 1"
_EXECUTED_BY_CALL = _DECISION + " WHERE e.call = ? ORDER BY e.recorded_at LIMIT 1"
_SESSIONS_OF = (
    "SELECT decision_id, session_id FROM coaching_decision WHERE decision_id IN (SELECT unnest($ids::UUID[]))"
)
_OF_PERSONS = """
    SELECT DISTINCT session_id FROM coaching_decision
    WHERE decided_by = 'person' AND session_id IN (SELECT unnest($sessions::VARCHAR[]))
"""
_UNDONE_BY_CALL = _DECISION + " JOIN coaching_undone u USING (decision_id) WHERE u.call = ? LIMIT 1"
_TALLIES = f"""
    SELECT session_id, decision, decided_by = 'auto', count(*) FROM coaching_decision
    WHERE session_id IN (SELECT unnest($sessions::VARCHAR[])) AND {LIVE} GROUP BY ALL
"""


class NewDecision(NamedTuple):
    """A row of a decision. `decided_by` is person, reported or auto; `seconds` is how long it took, where known."""

    decision_id: UUID
    suggestion_id: UUID
    session_id: str
    workflow_id: str
    step_index: int
    node_id: str
    action_type: str
    decision: str
    decided_by: str
    correction: str | None
    item_id: UUID | None
    feedback: str | None
    seconds: float | None
    decided_at: datetime
    source: str
    recorded_at: datetime
    call: str | None = None

    @property
    def made(self) -> "Decision":
        """The decision as it is read back, its outcome not known."""
        return Decision(*self[:13], micros(self.decided_at), self.source, None, None, None)


class Decision(NamedTuple):
    """A decision with its outcome: `succeeded` is None while that is not known."""

    decision_id: UUID
    suggestion_id: UUID
    session_id: str
    workflow_id: str
    step_index: int
    node_id: str
    action_type: str
    decision: str
    decided_by: str
    correction: str | None
    item_id: UUID | None
    feedback: str | None
    seconds: float | None
    decided_us: int
    source: str
    succeeded: bool | None
    error_message: str | None
    executed_us: int | None


class Execution(NamedTuple):
    """A row of an outcome."""

    decision_id: UUID
    session_id: str
    workflow_id: str
    succeeded: bool
    error_message: str | None
    executed_at: datetime
    source: str
    recorded_at: datetime
    call: str | None = None


def decide(cursor: Cursor, row: NewDecision) -> None:
    waiting, tallies = waiting_of(cursor, row.session_id), _tallies_of(cursor, row.session_id)
    known = changing(cursor)
    rows.insert(cursor, _DECIDE, list(row))
    if known and (session := known.session(row.session_id)) and waiting is not None and tallies is not None:
        known.touch(row.session_id, micros(row.recorded_at))
        session.state = session.state._replace(steps=session.state.steps + 1)
        tallies[row.decision, row.decided_by == AUTO] += 1
        note_decided(known, row, waiting.remove(row.suggestion_id))


def execute(cursor: Cursor, row: Execution) -> None:
    if known := changing(cursor):
        known.touch(row.session_id, micros(row.recorded_at))
    rows.insert(cursor, _EXECUTE, list(row))


def undo(cursor: Cursor, decision: Decision, who: str, moment: datetime, source: str, call: str | None) -> None:
    let_go(cursor)
    rows.insert(cursor, _UNDO, [decision.decision_id, decision.session_id, who, moment, source, moment, call])


def decision_on(cursor: Cursor, one: Suggestion) -> Decision | None:
    """The decision that stands on a suggestion."""
    waiting = waiting_of(cursor, one.session_id)
    if waiting and one.suggestion_id in waiting.suggestions:
        return None
    row = first(cursor, _ON, [one.suggestion_id])
    return Decision(*row) if row else None


def is_decided(cursor: Cursor, suggestion_id: UUID) -> bool:
    """Whether a decision stands on a suggestion, or the suggestion is gone."""
    row = first(cursor, _IS_DECIDED, [suggestion_id, suggestion_id])
    return bool(row and row[0])


def decided_by_call(cursor: Cursor, call: str) -> Decision | None:
    row = first(cursor, _DECIDED_BY_CALL, [call])
    return Decision(*row) if row else None


def executed_by_call(cursor: Cursor, call: str) -> Decision | None:
    row = first(cursor, _EXECUTED_BY_CALL, [call])
    return Decision(*row) if row else None


def undone_by_call(cursor: Cursor, call: str) -> Decision | None:
    row = first(cursor, _UNDONE_BY_CALL, [call])
    return Decision(*row) if row else None


def of_session(cursor: Cursor, session_id: str) -> list[Decision]:
    """The decisions of a coaching session that stand, in order."""
    return [Decision(*row) for row in cursor.execute(_OF_SESSION, [session_id]).fetchall()]


def sessions_of(cursor: Cursor, decision_ids: list[UUID]) -> list[tuple[UUID, str]]:
    """Those of these decisions that were ever made, with their coaching sessions; taken back or not."""
    found = cursor.execute(_SESSIONS_OF, {"ids": decision_ids}).fetchall() if decision_ids else []
    return [(row[0], row[1]) for row in found]


def decided_by_persons(cursor: Cursor, session_ids: list[str]) -> set[str]:
    """Those of these coaching sessions that hold decisions of a person; taken back or not."""
    return {row[0] for row in cursor.execute(_OF_PERSONS, {"sessions": session_ids}).fetchall()}


def tallies_of(cursor: Cursor, session_id: str) -> dict[tuple[str, bool], int]:
    """How many decisions of a coaching session stand of each kind, those of nobody (auto) apart."""
    known = _tallies_of(cursor, session_id)
    return dict(known) if known is not None else tallies(cursor, [session_id]).get(session_id, {})


def tallies(cursor: Cursor, sessions: list[str]) -> dict[str, dict[tuple[str, bool], int]]:
    """The same per coaching session."""
    found: dict[str, dict[tuple[str, bool], int]] = {}
    for session, decision, auto, count in cursor.execute(_TALLIES, {"sessions": sessions}).fetchall():
        found.setdefault(session, {})[decision, auto] = count
    return found


def _tallies_of(cursor: Cursor, session_id: str) -> Counter[tuple[str, bool]] | None:
    known = memory(cursor)
    session = known.session(session_id) if known else None
    if session is None:
        return None
    if session.tallies is None:
        session.tallies = Counter(tallies(cursor, [session_id]).get(session_id, {}))
    return session.tallies

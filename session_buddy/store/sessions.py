"""When sessions ended, and when one that had ended went on."""

from datetime import datetime

from session_buddy.store.rows import number
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

ENDED, RESUMED = "ended", "resumed"

# Which is the last one is found here: planning an order takes DuckDB longer than all the rest.
_EVENTS = "SELECT epoch_us(happened_at), epoch_us(recorded_at), kind FROM session_event WHERE session_id = $session"
_INSERT = "INSERT INTO session_event VALUES (?, ?, ?, ?, ?)"
_UNENDED = """
    SELECT count(*) FROM invocation
    WHERE session_id = $session AND invocation_id NOT IN (SELECT invocation_id FROM completion)
"""


def end(cursor: Cursor, session_id: str, moment: datetime, source: str) -> bool:
    """Keep that a session has ended. Returns False, and keeps nothing, where it leaves no invocation open or has ended
    already: nothing would be judged by it."""
    if _last(cursor, session_id) == ENDED or not number(cursor, _UNENDED, {"session": session_id}):
        return False
    cursor.execute(_INSERT, [session_id, ENDED, moment, source, now()])
    return True


def resume(cursor: Cursor, session_id: str, moment: datetime, source: str) -> bool:
    """Keep that a session which had ended goes on. Returns False where it had not."""
    if _last(cursor, session_id) != ENDED:
        return False
    cursor.execute(_INSERT, [session_id, RESUMED, moment, source, now()])
    return True


def _last(cursor: Cursor, session_id: str) -> str | None:
    rows = cursor.execute(_EVENTS, {"session": session_id}).fetchall()
    return max(rows)[2] if rows else None

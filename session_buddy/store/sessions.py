"""When sessions ended, and when one that had ended went on."""

from datetime import datetime

from session_buddy.store.rows import number
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

ENDED, RESUMED = "ended", "resumed"

_LAST = "SELECT kind FROM session_event WHERE session_id = $session ORDER BY happened_at DESC, recorded_at DESC LIMIT 1"
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
    rows = cursor.execute(_LAST, {"session": session_id}).fetchall()
    return rows[0][0] if rows else None

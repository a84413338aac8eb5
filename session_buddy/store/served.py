"""Which session a window serves, where it is no longer the one that it was started for."""

from session_buddy.store.rows import first
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_INSERT = "INSERT INTO served VALUES (?, ?, ?, ?)"
_LATEST = "SELECT session_id FROM served WHERE connection_id = ? ORDER BY recorded_at DESC LIMIT 1"


def put(cursor: Cursor, connection_id: str, session_id: str) -> None:
    """Keep that a window serves this session from now on."""
    moment = now()
    cursor.execute(_INSERT, [connection_id, session_id, moment, moment])


def session_of(cursor: Cursor, connection_id: str) -> str | None:
    """The session that a window was moved to; None for one that serves its first."""
    row = first(cursor, _LATEST, [connection_id])
    return row[0] if row else None

"""What of coaching goes when something is forgotten."""

from datetime import datetime

from session_buddy.store.coaching_sessions import TABLES
from session_buddy.store.writing import Cursor

COACHING = "coaching_"
JSON_COLUMNS = {"variables", "metadata", "suggested", "parameters", "correction", "patch", "shown"}

HIT = "coalesce(regexp_matches(nfc_normalize({0}), $pattern::VARCHAR), false)"
# A text in JSON is looked at as it stands there, and as it was before it was escaped.
_UNESCAPED = (
    r"""replace(replace(regexp_replace(replace({0}, '\\', chr(1)), '\\[nrt]', ' ', 'g'), '\"', '"'), chr(1), '\')"""
)
HIT_IN_JSON = f"({HIT} OR {HIT.format(_UNESCAPED)})"

_TOUCHES = "SELECT session_id, recorded_at FROM store.{0} WHERE session_id IS NOT NULL"
_OLD = "SELECT session_id FROM ({0}) GROUP BY session_id HAVING max(recorded_at) < $before::TIMESTAMPTZ"
_NAMED = f"""
    SELECT DISTINCT session_id FROM store.coaching_session WHERE session_id IS NOT NULL AND {HIT.format("workflow_id")}
"""


def coached(cursor: Cursor, tables: list[str], pattern: str | None, before: datetime | None) -> list[str]:
    """The coaching sessions that go: those of a workflow whose name contains the pattern, and those that nothing has
    touched since `before`."""
    names = [name for name in tables if name in TABLES]
    gone: set[str] = set()
    if pattern and "coaching_session" in names:
        gone |= {row[0] for row in cursor.execute(_NAMED, {"pattern": pattern}).fetchall()}
    if before and names:
        touches = " UNION ALL ".join(_TOUCHES.format(name) for name in names)
        gone |= {row[0] for row in cursor.execute(_OLD.format(touches), {"before": before}).fetchall()}
    return sorted(gone)

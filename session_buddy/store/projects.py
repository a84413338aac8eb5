"""Which projects a store has seen."""

from session_buddy.store.rows import number
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_INSERT = """
    INSERT INTO project SELECT $id, $path, $now
    WHERE NOT EXISTS (SELECT 1 FROM project WHERE project_id = $id AND path = $path)
"""
_KNOWN = """
    SELECT count(*) FROM (
        SELECT project_id FROM project UNION ALL SELECT project_id FROM invocation
        UNION ALL SELECT project_id FROM recommendation
    ) WHERE project_id = $id
"""
_PATHS = """
    SELECT project_id, arg_max(path, recorded_at) FROM project GROUP BY project_id ORDER BY max(recorded_at) DESC, 1
"""


def remember(cursor: Cursor, project_id: str, path: str) -> None:
    """Keep a project and where it lies; a moved one gets a second row with its new place."""
    cursor.execute(_INSERT, {"id": project_id, "path": path, "now": now()})


def knows(cursor: Cursor, project_id: str) -> bool:
    """Whether a project of this id was ever seen."""
    return number(cursor, _KNOWN, {"id": project_id}) > 0


def paths(cursor: Cursor) -> dict[str, str]:
    """Where each project lies, or lay last, the latest first."""
    return dict(cursor.execute(_PATHS).fetchall())

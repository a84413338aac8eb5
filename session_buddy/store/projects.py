"""Which projects a store has seen."""

from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_INSERT = """
    INSERT INTO project SELECT $id, $path, $now
    WHERE NOT EXISTS (SELECT 1 FROM project WHERE project_id = $id AND path = $path)
"""


def remember(cursor: Cursor, project_id: str, path: str) -> None:
    """Keep a project and where it lies; a moved one gets a second row with its new place."""
    cursor.execute(_INSERT, {"id": project_id, "path": path, "now": now()})

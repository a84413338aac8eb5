"""Which projects a store has seen."""

from typing import NamedTuple

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
_USED = """
    SELECT word.text, uses, last
    FROM (SELECT project, count(*) AS uses, max(moment) AS last FROM memory.main.use GROUP BY project)
    JOIN memory.main.word ON word.code = project
"""


class Project(NamedTuple):
    """A project, where it lies (None: not known), its uses, and when the last began (microseconds since 1970)."""

    project_id: str
    path: str | None
    uses: int
    last: int | None


def remember(cursor: Cursor, project_id: str, path: str) -> None:
    """Keep a project and where it lies; a moved one gets a second row with its new place."""
    cursor.execute(_INSERT, {"id": project_id, "path": path, "now": now()})


def knows(cursor: Cursor, project_id: str) -> bool:
    """Whether a project of this id was ever seen."""
    return number(cursor, _KNOWN, {"id": project_id}) > 0


def paths(cursor: Cursor) -> dict[str, str]:
    """Where each project lies, or lay last, the latest first."""
    return dict(cursor.execute(_PATHS).fetchall())


def used(cursor: Cursor) -> list[Project]:
    """Every project, the one used last first; the table of uses must be current."""
    known = paths(cursor)
    found = {name: Project(name, known.get(name), *rest) for name, *rest in cursor.execute(_USED).fetchall()}
    every = [found.get(name) or Project(name, known.get(name), 0, None) for name in known | dict.fromkeys(found)]
    return sorted(every, key=lambda one: (one.last is None, -(one.last or 0), one.project_id))

"""Skills that are known by name and description, whether or not they were ever used."""

from uuid import UUID

from session_buddy.store.rows import first
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_SAME = "SELECT 1 FROM skill WHERE skill_name = ? AND description_id IS NOT DISTINCT FROM ? LIMIT 1"
_DELETE = "DELETE FROM skill WHERE skill_name = ?"
_INSERT = "INSERT INTO skill VALUES (?, ?, ?, ?, ?)"
_DESCRIPTION = """
    SELECT skill_name, text FROM skill JOIN query ON query_id = description_id
    WHERE skill_name IN (SELECT unnest($skills))
"""


def put(cursor: Cursor, name: str, description_id: UUID | None, source: str, project_id: str) -> bool:
    """Keep a skill, in the place of an earlier description. Returns False when nothing changed."""
    if first(cursor, _SAME, [name, description_id]):
        return False
    cursor.execute(_DELETE, [name])
    cursor.execute(_INSERT, [name, description_id, source, project_id, now()])
    return True


def descriptions(cursor: Cursor, skills: list[str]) -> dict[str, str]:
    return dict(cursor.execute(_DESCRIPTION, {"skills": skills}).fetchall())

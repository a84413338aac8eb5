"""Skills that are known by name and description, whether or not they were ever used."""

from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.store.rows import first
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_SAME = """
    SELECT 1 FROM skill
    WHERE skill_name = ? AND description_id IS NOT DISTINCT FROM ? AND document_id IS NOT DISTINCT FROM ?
      AND source <> 'installed' LIMIT 1
"""
_DELETE = "DELETE FROM skill WHERE skill_name = ?"
_INSERT = """
    INSERT INTO skill (skill_name, description_id, document_id, source, project_id, recorded_at)
    VALUES (?, ?, ?, ?, ?, ?)
"""
# What is installed may have a row for each project of the store; what was imported counts before it.
_ORDER = "(skill.source <> 'installed', skill.recorded_at)"
_DESCRIPTION = f"""
    SELECT skill_name, arg_max(text, {_ORDER}) FROM skill JOIN query ON query_id = description_id
    WHERE skill_name IN (SELECT unnest($skills)) GROUP BY skill_name
"""
_DESCRIBED = f"""
    SELECT skill_name, arg_max(text, {_ORDER}) FROM skill LEFT JOIN query ON query_id = description_id
    WHERE {{0}} GROUP BY skill_name ORDER BY skill_name
"""


class Entry(NamedTuple):
    """A skill of the catalogue: its description's text, and the text that stands for it in the ranking."""

    skill_name: str
    description_id: UUID | None
    document_id: UUID | None
    source: str
    project_id: str


def put(cursor: Cursor, entry: Entry) -> bool:
    """Keep a skill, in the place of an earlier description. Returns False when nothing changed."""
    if first(cursor, _SAME, [entry.skill_name, entry.description_id, entry.document_id]):
        return False
    cursor.execute(_DELETE, [entry.skill_name])
    cursor.execute(_INSERT, [*entry, now()])
    return True


def described(cursor: Cursor) -> dict[str, str | None]:
    """All skills of the catalogue with their descriptions."""
    return dict(cursor.execute(_DESCRIBED.format("true")).fetchall())


def descriptions(cursor: Cursor, skills: list[str]) -> dict[str, str]:
    return dict(cursor.execute(_DESCRIPTION, {"skills": skills}).fetchall())


def dump(cursor: Cursor) -> list[dict[str, Any]]:
    """All skills of the catalogue by name, each in the shape that `import` reads; not what is installed, which is read
    from its files wherever it is."""
    found = cursor.execute(_DESCRIBED.format("skill.source <> 'installed'")).fetchall()
    return [{"skill": {"name": name} | ({"description": text} if text else {})} for name, text in found]

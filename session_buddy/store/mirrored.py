"""The part of the catalogue that mirrors what is installed: rows with the source `installed`, each of one project."""

from typing import NamedTuple
from uuid import UUID

from session_buddy.store.ids import query_id
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

INSTALLED = "installed"

_MIRRORED = f"""
    SELECT skill_name, description_id, document_id FROM skill WHERE source = '{INSTALLED}' AND project_id = ?
"""
_OTHERS = f"SELECT DISTINCT skill_name FROM skill WHERE source <> '{INSTALLED}' AND description_id IS NOT NULL"
_DELETE = f"""
    DELETE FROM skill
    WHERE source = '{INSTALLED}' AND project_id = $project AND skill_name IN (SELECT unnest($names::VARCHAR[]))
"""
_TEXTS = """
    INSERT INTO query
    SELECT id, any_value(text), $now FROM (SELECT unnest($ids::UUID[]) AS id, unnest($texts::VARCHAR[]) AS text)
    WHERE id NOT IN (SELECT query_id FROM query) GROUP BY id
"""
_INSERT = f"""
    INSERT INTO skill (skill_name, description_id, document_id, source, project_id, recorded_at)
    SELECT unnest($names::VARCHAR[]), unnest($descriptions::UUID[]), unnest($documents::UUID[]), '{INSTALLED}',
           $project, $now
"""


class Wanted(NamedTuple):
    """What is installed, and the text that stands for it in the ranking; both texts are normalised."""

    skill_name: str
    description: str | None
    document: str

    @property
    def ids(self) -> tuple[UUID | None, UUID]:
        return (query_id(self.description) if self.description else None), query_id(self.document)


def difference(cursor: Cursor, project_id: str, wanted: list[Wanted]) -> tuple[list[str], list[Wanted]]:
    """(names whose rows have to go, what has to come). Who is described otherwise needs no row."""
    stored: dict[str, list[tuple[UUID | None, UUID]]] = {}
    for name, description, document in cursor.execute(_MIRRORED, [project_id]).fetchall():
        stored.setdefault(name, []).append((description, document))
    others = {name for (name,) in cursor.execute(_OTHERS).fetchall()}
    meant = {one.skill_name: one for one in wanted if one.skill_name not in others}
    kept = {name for name, rows in stored.items() if name in meant and rows == [meant[name].ids]}
    return [name for name in stored if name not in kept], [one for name, one in meant.items() if name not in kept]


def put(cursor: Cursor, project_id: str, gone: list[str], come: list[Wanted]) -> None:
    """Make a difference."""
    if gone:
        cursor.execute(_DELETE, {"project": project_id, "names": gone})
    if not come:
        return
    moment = now()
    texts = {query_id(text): text for one in come for text in (one.description, one.document) if text}
    cursor.execute(_TEXTS, {"ids": list(texts), "texts": list(texts.values()), "now": moment})
    ids = [one.ids for one in come]
    values = {
        "names": [one.skill_name for one in come],
        "descriptions": [description for description, _ in ids],
        "documents": [document for _, document in ids],
    }
    cursor.execute(_INSERT, values | {"project": project_id, "now": moment})

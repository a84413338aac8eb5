"""The store's catalogue as a mirror of what is installed, so that what was never used can be recommended."""

from session_buddy.skills.describing import document_of
from session_buddy.skills.installed import Found
from session_buddy.skills.privacy import stored_form
from session_buddy.store import mirrored, projects
from session_buddy.store.ids import normalised
from session_buddy.store.mirrored import Wanted
from session_buddy.store.writing import Cursor


def wanted(found: Found, mask_secrets: bool) -> list[Wanted]:
    """What the store is to know: all that a model may use, each with its description as texts are stored."""
    return [
        _wanted(one.name, stored_form(one.description or "", mask_secrets).text)
        for one in found.installed
        if one.model_may_use
    ]


def differs(cursor: Cursor, project_id: str, entries: list[Wanted]) -> bool:
    """Whether `mirror` would change anything."""
    return any(mirrored.difference(cursor, project_id, entries))


def mirror(cursor: Cursor, project_id: str, project_path: str, entries: list[Wanted]) -> None:
    """Let the store know these skills of the project, and no others that were installed. What was described by
    importing it stays as it is."""
    projects.remember(cursor, project_id, project_path)
    mirrored.put(cursor, project_id, *mirrored.difference(cursor, project_id, entries))


def _wanted(name: str, description: str) -> Wanted:
    kept = normalised(name)
    return Wanted(kept, description or None, normalised(document_of(kept, description or None)))

"""The catalogue: skills by name and description, and the text that stands for each in the ranking."""

import re

from session_buddy.store import catalogue, queries
from session_buddy.store.catalogue import Entry
from session_buddy.store.writing import Cursor

_PARTS = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def describe(cursor: Cursor, name: str, description: str | None, source: str, project_id: str) -> bool:
    """Keep a skill of the catalogue; its description is cleaned already. Returns False when nothing changed."""
    document = queries.remember(cursor, document_of(name, description))
    described = queries.remember(cursor, description) if description else None
    return catalogue.put(cursor, Entry(name, described, document, source, project_id))


def document_of(name: str, description: str | None) -> str:
    """A skill's name as words and its description; without the name where the description says all of it."""
    parts = [part for run in _PARTS.findall(name) for part in _HUMP.split(run)]
    if not description:
        return " ".join(parts) or name
    said = description.lower()
    if all(part.lower() in said for part in parts):
        return description
    return f"{' '.join(parts)}: {description}"

"""All places of all assistants, those that count more before others."""

from collections.abc import Iterator

from session_buddy.assistants import (
    agents_folder,
    claude_code,
    codex,
    cursor,
    gemini,
    goose,
    opencode,
    vscode,
    windsurf,
)
from session_buddy.assistants.places import Place, Surroundings

# Among these, what belongs to the project counts before what is the person's own.
OTHERS = (agents_folder, vscode, codex, cursor, gemini, opencode, windsurf, goose)


def places(around: Surroundings) -> list[Place]:
    """Each place once, with all assistants that look there."""
    found: dict[tuple[object, ...], Place] = {}
    for place in _all(around):
        key = (place.folder, place.kind, place.ending, place.itself)
        known = found.get(key)
        together = dict.fromkeys((*known.assistants, *place.assistants)) if known else place.assistants
        found[key] = (known or place)._replace(assistants=tuple(together))
    return list(found.values())


def _all(around: Surroundings) -> Iterator[Place]:
    yield from claude_code.places(around)
    for assistant in OTHERS:
        yield from assistant.project_places(around)
    for assistant in OTHERS:
        yield from assistant.own_places(around)

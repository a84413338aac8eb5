"""Claude Code: what an enterprise prescribes counts before what is the person's own, and that before the project's."""

import os
from collections.abc import Iterator
from typing import Any

from session_buddy.assistants import plugins
from session_buddy.assistants.nested import folders_with
from session_buddy.assistants.places import AGENT, COMMAND, ENTERPRISE, PERSONAL, PROJECT, SKILL, Place, Surroundings

NAME = "claude-code"
FOLDER = ".claude"
# Skills that are downloaded from the person's account; another of the name comes first.
SYNCED, ACCOUNT = "synced", "anthropic-skills"
_PARTS = (("skills", SKILL), ("commands", COMMAND), ("agents", AGENT))


def places(around: Surroundings) -> Iterator[Place]:
    """All places, those that count more before others."""
    managed = around.settings.managed_folder
    yield from _parts(os.path.join(managed, FOLDER), ENTERPRISE, (managed,))
    yield from _parts(around.settings.claude_folder, PERSONAL, around.own)
    for folder in around.folders:
        yield from _parts(os.path.join(folder, FOLDER), PROJECT, (folder,))
    yield _synced(around)
    for relative in folders_with(around.project, FOLDER, around.sight):
        folder = os.path.join(around.project, relative, FOLDER)
        if below := around.shown(relative.replace(os.sep, "/"), folder):
            yield from _parts(folder, f"{PROJECT}, {below}", (around.project,), beside=below)
    yield from plugins.places(around, told(around, "enabledPlugins"))


def told(around: Surroundings, name: str) -> dict[str, Any]:
    """What the settings say by this name; where several do, the nearest to the project counts, and above all what an
    enterprise prescribes."""
    one, merged = around.settings, {}
    above = [os.path.join(folder, FOLDER) for folder in reversed(around.folders)]
    paths = [os.path.join(one.claude_folder, "settings.json")]
    paths += [os.path.join(folder, file) for folder in above for file in ("settings.json", "settings.local.json")]
    for path in (*paths, os.path.join(one.managed_folder, "managed-settings.json")):
        found = around.sight.json(path).get(name)
        merged.update(found if isinstance(found, dict) else {})
    return merged


def _parts(folder: str, label: str, bounds: tuple[str, ...], beside: str = "") -> Iterator[Place]:
    for part, kind in _PARTS:
        yield Place(os.path.join(folder, part), kind, label, (NAME,), bounds, beside=beside)


def _synced(around: Surroundings) -> Place:
    folder = os.path.join(around.settings.claude_folder, "skills", SYNCED)
    return Place(folder, SKILL, PERSONAL, (NAME,), around.own, beside=ACCOUNT)

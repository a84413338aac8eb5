"""OpenCode. Its folders have been called in the singular and in the plural."""

import os
from collections.abc import Iterator

from session_buddy.assistants.places import AGENT, COMMAND, SKILL, Place, Surroundings, in_project, of_person

NAME = "opencode"
FOLDERS = (
    ("skills", SKILL),
    ("skill", SKILL),
    ("commands", COMMAND),
    ("command", COMMAND),
    ("agents", AGENT),
    ("agent", AGENT),
)


def project_places(around: Surroundings) -> Iterator[Place]:
    for folder, kind in FOLDERS:
        yield from in_project(around, NAME, f".opencode/{folder}", kind)


def own_places(around: Surroundings) -> Iterator[Place]:
    for folder, kind in FOLDERS:
        yield from of_person(around, NAME, os.path.join(around.settings.config_folder, NAME, folder), kind)

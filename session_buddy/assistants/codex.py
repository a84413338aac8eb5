"""Codex: its skills lie in `.agents` too; what it calls prompts are a person's slash commands."""

import os
from collections.abc import Iterator

from session_buddy.assistants.places import COMMAND, Place, Surroundings, in_project, of_person

NAME = "codex"


def project_places(around: Surroundings) -> Iterator[Place]:
    yield from in_project(around, NAME, ".codex/skills")


def own_places(around: Surroundings) -> Iterator[Place]:
    folder = around.settings.codex_folder
    yield from of_person(around, NAME, os.path.join(folder, "skills"))
    yield from of_person(around, NAME, os.path.join(folder, "prompts"), COMMAND)

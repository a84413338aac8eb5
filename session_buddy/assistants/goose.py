"""Goose. Its recipes are no slash commands, and are left alone."""

import os
from collections.abc import Iterator

from session_buddy.assistants.places import Place, Surroundings, in_project, of_person

NAME = "goose"


def project_places(around: Surroundings) -> Iterator[Place]:
    yield from in_project(around, NAME, ".goose/skills")


def own_places(around: Surroundings) -> Iterator[Place]:
    yield from of_person(around, NAME, os.path.join(around.settings.config_folder, NAME, "skills"))

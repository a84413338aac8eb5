"""Windsurf. What it calls workflows are its slash commands."""

from collections.abc import Iterator

from session_buddy.assistants.places import COMMAND, Place, Surroundings, at_home, in_project

NAME = "windsurf"


def project_places(around: Surroundings) -> Iterator[Place]:
    yield from in_project(around, NAME, ".windsurf/skills")
    yield from in_project(around, NAME, ".windsurf/workflows", COMMAND)


def own_places(around: Surroundings) -> Iterator[Place]:
    yield from at_home(around, NAME, ".codeium/windsurf/skills")

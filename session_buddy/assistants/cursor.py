"""Cursor."""

from collections.abc import Iterator

from session_buddy.assistants.places import AGENT, COMMAND, Place, Surroundings, at_home, in_project

NAME = "cursor"


def project_places(around: Surroundings) -> Iterator[Place]:
    yield from in_project(around, NAME, ".cursor/skills")
    yield from in_project(around, NAME, ".cursor/commands", COMMAND)
    yield from in_project(around, NAME, ".cursor/agents", AGENT)


def own_places(around: Surroundings) -> Iterator[Place]:
    yield from at_home(around, NAME, ".cursor/skills")
    yield from at_home(around, NAME, ".cursor/commands", COMMAND)
    yield from at_home(around, NAME, ".cursor/agents", AGENT)

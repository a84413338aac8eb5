"""Gemini CLI. Its commands are TOML; one in a folder is called `folder:name`."""

from collections.abc import Iterator

from session_buddy.assistants.places import AGENT, COMMAND, Place, Surroundings, at_home, in_project

NAME = "gemini"


def project_places(around: Surroundings) -> Iterator[Place]:
    yield from in_project(around, NAME, ".gemini/skills")
    yield from in_project(around, NAME, ".gemini/commands", COMMAND, ending=".toml")
    yield from in_project(around, NAME, ".gemini/agents", AGENT)


def own_places(around: Surroundings) -> Iterator[Place]:
    yield from at_home(around, NAME, ".gemini/skills")
    yield from at_home(around, NAME, ".gemini/commands", COMMAND, ending=".toml")
    yield from at_home(around, NAME, ".gemini/agents", AGENT)

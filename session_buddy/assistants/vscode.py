"""Copilot in VS Code. It reads the skills of `.claude` and `.agents` too."""

import os
from collections.abc import Iterator

from session_buddy.assistants.places import AGENT, COMMAND, Place, Surroundings, at_home, in_project, of_person

NAME = "vscode"


def project_places(around: Surroundings) -> Iterator[Place]:
    yield from in_project(around, NAME, ".github/skills")
    yield from in_project(around, NAME, ".claude/skills")
    yield from in_project(around, NAME, ".github/prompts", COMMAND, ending=".prompt.md")
    yield from in_project(around, NAME, ".github/agents", AGENT, ending=".agent.md")


def own_places(around: Surroundings) -> Iterator[Place]:
    yield from at_home(around, NAME, ".copilot/skills")
    yield from of_person(around, NAME, os.path.join(around.settings.claude_folder, "skills"))

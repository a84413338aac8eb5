"""The folder `.agents`, which assistants of several makers share. Codex, Gemini CLI and Copilot read it."""

from collections.abc import Iterator

from session_buddy.assistants.places import Place, Surroundings, at_home, in_project

READERS = ("codex", "gemini", "vscode")


def project_places(around: Surroundings) -> Iterator[Place]:
    for reader in READERS:
        yield from in_project(around, reader, ".agents/skills")


def own_places(around: Surroundings) -> Iterator[Place]:
    for reader in READERS:
        yield from at_home(around, reader, ".agents/skills")

"""What an assistant did, as a short name that tells nothing private: `Edit`, `git commit`, `pytest`."""

import re
from collections.abc import Iterable
from typing import Any

LONGEST = 64
MOST = 20
_SHELLS = {"Bash", "PowerShell", "Shell", "shell"}
_ASSIGNMENT = re.compile(r"\w+=\S*\s+")
_PROGRAM = re.compile(r"(?:[\w.~-]*/)*([A-Za-z][\w.+-]{0,31})(?:\s|$)")
# Programs whose first argument is a verb; that of others may be anything, so it is not kept.
_WITH_VERB = {
    "apt", "brew", "cargo", "conda", "docker", "dotnet", "gh", "git", "glab", "go", "helm", "just", "kubectl", "make",
    "npm", "pip", "pnpm", "poetry", "terraform", "uv", "yarn",
}  # fmt: skip
_VERB = re.compile(r"[a-z][a-z0-9:_-]{0,31}(?=\s|$)")


def action(tool_name: str, tool_input: Any) -> str:
    """The short name of a tool's use. Of a shell command it is the program, with its verb where it has one."""
    if tool_name in _SHELLS and isinstance(tool_input, dict):
        command = tool_input.get("command")
        if isinstance(command, str) and (name := _program(command[:400])):
            return name
    return tool_name[:LONGEST]


def distinct(actions: Iterable[str]) -> list[str]:
    """The actions in their order, each once, the first twenty."""
    return list(dict.fromkeys(actions))[:MOST]


def _program(command: str) -> str | None:
    # `cd somewhere && program` is about the program
    text = re.split(r"&&|;|\n", command)[-1] if command.lstrip().startswith("cd ") else command
    text = text.strip()
    while found := _ASSIGNMENT.match(text):
        text = text[found.end() :]
    program = _PROGRAM.match(text)
    if program is None:
        return None
    name = program[1]
    verb = _VERB.match(text[program.end() :].lstrip()) if name in _WITH_VERB else None
    return f"{name} {verb[0]}" if verb else name

"""The events that Codex tells session_buddy of. Its hooks have the shape of Claude Code's, but each is one line of a
shell, and one that is to run in the background is not run at all."""

from typing import Any

from session_buddy.assistants.commands import quoted

EVENTS = {
    "SessionStart": 5,
    "UserPromptSubmit": 5,
    "PostToolUse": 5,
    "SubagentStop": 5,
    "Stop": 5,
    "SessionEnd": 3,
}


def handlers(command: str, arguments: list[str]) -> dict[str, dict[str, Any]]:
    """The hook of each event, with the seconds it may take."""
    line = quoted([command, *arguments, "--from", "codex"])
    return {event: {"type": "command", "command": line, "timeout": seconds} for event, seconds in EVENTS.items()}

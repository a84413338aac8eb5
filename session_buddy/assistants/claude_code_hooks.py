"""The events that Claude Code tells session_buddy of: one table for the installation, the plugin and the doctor."""

from typing import Any

ANSWERED_WITHIN = 5

IN_THE_BACKGROUND: dict[str, Any] = {"async": True}
AT_ONCE: dict[str, Any] = {"timeout": ANSWERED_WITHIN}

EVENTS: dict[str, dict[str, Any]] = {
    "SessionStart": AT_ONCE,
    "UserPromptSubmit": AT_ONCE,
    "UserPromptExpansion": IN_THE_BACKGROUND,
    "PostToolUse": IN_THE_BACKGROUND,
    "PostToolUseFailure": IN_THE_BACKGROUND,
    # What is told in the background may be told late, and a prompt that was typed ahead begins the next turn.
    "Stop": AT_ONCE,
    "StopFailure": IN_THE_BACKGROUND,
    "SubagentStop": IN_THE_BACKGROUND,
    "SessionEnd": {},
}


def handlers(command: str, arguments: list[str]) -> dict[str, dict[str, Any]]:
    """The hook of each event: a command with arguments of its own, so that no shell is started."""
    return {event: {"type": "command", "command": command, "args": arguments} | how for event, how in EVENTS.items()}

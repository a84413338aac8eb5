"""The events that Cursor tells session_buddy of, as far as its format is known from others; each hook is one line of a
shell. Events that ask for a permission are left alone, but for the prompt, which has no other."""

from typing import Any

from session_buddy.assistants.commands import quoted

EVENTS = (
    "sessionStart",
    "beforeSubmitPrompt",
    "postToolUse",
    "postToolUseFailure",
    "subagentStop",
    "stop",
    "sessionEnd",
)


def handlers(command: str, arguments: list[str]) -> dict[str, dict[str, Any]]:
    """The hook of each event."""
    line = quoted([command, *arguments, "--from", "cursor"])
    return {event: {"command": line, "timeout": 5} for event in EVENTS}

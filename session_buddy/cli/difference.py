"""What a change does to a file, line by line, for a person."""

import difflib

from session_buddy.assistants.documents import decoded
from session_buddy.assistants.installing import Change
from session_buddy.assistants.showing import shown

NONE = "(none)"


def difference(change: Change) -> str:
    """A unified diff; empty where nothing changes."""
    if not change.changes:
        return ""
    lines = difflib.unified_diff(
        _lines(change.before),
        _lines(change.after),
        shown(change.path) if change.before is not None else NONE,
        shown(change.path) if change.after is not None else NONE,
        lineterm="",
    )
    return "\n".join(shown(line) for line in lines)


def kind(change: Change) -> str:
    """What becomes of the file, in a word."""
    if not change.changes:
        return "unchanged"
    if change.before is None:
        return "created"
    return "removed" if change.after is None else "edited"


def _lines(data: bytes | None) -> list[str]:
    return decoded(data or b"").splitlines()

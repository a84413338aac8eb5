"""What a change does to a file, line by line, for a person."""

import difflib
import itertools
from collections.abc import Iterator

from session_buddy.assistants.documents import decoded
from session_buddy.assistants.installing import Change
from session_buddy.assistants.showing import LONGEST, shown
from session_buddy.skills.privacy import clean

NONE = "(none)"
AROUND = 60
# So much of a long line is looked at for secrets, on either side of what is shown.
REACH = 20_000


def difference(change: Change) -> str:
    """A unified diff, without what looks like a secret; empty where nothing changes."""
    if not change.changes:
        return ""
    lines = difflib.unified_diff(
        _lines(change.before),
        _lines(change.after),
        shown(change.path) if change.before is not None else NONE,
        shown(change.path) if change.after is not None else NONE,
        lineterm="",
    )
    return "\n".join(shown(line) for line in _windows(list(lines)))


def kind(change: Change) -> str:
    """What becomes of the file, in a word."""
    if not change.changes:
        return "unchanged"
    if change.before is None:
        return "created"
    return "removed" if change.after is None else "edited"


def _lines(data: bytes | None) -> list[str]:
    return decoded(data or b"").splitlines()


def _windows(lines: list[str]) -> Iterator[str]:
    """The lines; of a long one that was changed, what is around the place where it differs from its successor."""
    yield from lines[:2]
    removed = list[str]()
    for sign, run in itertools.groupby(lines[2:], lambda line: line[:1]):
        block = list(run)
        if removed:
            pairs = list(zip(removed, block if sign == "+" else (), strict=False))
            yield from (_window(line, other) for line, other in pairs)
            yield from map(_masked, removed[len(pairs) :])
            yield from (_window(line, other) for other, line in pairs)
            block = block[len(pairs) :]
        removed = block if sign == "-" else []
        yield from () if removed else map(_masked, block)
    yield from map(_masked, removed)


def _window(line: str, other: str) -> str:
    low = max(1, 1 + _differ(line[1:], other[1:]) - REACH)
    near, beside = (_masked(one[low : low + 2 * REACH]) for one in (line, other))
    start = _differ(near, beside) - AROUND
    return line[0] + (f"…{near[start:]}" if len(near) > LONGEST and start > 0 else near)


def _differ(line: str, other: str) -> int:
    """Where two texts begin to differ."""
    pairs = enumerate(zip(line, other, strict=False))
    return next((at for at, (one, two) in pairs if one != two), min(len(line), len(other)))


def _masked(text: str) -> str:
    """What is shown of a text and what is around it, without what looks like a secret."""
    return clean(text[: 2 * REACH], limit=4 * REACH).text

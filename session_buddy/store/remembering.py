"""What the write queue's jobs may remember from one to the next, so that they need not ask for it again.

Only jobs of the write queue change the store, one after the other, so what they remember of its rows stays true; what
was remembered in a transaction that is rolled back is let go.
"""

from typing import Any

import duckdb


class Notes:
    """Things by name. `changed` tells that a change was noted that is not committed yet."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}
        self.changed = False

    def clear(self) -> None:
        self.held.clear()
        self.changed = False


_notes: dict[int, Notes] = {}


def begin(cursor: duckdb.DuckDBPyConnection) -> Notes:
    """Let jobs that run on this cursor remember things, until `end`."""
    return _notes.setdefault(id(cursor), Notes())


def end(cursor: duckdb.DuckDBPyConnection) -> None:
    _notes.pop(id(cursor), None)


def notes(cursor: duckdb.DuckDBPyConnection) -> Notes | None:
    """What may be remembered on this cursor; None on one that only reads."""
    return _notes.get(id(cursor))

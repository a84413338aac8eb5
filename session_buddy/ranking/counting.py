"""Counting in a memory, with the uses that nobody ended: they count as ended when they are stale or their session is
over, which can happen without any new row of theirs."""

import time

from session_buddy.ranking.memory import Memory
from session_buddy.store import history
from session_buddy.store.history import Event
from session_buddy.store.writing import Cursor

# Uses that become stale are counted so much later at most, in microseconds.
LATE_US = 60_000_000


class Counting:
    """Counts all rows anew where following them row by row would not do."""

    def __init__(self, patience: float | None, late: int = LATE_US) -> None:
        self._patience = None if patience is None else round(patience * 1_000_000)
        self._late = late
        self._stale = 0
        self._due: int | None = None

    def is_due(self) -> bool:
        """Whether a use has become stale since the last count."""
        return self._due is not None and _now() >= self._due

    def count(self, cursor: Cursor, memory: Memory) -> None:
        """Count all rows."""
        self._stale = 0 if self._patience is None else _now() - self._patience
        rows = history.tallies(cursor, self._stale)
        memory.recount(rows)
        self._due = None
        for row in rows:
            self._wait_for(row.oldest_open)

    def knows_as_ended(self, cursor: Cursor, finished: list[Event]) -> bool:
        """Whether one of these, which have ended now, may have been counted as ended before."""
        if any(event.example.invoked_us < self._stale for event in finished):
            return True
        return bool(finished) and history.any_over(cursor, [event.example.session_id for event in finished])

    def follow(self, memory: Memory, started: list[Event], finished: list[Event]) -> None:
        """Count uses that have begun, and ended."""
        for event in started:
            memory.began(event)
            self._wait_for(event.example.invoked_us)
        for event in finished:
            memory.ended(event)

    def _wait_for(self, begun: int | None) -> None:
        """Count again when a use that began then has become stale, if not before."""
        if begun is not None and self._patience is not None:
            due = max(begun + self._patience, _now()) + self._late
            self._due = due if self._due is None else min(self._due, due)


def _now() -> int:
    return time.time_ns() // 1000

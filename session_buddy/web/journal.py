"""What has happened lately, in order, so that a page that was away misses nothing."""

import secrets
from collections import deque
from itertools import islice
from typing import Any

MOST = 20_000

Event = dict[str, Any]


class Journal:
    """The latest events, each with an id of its own: the epoch of this process and a number that only grows."""

    def __init__(self, most: int = MOST) -> None:
        self._epoch = secrets.token_hex(4)
        self._newest = 0
        self._events: deque[Event] = deque(maxlen=most)

    @property
    def newest(self) -> str:
        """The id of the newest event; one before the first where nothing has happened."""
        return self._id(self._newest)

    def add(self, event: Event) -> Event:
        """Keep an event. Returns it with its id."""
        self._newest += 1
        told = {"id": self.newest} | event
        self._events.append(told)
        return told

    def empty(self, event: Event) -> Event:
        """Keep nothing from before this event, which is not kept either: whoever has not seen it has to begin anew."""
        self._events.clear()
        self._newest += 1
        return {"id": self.newest} | event

    def after(self, last: str) -> list[Event] | None:
        """The events after the one of this id; None where it is not known any more, or never was."""
        number = self._number(last)
        if number is None or not self._newest - len(self._events) <= number <= self._newest:
            return None
        return list(islice(self._events, len(self._events) - (self._newest - number), None))

    def missed(self, last: str) -> int | None:
        """How many events came after the one of this id; None where that cannot be told."""
        number = self._number(last)
        return self._newest - number if number is not None and number <= self._newest else None

    def _id(self, number: int) -> str:
        return f"{self._epoch}-{number}"

    def _number(self, identity: str) -> int | None:
        epoch, _, number = identity.rpartition("-")
        return (
            int(number) if epoch == self._epoch and number.isascii() and number.isdigit() and len(number) < 16 else None
        )

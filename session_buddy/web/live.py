"""Live events on their way to the pages: the journal, and one bounded queue for each page."""

import asyncio
from collections import deque
from datetime import UTC, datetime
from typing import Any

from session_buddy import __version__
from session_buddy.web.journal import Event, Journal

QUEUE = 1_000
CONNECTED, LOST = "connected", "lost"
# These tell nothing of the store.
OF_THE_PROCESS = ("hello", "hub")


class Listener:
    """What one page has still to be told. A page that is too slow is told how much it missed, instead of all that."""

    def __init__(self, most: int = QUEUE) -> None:
        self._most = most
        self._waiting: deque[Event] = deque()
        self._missed = 0
        self._overrun = False
        self._something = asyncio.Event()

    def put(self, event: Event) -> None:
        """Let the page be told of an event."""
        if len(self._waiting) >= self._most:
            self._missed += len(self._waiting)
            self._overrun = True
            self._waiting.clear()
        self._waiting.append(event)
        self._something.set()

    def begin_anew(self, event: Event) -> None:
        """Let the page be told of this event, and of no earlier one any more."""
        self._waiting = deque(one for one in self._waiting if one["kind"] in OF_THE_PROCESS)
        self.put(event)

    async def next(self) -> Event:
        """The next thing to tell, when there is one."""
        while not (self._overrun or self._waiting):
            self._something.clear()
            await self._something.wait()
        if self._overrun:
            missed, self._missed, self._overrun = self._missed, 0, False
            return summary(missed)
        return self._waiting.popleft()


class Live:
    """All that happens, for every page that listens. Used on the event loop only."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.hub = LOST
        self._listeners: set[Listener] = set()

    @property
    def listening(self) -> int:
        return len(self._listeners)

    def join(self, last: str | None) -> Listener:
        """A listener that is told hello, then everything after `last`. The id in hello is where its events begin."""
        listener = Listener()
        past = self.journal.after(last) if last is not None else []
        known = last if last is not None and past is not None else self.journal.newest
        listener.put({"kind": "hello", "id": known, "at": _now(), "hub": self.hub, "program": __version__})
        if past is None:
            listener.put(summary(self.journal.missed(last or ""), self.journal.newest))
        elif len(past) >= QUEUE:
            listener.put(summary(len(past), self.journal.newest))
        for event in past if past and len(past) < QUEUE else ():
            listener.put(event)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def tell(self, events: list[Event]) -> None:
        """New events of the hub, the oldest first."""
        for event in events:
            self._put(self.journal.add(event))

    def reset(self) -> None:
        """The store is another one, or something of it was forgotten: nothing from before may be told any more."""
        event = self.journal.empty({"kind": "reset", "at": _now()})
        for listener in self._listeners:
            listener.begin_anew(event)

    def hub_is(self, state: str) -> None:
        """Tell that the hub is lost or connected, where that has changed."""
        if state != self.hub:
            self.hub = state
            self._put({"kind": "hub", "at": _now(), "state": state})

    def _put(self, event: Event) -> None:
        for listener in self._listeners:
            listener.put(event)


def summary(missed: int | None, newest: str | None = None) -> dict[str, Any]:
    """What a page is told that missed too much: how many events, if that is known. It loads everything anew."""
    return {"kind": "summary", "at": _now(), "missed": missed} | ({"id": newest} if newest else {})


def _now() -> str:
    return datetime.now(UTC).isoformat()

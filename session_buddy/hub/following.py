"""Telling what is stored right after it is stored, to whoever follows."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from session_buddy.errors import BuddyError, InvalidRequestError
from session_buddy.hub.services import Services
from session_buddy.store import lately as rows
from session_buddy.store.access import Access
from session_buddy.store.lately import News, Position
from session_buddy.store.times import iso, micros, now

# What is stored in quick succession is looked at together. Looking may take this share of the time, saved up for so
# long (seconds of looking): what happens now and then is told at once, and a burst slows nobody down.
GATHER_SECONDS = 0.005
LOOKING_SHARE = 0.06
MOST_SAVED_SECONDS = 0.03
MOST_GATHER_SECONDS = 0.2
# Whoever follows hears something at least so often.
ALIVE_SECONDS = 5.0
EMBEDDING_SECONDS = 0.5
# Counting texts may take this share of the time at most.
COUNTING_SHARE = 0.05
MOST = 1_000

Event = dict[str, Any]


async def lately(
    access: Access, limit: Any = 100, project_id: str | None = None, session_id: str | None = None
) -> dict[str, Any]:
    """The newest events, the newest last; of one project or one session where these are given.

    Raises:
        InvalidRequestError: `limit` is not between 1 and 1,000.
    """
    if type(limit) is not int or not 1 <= limit <= MOST:
        raise InvalidRequestError(f"limit is {limit!r}; allowed are 1 to {MOST:,}.")
    return {"events": await access.read(lambda cursor: rows.newest(cursor, limit, project_id, session_id))}


async def follow(services: Services, told: Any) -> AsyncGenerator[dict[str, Any], None]:
    """What is stored after a position, in parts without end; with None, after now. `reset` tells that the position is
    not one of this store, or that something was forgotten: what was told before is not to be relied on.
    """
    access = services.access
    news = access.subscribe()
    try:
        async with _watching(_Embedding(services, news)) as embedding:
            look = _Look(access)
            found = await look.begin(told)
            spoken = -ALIVE_SECONDS
            while True:
                events = [*found.events, *embedding.take()]
                if events or found.reset or time.monotonic() - spoken >= ALIVE_SECONDS:
                    yield {"events": events, "position": found.position.told, "reset": found.reset}
                    spoken = time.monotonic()
                if not found.more:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(spoken + ALIVE_SECONDS - time.monotonic()):
                            await news.wait()
                await asyncio.sleep(look.next - time.monotonic())
                news.clear()
                found = await look.on(found.position)
    finally:
        access.unsubscribe(news)


class _Look:
    """Looks at what is new; `next` is when to look again (of the monotonic clock)."""

    def __init__(self, access: Access) -> None:
        self.next = self._thorough = self._counted = time.monotonic()
        self._saved = MOST_SAVED_SECONDS
        self._access = access
        self._forgotten = access.forgotten

    async def begin(self, told: Any) -> News:
        """Where to follow from, or what came after the position that was told."""
        path = self._access.store.path
        if told is None:
            return News([], await self._access.read(lambda cursor: rows.position(cursor, path)))
        return await self._since(rows.read(told), thorough=True, counted=True)

    async def on(self, position: Position) -> News:
        """What came after a position that was given in this run of the hub."""
        begun = time.monotonic()
        thorough = begun - self._thorough >= ALIVE_SECONDS
        self._thorough = begun if thorough else self._thorough
        forgotten, self._forgotten = self._forgotten, self._access.forgotten
        found = await self._since(position if forgotten == self._forgotten else None, thorough)
        self._plan(begun, time.monotonic())
        return found

    def _plan(self, begun: float, ended: float) -> None:
        """Let the next look be when the time that this one took is within what looking may take."""
        saved = min(MOST_SAVED_SECONDS, self._saved + LOOKING_SHARE * (ended - self._counted)) - (ended - begun)
        self._saved, self._counted = max(saved, -LOOKING_SHARE * MOST_GATHER_SECONDS), ended
        self.next = ended + max(GATHER_SECONDS, -self._saved / LOOKING_SHARE)

    async def _since(self, position: Position | None, thorough: bool, counted: bool = False) -> News:
        path = self._access.store.path
        return await self._access.read(lambda cursor: rows.since(cursor, path, position, thorough, counted))


class _Embedding:
    """How far the texts have their vectors, as an event when that has changed."""

    def __init__(self, services: Services, news: asyncio.Event) -> None:
        self._services = services
        self._news = news
        self._event: Event | None = None

    def take(self) -> list[Event]:
        event, self._event = self._event, None
        return [event] if event else []

    async def run(self) -> None:
        """Work until cancelled."""
        written, known = self._services.access.subscribe(), None
        try:
            while self._services.embedding.state != "off":
                begun = time.monotonic()
                if written.is_set() or known is None or known["state"] != self._services.embedding.state:
                    written.clear()
                    known = await self._tell(known)
                taken = time.monotonic() - begun
                await asyncio.sleep(max(EMBEDDING_SECONDS, taken / COUNTING_SHARE))
        finally:
            self._services.access.unsubscribe(written)

    async def _tell(self, known: Event | None) -> Event | None:
        try:
            texts, embedded = await self._services.backlog.coverage()
        except BuddyError:
            return known  # it is asked again after the next write
        told = {"state": self._services.embedding.state, "embedded": embedded, "texts": texts}
        if known is not None and told != known:
            self._event = {"kind": "embedding", "at": iso(micros(now()))} | told
            self._news.set()
        return told


@contextlib.asynccontextmanager
async def _watching(embedding: _Embedding) -> AsyncIterator[_Embedding]:
    task = asyncio.create_task(embedding.run())
    try:
        yield embedding
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

"""The store for code that runs on an event loop: nothing of DuckDB happens on it."""

import asyncio
from typing import TypeVar

from session_buddy.store.store import Store
from session_buddy.store.writing import Job

Result = TypeVar("Result")


class Access:
    """Reads in threads, and writes that are finished even when whoever asked for them has left. `forgotten` counts how
    often rows were taken out."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.forgotten = 0
        self._subscribers: list[asyncio.Event] = []

    def subscribe(self) -> asyncio.Event:
        """An event of one's own that is set now, and whenever something was written."""
        news = asyncio.Event()
        news.set()
        self._subscribers.append(news)
        return news

    def unsubscribe(self, news: asyncio.Event) -> None:
        """Set this event no longer."""
        self._subscribers.remove(news)

    def announce(self) -> None:
        """Tell everybody who has subscribed that something was written."""
        for news in self._subscribers:
            news.set()

    def forgot(self) -> None:
        """Tell everybody who has subscribed that rows were taken out."""
        self.forgotten += 1
        self.announce()

    async def read(self, job: Job[Result]) -> Result:
        """Run a reading job; see `Store.read`."""
        return await asyncio.to_thread(self.store.read, job)

    async def write(self, job: Job[Result]) -> Result:
        """Run a writing job and wait until it is committed; see `WriteQueue.submit`."""
        writing = asyncio.wrap_future(self.store.write(job))
        try:
            written = await asyncio.shield(writing)
        except asyncio.CancelledError:
            writing.add_done_callback(lambda done: self.announce())
            raise
        self.announce()
        return written

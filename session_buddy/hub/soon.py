"""Work that is done right after something else, once however often it is asked for meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

# Whoever wants to see what was done waits so long at most, in seconds.
PATIENCE = 0.5

log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]


class Soon:
    """One piece of work that is under way, and at most one that follows."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def soon(self, work: Work) -> None:
        """Have the work begin after this."""
        self._again = True
        if self._task is None:
            self._task = asyncio.create_task(self._run(work))

    async def settled(self) -> None:
        """Wait until what was asked for is done, but not for long."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=PATIENCE)

    async def _run(self, work: Work) -> None:
        try:
            while self._again:
                self._again = False
                await work()
        except Exception as error:
            log.warning("What hooks told stays in the spool for now: %s", type(error).__name__)
        finally:
            self._task = None

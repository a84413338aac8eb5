"""Keeping the store's catalogue as what is installed for the projects whose windows are open."""

import asyncio
import contextlib
import logging
from collections import Counter

from session_buddy.errors import BuddyError
from session_buddy.hub import identity
from session_buddy.hub.services import Services
from session_buddy.skills import mirroring

LOOK_SECONDS = 30.0
# A window that has just opened has questions of its own first.
SETTLE_SECONDS = 0.3
# A command does not wait longer than this for folders that do not answer.
PATIENCE_SECONDS = 2.0

log = logging.getLogger(__name__)


class Mirror:
    """Looks when a window opens, and `every` so many seconds while any is open."""

    def __init__(self, services: Services, every: float = LOOK_SECONDS, settle: float = SETTLE_SECONDS) -> None:
        self._services = services
        self._every, self._settle = every, settle
        self._open: Counter[str] = Counter()
        self._news = asyncio.Event()
        self._looking: dict[str, asyncio.Task[None]] = {}

    def opened(self, project: str) -> None:
        """A window of this project has opened."""
        self._open[project] += 1
        self._news.set()

    def closed(self, project: str) -> None:
        """A window of this project has closed."""
        self._open[project] -= 1
        if self._open[project] <= 0:
            del self._open[project]

    async def run(self) -> None:
        """Work until cancelled."""
        if not self._services.settings.catalogue:
            return
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every if self._open else None):
                    await self._news.wait()
            await asyncio.sleep(self._settle)
            self._news.clear()
            for project in list(self._open):
                await self._look(project)

    async def settle(self, project: str) -> None:
        """Look now, for a command that wants to know of what is installed; give up soon where that takes long."""
        if self._services.settings.catalogue:
            await asyncio.wait([self._look(project)], timeout=PATIENCE_SECONDS)

    def _look(self, project: str) -> "asyncio.Task[None]":
        """Look, once at a time for each project."""
        task = self._looking.get(project)
        if task is None or task.done():
            task = self._looking[project] = asyncio.create_task(self._follow(project))
            task.add_done_callback(lambda done: self._looking.pop(project, None))
        return task

    async def _follow(self, project: str) -> None:
        services = self._services
        try:
            found = await asyncio.to_thread(services.installed.of, project)
            entries = await asyncio.to_thread(mirroring.wanted, found, services.settings.mask_secrets)
            project_id = await asyncio.to_thread(identity.project_id, project, services.settings.data_folder)
            if await services.access.read(lambda cursor: mirroring.differs(cursor, project_id, entries)):
                await services.access.write(lambda cursor: mirroring.mirror(cursor, project_id, project, entries))
                services.backlog.notice()
        except (BuddyError, OSError) as error:
            log.warning("What is installed is not known: %s", type(error).__name__)
        except Exception as error:  # a file that nobody has thought of must not end the looking for all others
            log.error("What is installed is not known: %s", type(error).__name__, exc_info=error)

"""Taking in what was spooled while no hub could be reached."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable

from session_buddy.bridge import spool
from session_buddy.bridge.place import Place
from session_buddy.bridge.spool import Spooled
from session_buddy.errors import InvalidRequestError, StoreError
from session_buddy.hub import identity
from session_buddy.hub.services import Services
from session_buddy.settings import Settings
from session_buddy.skills import events
from session_buddy.store.store import Store

LOOK_SECONDS = 2.0
REFUSED = ".refused"

log = logging.getLogger(__name__)


class Intake:
    """Stores spooled events at start and while the hub runs."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            with contextlib.suppress(StoreError):  # the events stay where they are
                await take_in(self._services)
            await asyncio.sleep(LOOK_SECONDS)


async def take_in(services: Services) -> None:
    """Store what waits in the spool now.

    Raises:
        StoreError: the store cannot be written; the events stay where they are.
    """
    if await asyncio.to_thread(take_all, services.access.store, services.settings):
        services.access.announce()
        services.backlog.notice()


def take_all(store: Store, settings: Settings) -> int:
    """Store what waits in the spool, oldest first; a file goes after its commit. Returns how many were stored.

    Raises:
        StoreError: the store cannot be written; the events stay where they are.
    """
    waiting = list(spool.waiting(Place(settings.store), settings.data_folder))
    return sum([_take(store, settings, one) for one in waiting])


def _take(store: Store, settings: Settings, spooled: Spooled) -> bool:
    try:
        event = events.parse(spooled.event)
        project_id = identity.project_id(event.project, settings.data_folder)
        stored = store.write(lambda cursor: events.store(cursor, event, project_id, settings.mask_secrets)).result()
    except InvalidRequestError:
        log.warning("A spooled event is not one; it is kept as %s", os.path.basename(spooled.path) + REFUSED)
        _away(lambda: os.replace(spooled.path, spooled.path + REFUSED))
        return False
    if stored:
        _away(lambda: os.unlink(spooled.path))
    return stored


def _away(move: Callable[[], None]) -> None:
    with contextlib.suppress(FileNotFoundError):  # somebody else has taken it in at the same time
        move()

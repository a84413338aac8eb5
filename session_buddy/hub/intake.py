"""Taking in what was spooled while no hub could be reached."""

import asyncio
import contextlib
import logging
import os

from session_buddy.bridge import spool
from session_buddy.bridge.place import Place
from session_buddy.bridge.spool import Spooled
from session_buddy.errors import InvalidRequestError, StoreError
from session_buddy.hub import identity
from session_buddy.hub.services import Services
from session_buddy.skills import events

LOOK_SECONDS = 2.0
REFUSED = ".refused"

log = logging.getLogger(__name__)


class Intake:
    """Stores spooled events at start and while the hub runs, oldest first; a file goes after its commit."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._place = Place(services.settings.store)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            with contextlib.suppress(StoreError):  # the events stay where they are
                await self._take_all()
            await asyncio.sleep(LOOK_SECONDS)

    async def _take_all(self) -> None:
        found = await asyncio.to_thread(lambda: list(spool.waiting(self._place, self._services.settings.data_folder)))
        stored = [await self._take(one) for one in found]
        if any(stored):
            self._services.backlog.notice()

    async def _take(self, spooled: Spooled) -> bool:
        try:
            event = events.parse(spooled.event)
            data_folder = self._services.settings.data_folder
            project_id = await asyncio.to_thread(identity.project_id, event.project, data_folder)
            mask = self._services.settings.mask_secrets
            stored = await self._services.access.write(lambda cursor: events.store(cursor, event, project_id, mask))
        except InvalidRequestError:
            log.warning("A spooled event is not one; it is kept as %s", os.path.basename(spooled.path) + REFUSED)
            os.replace(spooled.path, spooled.path + REFUSED)
            return False
        if stored:
            os.unlink(spooled.path)
        return stored

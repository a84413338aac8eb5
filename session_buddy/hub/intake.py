"""Taking in what was spooled while no hub could be reached."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from itertools import chain, islice
from typing import NamedTuple

from session_buddy.bridge import spool
from session_buddy.bridge.place import Place
from session_buddy.bridge.spool import Spooled
from session_buddy.common.atomic_io import move
from session_buddy.hub import identity
from session_buddy.hub.services import Services
from session_buddy.settings import Settings
from session_buddy.skills import events
from session_buddy.skills.events import Event
from session_buddy.skills.hook_events import HookEvent
from session_buddy.store.store import Store
from session_buddy.store.times import now

LOOK_SECONDS = 2.0
REFUSED = ".refused"
BATCH = 100
# A session that began longer ago than this has its window already, or none.
LATELY = timedelta(minutes=1)

log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """How many events of the spool were stored, and those of them that hooks told."""

    stored: int
    hooks: list[HookEvent]


class Intake:
    """Stores spooled events at start and while the hub runs."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Work until cancelled. Whatever goes wrong, the events stay where they are, and it is tried again."""
        while True:
            try:
                await take_in(self._services)
            except Exception as error:
                log.warning("What waits in the spool could not be taken in: %s", type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)


async def take_in(services: Services) -> None:
    """Store what waits in the spool now.

    Raises:
        StoreError: the store cannot be written; the events stay where they are.
    """
    async with services.taking_in:
        taken = await asyncio.to_thread(take_all, services.access.store, services.settings)
    if taken.stored:
        services.access.announce()
        if services.embedding.state == "ready" or taken.stored > len(taken.hooks):
            services.backlog.notice()  # what an assistant tells by itself starts no model
    for event in taken.hooks:
        if now() - event.at < LATELY:
            await services.serving.follow(event)


def take_all(store: Store, settings: Settings) -> Taken:
    """Store what waits in the spool, oldest first; a file goes after its commit.

    Raises:
        StoreError: the store cannot be written; the events stay where they are.
    """
    stored, hooks = 0, []
    place = Place(settings.store)
    former = spool.former(place, settings.project, settings.data_folder)
    waiting = chain(*(spool.waiting(one, settings.data_folder) for one in dict.fromkeys((former, place))))
    while batch := list(islice(waiting, BATCH)):
        for spooled, event, done in [(one, *_begin(store, settings, one)) for one in batch]:
            if event is not None and done is not None and _finish(store, spooled, done):
                stored += 1
                hooks += [event] if isinstance(event, HookEvent) else []
    return Taken(stored, hooks)


def _begin(store: Store, settings: Settings, spooled: Spooled) -> "tuple[Event | None, Future[bool] | None]":
    """Have an event stored soon; nothing of one that is none."""
    try:
        event = events.parse(spooled.event)
        own = event.project == settings.project
        project_id = (identity.project_id if own else identity.known_id)(event.project, settings.data_folder)
    except Exception:
        _refuse(spooled)
        return None, None
    return event, store.write(lambda cursor: events.store(cursor, event, project_id, settings.mask_secrets))


def _finish(store: Store, spooled: Spooled, done: "Future[bool]") -> bool:
    try:
        stored = done.result()
    except Exception:
        store.write(lambda cursor: None).result()  # raises where it is the store that cannot be written
        _refuse(spooled)
        return False
    if stored:
        _away(lambda: os.unlink(spooled.path))
    return stored


def _refuse(spooled: Spooled) -> None:
    log.warning("A spooled event is not one; it is kept as %s", os.path.basename(spooled.path) + REFUSED)
    _away(lambda: move(spooled.path, spooled.path + REFUSED))


def _away(move: Callable[[], None]) -> None:
    with contextlib.suppress(FileNotFoundError):  # somebody else has taken it in at the same time
        move()

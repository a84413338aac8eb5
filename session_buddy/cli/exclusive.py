"""Having a store to oneself for a while. Windows wait meanwhile, as they wait for a hub that is starting."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from session_buddy.bridge import address
from session_buddy.bridge.client import Client
from session_buddy.bridge.lock import HubLock
from session_buddy.bridge.place import Place, prepare, sweep
from session_buddy.errors import HubLostError, HubUnavailableError
from session_buddy.settings import Settings

PATIENCE = 30.0
STEP = 0.05


@contextmanager
def exclusive(settings: Settings) -> Iterator[Place]:
    """Stop the store's hub and be in its place: none starts before the context is left. Nothing has the store open.

    Raises:
        HubUnavailableError: the hub does not stop within 30 seconds, or the store's folder cannot be used.
        UnsafePathError: the store's place is not safe to use.
    """
    place = Place(settings.store)
    os.umask(0o077)  # what is written from here on is for this user only
    prepare(place, settings.data_folder)
    lock = _take(settings, place)
    try:
        address.sweep(place, settings.data_folder)
        sweep(place)
        yield place
    finally:
        lock.release()


def _take(settings: Settings, place: Place) -> HubLock:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if lock := HubLock.take(place.lock, STEP):
            return lock
        if address.read(place, settings.data_folder):
            _ask_to_stop(settings)
    raise HubUnavailableError(
        f"{place.store} is still in use after {PATIENCE:.0f} seconds: its hub has not stopped, or another command is "
        "at work on it. Nothing was changed. Try again when it has ended."
    )


def _ask_to_stop(settings: Settings) -> None:
    """Ask whatever hub there is: another one may have come since the last time."""
    with suppress(HubUnavailableError, HubLostError), Client(settings, start=None) as client:
        client.ask("stop")

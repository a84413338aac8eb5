"""Becoming the hub: the lock, a listening socket, and the address that leads to it."""

import os
import socket

from session_buddy.bridge import address
from session_buddy.bridge.lock import HubLock
from session_buddy.bridge.place import Place, prepare, sweep
from session_buddy.errors import HubUnavailableError
from session_buddy.hub.listening import listen
from session_buddy.settings import Settings


class OpenDoor:
    """A held lock, a listening socket, and the address that leads to it."""

    def __init__(self, lock: HubLock, listener: socket.socket, found: address.Address) -> None:
        self.lock = lock
        self.listener = listener
        self.address = found


def open_door(settings: Settings) -> OpenDoor | None:
    """Take the store's lock, listen, and publish the address; None when another process holds the lock.

    Raises:
        HubUnavailableError: the store's folder cannot be used.
    """
    place = Place(settings.store)
    os.umask(0o077)  # DuckDB makes the store's log file, and it too is for this user only
    prepare(place, settings.data_folder)
    try:
        lock = HubLock.take(place.lock)
        if lock is None:
            return None
        address.sweep(place, settings.data_folder)
        sweep(place)
        listener, found = listen(settings)
        address.write(place, found)
    except OSError as error:
        raise HubUnavailableError(
            f"The hub cannot start beside {place.store}: {error.strerror}. Nothing was stored. "
            "Make room and write access there, or set SESSION_BUDDY_STORE to another place."
        ) from None
    return OpenDoor(lock, listener, found)

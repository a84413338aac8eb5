"""A hub in a thread of the process that needs it, for places that forbid background processes."""

import asyncio
import contextlib
import threading

from session_buddy.hub.door import OpenDoor, open_door
from session_buddy.hub.process import Hub
from session_buddy.settings import Settings


class StandaloneHub:
    """Starts a hub in a thread where none runs; where one runs, that one is used."""

    def __init__(self) -> None:
        self._hub: Hub | None = None
        self._thread: threading.Thread | None = None

    def start(self, settings: Settings) -> None:
        """Become the hub, unless another process is.

        Raises:
            HubUnavailableError: the store's folder cannot be used.
        """
        self._join()
        if door := open_door(settings):
            self._thread = threading.Thread(target=lambda: asyncio.run(self._run(settings, door)), daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Leave, and wait until the store is closed and the lock is free."""
        if self._hub:
            with contextlib.suppress(RuntimeError):  # it has left already
                self._hub.leave_from_thread("restart")
        self._join()

    def _join(self) -> None:
        if self._thread:
            self._thread.join()

    async def _run(self, settings: Settings, door: OpenDoor) -> None:
        self._hub = Hub(settings, door)
        try:
            await self._hub.run()
        finally:
            door.lock.release()

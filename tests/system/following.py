"""Following a store's events in a thread, from one hub to the next."""

import threading
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.errors import BuddyError, HubLostError
from session_buddy.settings import Settings, read
from tests.system.processes import LIMIT, Place, eventually, until

Event = dict[str, Any]


def settings_of(place: Place) -> Settings:
    return read(place.environment | {"HOME": "/"}, store=str(place.store))


class Follower:
    """Follows as the page's process does: whenever a hub is gone, on from the last position with the next one."""

    def __init__(self, place: Place) -> None:
        self.events: list[Event] = []
        self.resets = 0
        self.parts = 0
        self.position: dict[str, Any] | None = None
        self._settings = settings_of(place)
        self._client: Client | None = None
        self._leaving = False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Follower":
        self._thread.start()
        eventually(lambda: self.position is not None)
        return self

    def __exit__(self, *exception: object) -> None:
        self._leaving = True
        if self._client:
            self._client.close()
        self._thread.join(LIMIT)
        assert not self._thread.is_alive()

    def until(self, count: int) -> list[Event]:
        """The events, once there are so many."""
        until(lambda: len(self.events), lambda found: found >= count)
        return list(self.events)

    def ids(self, kind: str = "tracked", name: str = "invocation_id") -> list[str]:
        return [event[name] for event in list(self.events) if event["kind"] == kind]

    def _run(self) -> None:
        while not self._leaving:
            try:
                with Client(self._settings) as self._client:
                    self._follow(self._client)
            except (HubLostError, BuddyError):
                continue

    def _follow(self, client: Client) -> None:
        for part in client.parts("follow", {"position": self.position}):
            if part["reset"]:
                self.resets += 1
                self.events.clear()
            self.events += part["events"]
            self.position = part["position"]
            self.parts += 1

"""A program's connection with the hub: opened when it is needed, shared by threads, opened again when the hub died."""

import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from session_buddy.bridge.client import Client
from session_buddy.errors import HubLostError
from session_buddy.settings import Settings

Result = TypeVar("Result")

# A request is sent again to so many hubs. Each is harmless to repeat: what it stores has an id of its own.
TRIES = 3


class Connection:
    """One connection for all threads of a process; a forked process opens its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._process = os.getpid()

    def ask(self, method: str, **params: Any) -> Any:
        """The answer of the hub.

        Raises:
            BuddyError: the hub refused it, or none could be reached; the message says why.
        """
        return self._try(lambda client: client.ask(method, params))

    def parts(self, method: str) -> list[Any]:
        """The parts of an answer that comes in pieces.

        Raises:
            BuddyError: as for `ask`.
        """
        return self._try(lambda client: list(client.parts(method)))

    def close(self) -> None:
        """Close the connection; the next request opens one again."""
        with self._lock:
            self._drop()

    def _try(self, request: Callable[[Client], Result]) -> Result:
        if self._process != os.getpid():
            self._lock, self._client, self._process = threading.Lock(), None, os.getpid()
        with self._lock:
            for left in reversed(range(TRIES)):
                try:
                    self._client = self._client or Client(self._settings)
                    return request(self._client)
                except HubLostError:
                    self._drop()
                    if not left:
                        raise
                except BaseException as error:
                    if not isinstance(error, Exception):
                        self._drop()  # interrupted between a request and its answer
                    raise
        raise AssertionError("unreachable")

    def _drop(self) -> None:
        if self._client:
            self._client.close()
            self._client = None

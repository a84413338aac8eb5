"""The connection of a command, or of a program, with the hub."""

import json
import os
from collections.abc import Iterator
from typing import Any

from session_buddy.bridge import starter
from session_buddy.bridge.door import Start, hello, open_line
from session_buddy.errors import BuddyError, HubLostError
from session_buddy.settings import Settings


class Client:
    """Asks the hub of a store, starting one where there is none. Use it as a context manager.

    Raises:
        HubUnavailableError: there is no hub and none could be started (or `start` is None).
    """

    def __init__(self, settings: Settings, start: Start | None = starter.start) -> None:
        self._line = open_line(settings, hello(settings, "control", os.urandom(16).hex()), start)
        self.greeting: dict[str, Any] = self._line.reply

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._line.close_for_good()

    def ask(self, method: str, params: dict[str, Any] | None = None, body: bytes = b"") -> Any:
        """The result of a method that answers in one piece.

        Raises:
            BuddyError: the hub refused it; its message is the hub's.
            HubLostError: the hub ended before it answered.
        """
        self.send(method, params, body)
        return self.result()

    def send(self, method: str, params: dict[str, Any] | None = None, body: bytes = b"") -> None:
        """Send a request without waiting; `result` gives the answers in the order of the requests."""
        head = {"method": method, "params": params or {}, "bytes": len(body)}
        try:
            self._line.send(json.dumps(head).encode() + b"\n" + body)
        except OSError:
            raise HubLostError(_LOST) from None

    def result(self) -> Any:
        """The next result; parts before it are passed over."""
        for message in self._messages():
            if "result" in message:
                return message["result"]
        raise HubLostError(_LOST)

    def parts(self, method: str, params: dict[str, Any] | None = None) -> Iterator[Any]:
        """The parts of a method that answers in pieces."""
        self.send(method, params)
        for message in self._messages():
            if "result" in message:
                return
            yield message["part"]
        raise HubLostError(_LOST)

    def _messages(self) -> Iterator[dict[str, Any]]:
        while line := self._line.readline():
            message = json.loads(line)
            if "error" in message:
                raise BuddyError(message["error"])
            yield message


_LOST = "The hub ended before it answered. What it had acknowledged is stored; run the command again."

"""The connection of a command, or of a program, with the hub."""

import json
import os
from collections.abc import Iterator
from typing import Any

from session_buddy.bridge import starter
from session_buddy.bridge.door import Start, hello, open_line
from session_buddy.errors import BuddyError, HubLostError, InvalidRequestError, UnknownNameError
from session_buddy.settings import Settings, inside_assistant


class Client:
    """Asks the hub of a store, starting one where there is none. Use it as a context manager.

    Raises:
        HubUnavailableError: there is no hub and none could be started (or `start` is None).
    """

    def __init__(self, settings: Settings, start: Start | None = starter.start) -> None:
        greeting = hello(settings, "control", os.urandom(16).hex(), from_shell=inside_assistant())
        self._line = open_line(settings, greeting, start)
        self.greeting: dict[str, Any] = self._line.reply

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; another thread that waits for an answer is told that the hub is gone."""
        self._line.close_for_good()

    def ask(self, method: str, params: dict[str, Any] | None = None, body: bytes = b"") -> Any:
        """The result of a method that answers in one piece.

        Raises:
            UnknownNameError: something of this name is not known; the message is the hub's, as with the others.
            InvalidRequestError: it is not allowed.
            BuddyError: it could not be done.
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
        """The parts of a method that answers in pieces. One that goes on without end is ended by asking for something
        else, or by `close`, which another thread may call.

        Raises:
            HubLostError: the hub ended before it was done, or the connection was closed.
        """
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
                raise _ERRORS.get(message.get("kind"), BuddyError)(message["error"])
            yield message


_ERRORS: dict[Any, type[BuddyError]] = {"unknown": UnknownNameError, "invalid": InvalidRequestError}
_LOST = "The hub ended before it answered. What it had acknowledged is stored; run the command again."

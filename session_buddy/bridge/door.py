"""Getting from a store to an open, greeted connection with its hub, starting one where there is none."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from session_buddy import __version__
from session_buddy.bridge import address, starter
from session_buddy.bridge.lock import is_held
from session_buddy.bridge.place import Place, check
from session_buddy.common.store_registry import store_key
from session_buddy.errors import HubRefusedError, HubUnavailableError, NoHubError
from session_buddy.settings import Settings

HELLO_VERSION = 1
MAX_RESENT = 32 * 1024
"""Bytes of request ids in a greeting. A hub reads at most 64 KB of a connection that has not authenticated."""
PATIENCE = 30.0
HANDOVER = "handover"
STOP = "stop"

Start = Callable[[Settings], None]


class HubLine:
    """An open connection to a hub that has answered the greeting with `reply`."""

    def __init__(self, line: socket.socket, lines: BinaryIO, reply: dict[str, Any]) -> None:
        self._line = line
        self._lines = lines
        self.reply = reply

    def send(self, data: bytes) -> None:
        """Send whole lines. Raises OSError when the hub is gone."""
        self._line.sendall(data)

    def readline(self) -> bytes:
        """The next line, or b"" when the hub is gone."""
        try:
            line = self._lines.readline()
        except (OSError, ValueError):
            return b""
        return line if line.endswith(b"\n") else b""

    def close(self) -> None:
        """Close both directions; a blocked `readline` returns."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()

    def close_for_good(self) -> None:
        """Close everything; for whoever is sure that no other thread reads."""
        self.close()
        self._lines.close()


def hello(
    settings: Settings, role: str, connection: str, resent: list[Any] | None = None, from_shell: bool = False
) -> dict[str, Any]:
    """The first line on every connection. `resent` are the ids of requests that an earlier hub may have answered;
    `from_shell` tells that a command of an assistant has opened it, so that nothing over it is a person's decision."""
    return {
        "hello": HELLO_VERSION,
        "program": __version__,
        "role": role,
        "connection": connection,
        "project": settings.project,
        "session": settings.session_id,
        "parent": None if settings.session_pinned else os.getppid(),
        "settings": settings.of_hub(),
        "resent": _fitting(resent or []),
        "from_shell": from_shell,
    }


def _fitting(request_ids: list[Any]) -> list[Any]:
    """The ids that fit into a greeting: thousands of usual length. A request whose id is left out runs as a new one."""
    left, fitting = MAX_RESENT, []
    for request_id in request_ids:
        size = len(json.dumps(request_id)) + 2
        if size <= left:
            left -= size
            fitting.append(request_id)
    return fitting


def open_line(
    settings: Settings, greeting: dict[str, Any], start: Start | None = starter.start, hold_back: float = 0.0
) -> HubLine:
    """Connect to the store's hub. Without a hub, `start` starts one, but not within the first `hold_back`
    seconds; with `start` None, none is started.

    Raises:
        HubRefusedError: the hub says that it cannot serve.
        NoHubError: there is none, and `start` is None.
        HubUnavailableError: no hub could be reached within 30 seconds, or none could be started.
        UnsafePathError: the store's place is not safe to use.
    """
    place = Place(settings.store)
    if is_registered(settings):
        check(place)
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        if (found := address.read(place, settings.data_folder)) and (line := _greet(found, greeting)):
            return line
        if not is_registered(settings) or not is_held(place.lock):
            if start is None:
                raise NoHubError("No hub is running for this store.")
            if time.monotonic() - begun >= hold_back:
                start(settings)
                continue
        time.sleep(0.02)
    raise HubUnavailableError(
        f"A hub for {settings.store} is running but does not answer. `session-buddy hub stop` ends it. "
        "Nothing was stored."
    )


def is_registered(settings: Settings) -> bool:
    """Whether the store may be opened; the start of a hub registers one that is not there yet."""
    return store_key(settings.store, settings.data_folder) is not None


def hub_is_running(settings: Settings) -> bool:
    """Whether a process holds the lock of the store. In an unregistered folder, nothing is looked at."""
    return is_registered(settings) and is_held(Place(settings.store).lock)


def _greet(found: address.Address, greeting: dict[str, Any]) -> HubLine | None:
    """Greet the hub at `found`; None when it is gone, or is going to make room for this program."""
    try:
        line = address.dial(found)
    except OSError:
        return None
    lines = line.makefile("rb")
    try:
        line.settimeout(PATIENCE)
        line.sendall(json.dumps(greeting | {"token": found.token}).encode() + b"\n")
        reply = json.loads(lines.readline() or b"null")
        line.settimeout(None)
    except (OSError, ValueError):
        reply = None
    if isinstance(reply, dict) and "refused" in reply:
        line.close()
        raise HubRefusedError(reply["refused"])
    if not isinstance(reply, dict) or "hello" not in reply:
        line.close()
        return None
    return HubLine(line, lines, reply)

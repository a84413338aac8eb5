"""One question to a running hub, in as little time as a process can ask it: no hub is started, nobody is waited for."""

# The module `socket` costs 5 ms; what it is made of does here.
import _socket
import json
import os
import time

from session_buddy import __version__
from session_buddy.bridge.lock import is_held
from session_buddy.bridge.place import Place
from session_buddy.common.atomic_io import unsafe_reason
from session_buddy.common.safe_open import open_regular
from session_buddy.common.store_registry import store_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from session_buddy.settings import Settings

CHUNK = 65_536


class NoAnswerError(OSError):
    """No hub was there, or it gave no answer in time."""


def ask(settings: "Settings", method: str, params: "dict[str, Any]", deadline: float) -> "dict[str, Any]":
    """The result of a method of the hub's control, by `deadline` (of the monotonic clock).

    Raises:
        OSError: there was no answer. The hub may have done what it was asked, all the same.
    """
    place = Place(settings.store)
    key = store_key(settings.store, settings.data_folder)
    if key is None or not is_held(place.lock):
        raise NoAnswerError("no hub is running")
    found = _address(place, key)
    line = _dial(found, deadline)
    try:
        for message in (_hello(settings, found["token"]), {"method": method, "params": params, "bytes": 0}):
            line.settimeout(_left(deadline))
            line.sendall(json.dumps(message).encode() + b"\n")
        return _result(line, deadline)
    finally:
        line.close()


def _address(place: Place, key: str) -> "dict[str, Any]":
    try:
        with os.fdopen(open_regular(place.address, own=True), encoding="utf-8") as file:
            found: dict[str, Any] = json.load(file)
        path = found["socket"]
        if (
            found["store_key"] != key
            or not isinstance(found["token"], str)
            or (path is not None and unsafe_reason(path))
        ):
            raise NoAnswerError("the address is not safe")
    except (ValueError, KeyError, TypeError):
        raise NoAnswerError("the address cannot be read") from None
    return found


def _dial(found: "dict[str, Any]", deadline: float) -> _socket.socket:
    to_path = found["socket"] is not None
    line = _socket.socket(_socket.AF_UNIX if to_path else _socket.AF_INET, _socket.SOCK_STREAM)
    try:
        line.settimeout(_left(deadline))
        line.connect(found["socket"] if to_path else ("127.0.0.1", int(found["port"])))
    except (OSError, ValueError, TypeError):
        line.close()
        raise NoAnswerError("nobody listens") from None
    return line


def _hello(settings: "Settings", token: str) -> "dict[str, Any]":
    return {
        "hello": 1,
        "program": __version__,
        "role": "control",
        "connection": os.urandom(16).hex(),
        "project": settings.project,
        "session": None,
        "settings": {},
        "token": token,
    }


def _result(line: _socket.socket, deadline: float) -> "dict[str, Any]":
    data = b""
    while True:
        line.settimeout(_left(deadline))
        received = line.recv(CHUNK)
        if not received:
            raise NoAnswerError("the hub has left")
        data += received
        *lines, data = data.split(b"\n")
        for one in lines:
            message = json.loads(one)
            if "error" in message or "refused" in message or "handover" in message:
                raise NoAnswerError("the hub did not take it")
            if "result" in message:
                result: dict[str, Any] = message["result"]
                return result


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise NoAnswerError("the time is over")
    return left

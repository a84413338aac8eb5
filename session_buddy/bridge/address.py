"""Where a hub can be reached: the small file beside its store, and the connection it leads to."""

import contextlib
import errno
import json
import os
import socket
import stat
from typing import Any, NamedTuple

from session_buddy.bridge.lock import is_held
from session_buddy.bridge.place import Place
from session_buddy.common.atomic_io import remove_if_present, unsafe_reason, write_file
from session_buddy.common.safe_open import open_regular
from session_buddy.errors import UnsafePathError


class Address(NamedTuple):
    """What a hub writes about itself. `socket` is a path, `port` one on the loopback interface; one of them is set."""

    program: str
    pid: int
    token: str
    socket: str | None
    port: int | None


def write(place: Place, address: Address) -> None:
    """Publish the address by rename, readable for its user only.

    Raises:
        OSError: it cannot be written, or another user's file, a FIFO or a folder has its name.
    """
    if os.path.islink(place.address):  # somebody put it there; nothing of what it leads to is used or changed
        remove_if_present(place.address)
    try:
        write_file(place.address, json.dumps(address._asdict()).encode())
    except UnsafePathError as error:
        raise OSError(errno.EPERM, str(error).rstrip("."), place.address) from None


def read(place: Place) -> Address | None:
    """The address of a living hub, or None. One whose lock is free, whose file or socket is a link or
    another user's, or that cannot be read, is ignored."""
    if not is_held(place.lock):
        return None
    address = _load(place)
    return None if address and address.socket and not _own_socket(address.socket) else address


def sweep(place: Place) -> None:
    """Remove the socket that a hub which was killed has left behind. Call it only while holding the hub's lock."""
    left = _load(place)
    if left and left.socket and _own_socket(left.socket):
        with contextlib.suppress(OSError):
            os.unlink(left.socket)


def dial(address: Address) -> socket.socket:
    """Connect to a hub.

    Raises:
        OSError: nobody listens there.
    """
    if address.socket is None:
        return socket.create_connection(("127.0.0.1", address.port or 0), timeout=5)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(5)
        line.connect(address.socket)
    except OSError:
        line.close()
        raise
    return line


def _load(place: Place) -> Address | None:
    try:
        with os.fdopen(open_regular(place.address, own=True), encoding="utf-8") as file:
            found = json.load(file)
        values = [found[field] for field in Address._fields]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return Address(*values) if _well_formed(*values) else None


def _well_formed(program: Any, pid: Any, token: Any, socket_path: Any, port: Any) -> bool:
    if not (isinstance(program, str) and isinstance(token, str) and isinstance(pid, int)):
        return False
    if socket_path is None:
        return isinstance(port, int) and 0 < port < 65_536
    return isinstance(socket_path, str) and "\0" not in socket_path


def _own_socket(path: str) -> bool:
    try:
        return unsafe_reason(path) is None and stat.S_ISSOCK(os.lstat(path).st_mode)
    except OSError:
        return False

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
from session_buddy.common.store_registry import store_key
from session_buddy.errors import UnsafePathError


class Address(NamedTuple):
    """What a hub writes about itself. `socket` is a path, `port` a port on the loopback interface; one of the two is
    set. `store_key` is the key of the registered store: a file that a checkout put there does not have it."""

    program: str
    pid: int
    token: str
    socket: str | None
    port: int | None
    store_key: str


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


def read(place: Place, data_folder: str) -> Address | None:
    """Return the address of a running hub, or None if the store is not registered, its lock is free, or the file or
    socket is a link, another user's, unreadable, or without the key of the store."""
    key = store_key(place.store, data_folder)
    if key is None or not is_held(place.lock):
        return None
    address = _load(place)
    if address is None or address.store_key != key or (address.socket and not _own_socket(address.socket)):
        return None
    return address


def sweep(place: Place, data_folder: str) -> None:
    """Remove the socket of a hub that was killed. Call it only while holding the hub's lock. The file must have the
    key of the store, and the socket must be in a folder for sockets of this program: anything else stays."""
    left = _load(place)
    if left is None or left.socket is None or left.store_key != store_key(place.store, data_folder):
        return
    folder = os.path.dirname(left.socket)
    ours = os.path.basename(folder).startswith("session-buddy") or folder == os.path.join(data_folder, "run")
    if ours and left.socket.endswith(".sock") and _own_socket(left.socket):
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


def _well_formed(program: Any, pid: Any, token: Any, socket_path: Any, port: Any, key: Any) -> bool:
    if not (all(isinstance(text, str) for text in (program, token, key)) and isinstance(pid, int)):
        return False
    if socket_path is None:
        return isinstance(port, int) and 0 < port < 65_536
    return isinstance(socket_path, str) and "\0" not in socket_path


def _own_socket(path: str) -> bool:
    try:
        return unsafe_reason(path) is None and stat.S_ISSOCK(os.lstat(path).st_mode)
    except OSError:
        return False

"""The socket that a hub listens on: local, in a folder of the user's own; else TCP on the loopback interface."""

import contextlib
import errno
import hashlib
import os
import secrets
import socket
import stat
import sys

from session_buddy import __version__
from session_buddy.bridge.address import Address
from session_buddy.common.store_registry import store_key
from session_buddy.settings import Settings

# Of 104 bytes on macOS, with room for the PID of a draft.
LONGEST_PATH = 92
BACKLOG = 256
ENDING = ".sock"


def listen(settings: Settings) -> tuple[socket.socket, Address]:
    """A listening socket and the address to publish for it. Call it only while holding the hub's lock: a socket
    that an earlier hub left behind is replaced.

    Raises:
        OSError: neither a local socket nor a loopback port can be had.
    """
    path = None if settings.transport == "tcp" else _socket_path(settings)
    listener = _local(path) if path else None
    if listener is None:
        path = None
        listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    port = None if path else listener.getsockname()[1]
    key = store_key(settings.store, settings.data_folder) or ""
    return listener, Address(__version__, os.getpid(), secrets.token_hex(32), path, port, key)


def _local(path: str) -> socket.socket | None:
    _sweep(os.path.dirname(path))
    draft = f"{path}.{os.getpid()}"
    try:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(draft)
        os.chmod(draft, 0o600)
        listener.listen(BACKLOG)
        os.replace(draft, path)  # under its name only once it listens, so that `_sweep` never takes a living one
    except (OSError, AttributeError):
        return None
    return listener


def _sweep(folder: str) -> None:
    """Remove the sockets in our folder that nobody listens on: those of hubs that were killed."""
    for name in os.listdir(folder):
        if name.endswith(ENDING):
            path = os.path.join(folder, name)
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(0.1)
                if line.connect_ex(path) == errno.ECONNREFUSED:
                    os.unlink(path)


def _socket_path(settings: Settings) -> str | None:
    name = hashlib.sha256(os.path.realpath(settings.store).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    for folder in _folders(settings.runtime_folder):
        path = os.path.join(folder, f"{name}{ENDING}")
        if len(os.fsencode(path)) <= LONGEST_PATH and _own(folder):
            return path
    return None


def _folders(runtime_folder: str | None) -> list[str]:
    if sys.platform == "win32":
        return []
    runtime = [os.path.join(runtime_folder, "session-buddy")] if runtime_folder else []
    return [*runtime, f"/tmp/session-buddy-{os.geteuid()}"]  # noqa: S108 - `_own` sees to it that it is private


def _own(folder: str) -> bool:
    """Whether the folder is this user's own and closed to others; it is made if it is missing."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077

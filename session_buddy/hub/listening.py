"""The socket that a hub listens on: local, in a folder of the user's own; else TCP on the loopback interface."""

import hashlib
import os
import secrets
import socket
import stat
import sys

from session_buddy import __version__
from session_buddy.bridge.address import Address
from session_buddy.settings import Settings

LONGEST_PATH = 100
BACKLOG = 256


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
    return listener, Address(__version__, os.getpid(), secrets.token_hex(32), path, port)


def _local(path: str) -> socket.socket | None:
    try:
        if os.path.lexists(path):
            os.unlink(path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        os.chmod(path, 0o600)
        listener.listen(BACKLOG)
    except (OSError, AttributeError):
        return None
    return listener


def _socket_path(settings: Settings) -> str | None:
    name = hashlib.sha256(os.path.realpath(settings.store).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    for folder in _folders(settings.runtime_folder):
        path = os.path.join(folder, f"{name}.sock")
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

"""The socket that a hub listens on: a UNIX socket in a private folder of the user, else TCP on the loopback interface.

Another user can create the folder in /tmp first. Then the socket goes to the next folder that is private.
"""

import contextlib
import errno
import hashlib
import os
import secrets
import socket
import sys
from collections.abc import Iterator

from session_buddy import __version__
from session_buddy.bridge.address import Address
from session_buddy.common.private_folder import make_private
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
    token, key = secrets.token_hex(32), store_key(settings.store, settings.data_folder) or ""
    for path in [] if settings.transport == "tcp" else _socket_paths(settings):
        if listener := _local(path):
            return listener, Address(__version__, os.getpid(), token, path, None, key)
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    return listener, Address(__version__, os.getpid(), token, None, listener.getsockname()[1], key)


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


def _socket_paths(settings: Settings) -> Iterator[str]:
    """The paths at which the socket can be bound, best first; each one's folder exists and is private."""
    name = hashlib.sha256(os.path.realpath(settings.store).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    for folder in _folders(settings):
        path = os.path.join(folder, f"{name}{ENDING}")
        if len(os.fsencode(path)) <= LONGEST_PATH and make_private(folder):
            yield path


def _folders(settings: Settings) -> list[str]:
    if sys.platform == "win32":
        return []
    runtime = [os.path.join(settings.runtime_folder, "session-buddy")] if settings.runtime_folder else []
    temporary = f"/tmp/session-buddy-{os.geteuid()}"  # noqa: S108 - used only if `make_private` accepts it
    return [*runtime, temporary, os.path.join(settings.data_folder, "run")]

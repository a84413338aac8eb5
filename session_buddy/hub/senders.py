"""Whether an assistant's command is at the other end of a connection, as the hub sees it for itself.

A client states in its greeting whether an assistant's command has started it, and a program can leave that out. Where
the system names the process at the other end (SO_PEERCRED on Linux), the hub looks at that process and at those it
descends from. Elsewhere, the statement of the client decides.
"""

import asyncio
import socket
import struct

from session_buddy.common import ancestry


def process_of(writer: asyncio.StreamWriter) -> int | None:
    """The process that has opened a connection; None where the system does not name it."""
    line = writer.get_extra_info("socket")
    if not hasattr(socket, "SO_PEERCRED") or line is None or line.family != socket.AF_UNIX:
        return None
    pid, _, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return int(pid) or None


def is_assistants_command(pid: int | None) -> bool:
    """Whether this process is an assistant, or descends from one."""
    return pid is not None and ancestry.assistant_above(pid) is not None


def is_window_of_shell(pid: int | None) -> bool:
    """Whether a command of an assistant has started this client session, and not the assistant itself."""
    found = ancestry.above(pid) if pid is not None else []
    return bool(found) and ancestry.started_by_shell(found[0].parent, found[0].marker is not None)

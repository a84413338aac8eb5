"""Connections that have not authenticated yet: few of them, little data and little time for each.

Over TCP, every user of the machine can connect to the hub. Until a connection has sent a greeting with the hub's
token, it costs at most 64 KB and five seconds, and the oldest of 32 such connections makes room for a new one: a
program of the user sends its greeting at once, so it is never the oldest for long.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Callable

from session_buddy.hub import peers
from session_buddy.hub.peers import Hello

MAX_GREETING = 64 * 1024
GREETING_SECONDS = 5.0
MAX_WAITING = 32
ACCEPT_BATCH = 8
"""Connections that asyncio accepts in one turn of the event loop. Three such batches are fewer than MAX_WAITING, so
that a connection whose greeting has arrived is read before a flood of others can displace it."""

Admitted = Callable[[Hello, asyncio.StreamReader, asyncio.StreamWriter], None]


class Admission:
    """Reads the greeting of each new connection and passes on those that hold the token.

    Args:
        token: the hub's token.
        admitted: takes each authenticated connection.
        line_limit: the longest line that an authenticated connection may send.
        seconds: the time that a connection has for its greeting.
    """

    def __init__(self, token: str, admitted: Admitted, line_limit: int, seconds: float = GREETING_SECONDS) -> None:
        self.token = token
        self.admitted = admitted
        self.line_limit = line_limit
        self.seconds = seconds
        self._waiting: dict[Greeting, None] = {}

    @property
    def waiting(self) -> int:
        """The number of connections that have not authenticated yet."""
        return len(self._waiting)

    def protocol(self) -> "Greeting":
        """The protocol for a new connection, as `create_server` takes it."""
        return Greeting(self)

    def add(self, greeting: "Greeting") -> None:
        """Count a new connection; at the limit, close the oldest of those that wait."""
        if len(self._waiting) >= MAX_WAITING:
            oldest = next(iter(self._waiting))
            self.discard(oldest)
            oldest.abort()
        self._waiting[greeting] = None

    def discard(self, greeting: "Greeting") -> None:
        self._waiting.pop(greeting, None)

    def close(self) -> None:
        """Close all connections that have not authenticated."""
        waiting, self._waiting = list(self._waiting), {}
        for greeting in waiting:
            greeting.abort()


class Greeting(asyncio.Protocol):
    """One connection up to the end of its first line."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._data = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._timer = asyncio.get_running_loop().call_later(self._admission.seconds, transport.abort)
        if is_foreign(transport):
            self.abort()
        else:
            self._admission.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._timer.cancel()
        self._admission.discard(self)

    def abort(self) -> None:
        self._timer.cancel()
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        searched = len(self._data)
        self._data += data
        end = self._data.find(b"\n", searched)
        if max(end, len(self._data) if end < 0 else 0) >= MAX_GREETING:
            self.abort()
        elif end >= 0:
            self._read_greeting(bytes(self._data[:end]), bytes(self._data[end + 1 :]))

    def _read_greeting(self, line: bytes, rest: bytes) -> None:
        hello = peers.read_hello(line, self._admission.token)
        if hello is None:
            self.abort()
            return
        self._timer.cancel()
        self._admission.discard(self)
        self._hand_over(hello, rest)

    def _hand_over(self, hello: Hello, rest: bytes) -> None:
        """Give the transport to a pair of streams; from here on, the limits of a client of the user apply."""
        reader = asyncio.StreamReader(limit=self._admission.line_limit)
        streams = asyncio.StreamReaderProtocol(
            reader, lambda reader, writer: self._admission.admitted(hello, reader, writer)
        )
        self._transport.set_protocol(streams)
        streams.connection_made(self._transport)
        if rest:
            streams.data_received(rest)


def is_foreign(transport: asyncio.Transport) -> bool:
    """Whether the kernel states that another user opened this connection. False where it states nothing."""
    line = transport.get_extra_info("socket")
    if not hasattr(socket, "SO_PEERCRED") or line.family != socket.AF_UNIX:
        return False
    _, uid, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return bool(uid != os.geteuid())

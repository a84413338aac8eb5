"""Limits on the dashboard's connections: how many there are, and how long each may take to ask, send and read.

A connection is a stranger's until the guard has admitted a request on it. Every user of the machine can open
connections to the port, so strangers are few and their time is short. The oldest makes room for a new one: a browser
sends its request at once, so its connection is never the oldest for long.
"""

import asyncio
from collections.abc import Callable

ADMISSION_SECONDS = 5.0
"""Until a request is admitted: from the start of the connection, and from the end of each answer."""
BODY_SECONDS = 30.0
"""For the body of an admitted request."""
READ_SECONDS = 30.0
"""For the other end to read what is waiting for it."""
MAX_STRANGERS = 32
MAX_ADMITTED = 200
"""Open pages and requests of the user; with strangers below the 256 open files that macOS allows a process."""
ACCEPT_BATCH = 6
"""Connections that asyncio accepts in one turn of the event loop. A request is admitted within four turns, so that a
flood cannot displace a connection whose request has arrived."""
BACKLOG = 128


class Limits:
    """The connections of one server."""

    def __init__(self, admission_seconds: float = ADMISSION_SECONDS, read_seconds: float = READ_SECONDS) -> None:
        self.admission_seconds = admission_seconds
        self.read_seconds = read_seconds
        self._strangers: dict[Connection, None] = {}
        self._admitted: set[Connection] = set()
        self._by_transport: dict[asyncio.BaseTransport, Connection] = {}

    @property
    def strangers(self) -> int:
        return len(self._strangers)

    @property
    def admitted(self) -> int:
        return len(self._admitted)

    def connection(self, transport: asyncio.Transport) -> "Connection":
        """The connection of a transport, from its start to its end, whatever protocol it speaks."""
        found = self._by_transport.get(transport)
        if found is None:
            found = self._by_transport[transport] = Connection(self, transport)
            self._add(found)
        return found

    def admit(self, connection: "Connection") -> bool:
        """Move a connection from the strangers to the user's; False if there are too many of these."""
        if connection not in self._admitted:
            if len(self._admitted) >= MAX_ADMITTED:
                return False
            self._strangers.pop(connection, None)
            self._admitted.add(connection)
        return True

    def discard(self, connection: "Connection") -> None:
        self._strangers.pop(connection, None)
        self._admitted.discard(connection)
        self._by_transport.pop(connection.transport, None)

    def _add(self, connection: "Connection") -> None:
        if len(self._strangers) >= MAX_STRANGERS:
            oldest = next(iter(self._strangers))
            self._strangers.pop(oldest)
            oldest.transport.abort()
        self._strangers[connection] = None


class Connection:
    """One connection with its deadlines. A deadline that passes aborts it, so that nothing is kept for unread data."""

    def __init__(self, limits: Limits, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._admission: asyncio.TimerHandle | None = None
        self._body: asyncio.TimerHandle | None = None
        self._reader: asyncio.TimerHandle | None = None
        self._is_admitted = False
        self._expect_request()

    def admit(self, is_receiving: Callable[[], bool]) -> bool:
        """The guard has admitted a request, whose body may still be on its way. False: there are too many."""
        if not self._limits.admit(self):
            return False
        self._is_admitted = True
        _cancel(self._admission)
        _cancel(self._body)
        self._body = self._loop.call_later(BODY_SECONDS, self._end_if, is_receiving)
        return True

    def prolong(self) -> None:
        """The guard answers a request without admission; the next one may take as long. The connection stays a
        stranger's, which makes room for others."""
        if not self._is_admitted:
            self._expect_request()

    def answered(self) -> None:
        """A request was answered. The next one on this connection must be admitted in time too."""
        if self._is_admitted:
            self._expect_request()

    def pause_writing(self) -> None:
        """The other end does not read as fast as it is written to."""
        _cancel(self._reader)
        self._reader = self._loop.call_later(self._limits.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        _cancel(self._reader)

    def lost(self) -> None:
        """The connection is closed."""
        for timer in (self._admission, self._body, self._reader):
            _cancel(timer)
        self._limits.discard(self)

    def _expect_request(self) -> None:
        _cancel(self._admission)
        self._admission = self._loop.call_later(self._limits.admission_seconds, self.transport.abort)

    def _end_if(self, is_receiving: Callable[[], bool]) -> None:
        if is_receiving():
            self.transport.abort()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer:
        timer.cancel()

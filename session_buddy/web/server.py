"""uvicorn with our limits on connections."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any, cast

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

from session_buddy.web.limits import ACCEPT_BATCH, BACKLOG, Connection, Limits

GRACE = 2
KEEP_ALIVE = 4
"""Seconds until an idle connection is closed in order: shortly before the limits would break it off."""
MAX_MESSAGE = 64 * 1024
ADMIT = "session_buddy.admit"
"""The ASGI extension by which the guard admits a request: a function without arguments, False if there are too many."""
PROLONG = "session_buddy.prolong"
"""The ASGI extension by which the guard lets a connection that is not admitted wait for another request."""


class Config(uvicorn.Config):
    """How the server runs: with what uvicorn itself brings, quiet, without trust in a proxy, and with limits."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.limits = limits
        super().__init__(
            app,
            http=HttpProtocol,
            ws=SocketProtocol,
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            ws_max_size=MAX_MESSAGE,
            ws_per_message_deflate=False,  # a few bytes could become megabytes
            backlog=ACCEPT_BATCH,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
        )


class Server(uvicorn.Server):
    """Accepts few connections at a time, and lets the kernel queue the others."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(BACKLOG)


class HttpProtocol(H11Protocol):
    """HTTP/1.1 with deadlines for heads, bodies and slow readers."""

    _connection: Connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._connection = cast(Config, self.config).limits.connection(transport)
        self.app = _with_limits(self.app, self._connection, self._is_receiving)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection.lost()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self._connection.answered()
        super().on_response_complete()

    def pause_writing(self) -> None:
        self._connection.pause_writing()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._connection.resume_writing()
        super().resume_writing()

    def _is_receiving(self) -> bool:
        return self.conn.their_state is h11.SEND_BODY


class SocketProtocol(WSProtocol):
    """A WebSocket on a connection that began as HTTP."""

    _connection: Connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._connection = cast(Config, self.config).limits.connection(transport)
        self.app = _with_limits(self.app, self._connection, lambda: False)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection.lost()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        self._connection.pause_writing()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._connection.resume_writing()
        super().resume_writing()


def _with_limits(app: Any, connection: Connection, is_receiving: Callable[[], bool]) -> Any:
    """The application, which finds the limits of the connection among the extensions of each request."""
    limits = {ADMIT: lambda: connection.admit(is_receiving), PROLONG: connection.prolong}

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "extensions": scope.get("extensions", {}) | limits}, receive, send)

    return run

"""The life of the web process: serve while a page is open or something is asked, then leave."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from session_buddy.bridge.place import Place
from session_buddy.hub.logs import set_up
from session_buddy.settings import Settings
from session_buddy.web.app import build
from session_buddy.web.codes import Codes
from session_buddy.web.following import Follower
from session_buddy.web.guard import Key
from session_buddy.web.handover import Handover, folders
from session_buddy.web.hub_line import HubLine
from session_buddy.web.limits import Limits
from session_buddy.web.live import CONNECTED, LOST, Live
from session_buddy.web.server import Config, Server

# Seconds for somebody to open the link for the first time.
FIRST_LINGER = 300.0

log = logging.getLogger(__name__)


class Use:
    """Leaves when nothing is asked of the applications around which it is put, and no page is open, for so long."""

    def __init__(self, linger: float, leave: Callable[[], None]) -> None:
        self._linger = linger
        self._leave = leave
        self._busy = 0
        self._timer: asyncio.TimerHandle | None = None

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application, each request of which is a use."""

        async def run(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                self._wait(max(FIRST_LINGER, self._linger))
                await app(scope, receive, send)
                return
            self._busy += 1
            try:
                await app(scope, receive, send)
            finally:
                self._busy -= 1
                self._wait(self._linger)

        return run

    def _wait(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._unused)

    def _unused(self) -> None:
        if not self._busy:
            self._leave()


def run(settings: Settings, listener: socket.socket, key: Key) -> None:
    """Serve the dashboard on this socket until nobody needs it."""
    set_up(settings.log, Place(settings.store).log)
    asyncio.run(_serve(settings, listener, key))


async def _serve(settings: Settings, listener: socket.socket, key: Key) -> None:
    hub, live, loop = HubLine(settings), Live(), asyncio.get_running_loop()
    codes = Codes()
    server: Server

    def leave() -> None:
        log.info("Leaving")
        server.should_exit = True

    def soon(what: Callable[..., None], *given: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody listens any more
            loop.call_soon_threadsafe(what, *given)

    handover = Handover(codes, key.sign_in, folders(settings))
    # Behind the guard, so that requests of strangers do not keep the process alive.
    app = build(hub, live, key, handover, inside=Use(settings.linger, leave).around)
    server = Server(Config(app, Limits()))
    link = {"url": key.link, "pid": os.getpid()}
    follower = Follower(
        settings,
        link,
        wanted=lambda: live.listening > 0,
        on_part=lambda part: soon(_tell, live, part),
        on_state=lambda there: soon(live.hub_is, CONNECTED if there else LOST),
        on_refused=lambda: soon(leave),
    )
    follower.start()
    try:
        await server.serve(sockets=[listener])
    finally:
        codes.close()
        follower.stop()
        hub.close()


def _tell(live: Live, part: dict[str, Any]) -> None:
    if part["reset"]:
        live.reset()
    live.tell(part["events"])

"""The authenticated connections of a hub: answering the greeting of each, serving it, and finishing all at the end."""

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Callable

from mcp.server.runner import serve_dual_era_loop

from session_buddy import __version__
from session_buddy.bridge import messages
from session_buddy.hub import control, identity, peers, senders
from session_buddy.hub.command import Command
from session_buddy.hub.mcp_stream import LineStreams
from session_buddy.hub.mirror import Mirror
from session_buddy.hub.peers import Hello
from session_buddy.hub.services import Services
from session_buddy.server.caller import Caller
from session_buddy.server.mcp_server import BuddyServer
from session_buddy.server.watching import Watching
from session_buddy.skills.fields import as_name
from session_buddy.store import served

FINISH_SECONDS = 5.0

log = logging.getLogger(__name__)


class Connections:
    """Accepts connections. `refusal`, when set, is what every one of them is told instead of being served."""

    def __init__(self, settings: dict[str, object], on_count: Callable[[int], None]) -> None:
        self.refusal: str | None = None
        self.services: Services | None = None
        self.server: BuddyServer | None = None
        self.watching: Watching | None = None
        self.mirror: Mirror | None = None
        self.leave: Callable[[str], None] = lambda reason: None
        self._settings = settings
        self._on_count = on_count
        self._ready = asyncio.Event()
        self._leaving = False
        self._windows: set[LineStreams] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def count(self) -> int:
        return len(self._writers)

    def ready(self) -> None:
        """The store is open, or it is known why it cannot be; those who wait are served or refused."""
        self._ready.set()

    def accept(self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve an authenticated connection in a task of its own."""
        task = asyncio.create_task(self._serve(hello, reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, reason: str) -> None:
        """Answer the calls that are in progress, say goodbye, and close every connection."""
        self._leaving = True
        self._ready.set()
        windows = list(self._windows)  # some may leave while the others are waited for
        for window in windows:
            window.stop_reading()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                await asyncio.gather(*(window.all_answered() for window in windows))
        for window in windows:
            await window.say_goodbye(reason)
        for writer in list(self._writers):
            writer.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self._on_count(self.count)
        try:
            if await self._greet(hello, writer):
                await self._serve_role(hello, reader, writer)
        except (ConnectionError, TimeoutError, ValueError):
            pass  # it left, or sent what no client of ours sends
        except Exception as error:
            log.error("A connection ended with %s", type(error).__name__, exc_info=error)
        finally:
            self._writers.discard(writer)
            writer.close()
            self._on_count(self.count)

    async def _greet(self, hello: Hello, writer: asyncio.StreamWriter) -> bool:
        """Answer the greeting once the store is open. Returns whether the connection is to be served."""
        await self._ready.wait()
        refusal = self.refusal if hello.hello in peers.HELLO_VERSIONS else _unknown_hello(hello)
        if refusal:
            writer.write(peers.line({"refused": refusal}))
        elif self._leaving:
            return False
        elif hello.role == "mcp" and peers.is_newer(hello.program):
            writer.write(peers.line({"handover": True}))
            self.leave("handover")
        else:
            mine = {"hello": 1, "program": __version__, "pid": os.getpid(), "settings": self._settings}
            writer.write(peers.line(mine))
            await writer.drain()
            return True
        await writer.drain()
        return False

    async def _serve_role(self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self.services is not None
        if hello.role == "control":
            await control.serve(Command(self.services, self, hello, senders.process_of(writer)), reader, writer)
        else:
            if not hello.from_shell:  # which the client may have left out
                pid = senders.process_of(writer)
                hello.from_shell = await asyncio.to_thread(senders.is_window_of_shell, pid)
            await self._serve_window(
                hello, self.services, LineStreams(reader, writer, secrets.token_hex(4), self.services.intake.settled)
            )

    async def _serve_window(self, hello: Hello, services: Services, window: LineStreams) -> None:
        assert self.server is not None
        caller = await _caller(hello, services)
        self._windows.add(window)
        if self.mirror:
            self.mirror.opened(hello.project)
        try:
            with services.serving.window(caller, hello):
                await services.serving.catch_up(caller)
                async with window.open() as (inbound, outbound):
                    await serve_dual_era_loop(self.server.lowlevel, inbound, outbound, lifespan_state=caller)
        finally:
            self._windows.discard(window)
            if self.mirror:
                self.mirror.closed(hello.project)
            if self.watching:
                self.watching.forget(caller.connection_id)
            if window.has_left and not services.serving.any_of(caller.session_id):
                await caller.end_session(caller.session_id)


async def _caller(hello: Hello, services: Services) -> Caller:
    project_id = await asyncio.to_thread(identity.project_id, hello.project, services.settings.data_folder)
    moved = await services.access.read(lambda cursor: served.session_of(cursor, hello.connection))
    return Caller(
        connection_id=hello.connection,
        session_id=moved or as_name(hello.session or "") or hello.connection,
        project_id=project_id,
        project_path=hello.project,
        access=services.access,
        recommender=services.recommender,
        reporter=services.reporter,
        notice=services.backlog.notice,
        mask_secrets=services.settings.mask_secrets,
        installed=lambda: services.installed.of(hello.project),
        store_notice=services.store_notices.take,
        from_shell=hello.from_shell,
        resent={messages.key(request_id) for request_id in hello.resent},
    )


def _unknown_hello(hello: Hello) -> str:
    return (
        f"This window runs session_buddy {hello.program}, and the running hub is {__version__}, which does not know "
        "its way of talking. Restart this window. Nothing was stored."
    )

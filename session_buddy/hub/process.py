"""The life of a hub: open the store, serve while somebody is connected, leave without a trace."""

import asyncio
import contextlib
import functools
import logging
import os
import signal
import sys

from session_buddy.bridge.place import Place
from session_buddy.common import store_registry
from session_buddy.common.git_index import tracked_files
from session_buddy.errors import ForeignStoreError, StoreError
from session_buddy.hub.admission import ACCEPT_BATCH, Admission
from session_buddy.hub.connections import Connections
from session_buddy.hub.door import OpenDoor
from session_buddy.hub.intake import Intake
from session_buddy.hub.listening import BACKLOG
from session_buddy.hub.logs import set_up
from session_buddy.hub.mirror import Mirror
from session_buddy.hub.services import Services, assemble
from session_buddy.project import FOLDER
from session_buddy.server.mcp_server import build
from session_buddy.server.watching import Watching
from session_buddy.settings import Settings
from session_buddy.store.store import Store

FIRST_LINGER = 10.0
REFUSAL_SECONDS = 0.1
LOOK_SECONDS = 5.0
LINE_LIMIT = 32 * 1024 * 1024
STDERR = 2

log = logging.getLogger(__name__)


class Hub:
    """One store's hub, from an open door to a closed store."""

    def __init__(self, settings: Settings, door: OpenDoor) -> None:
        self._settings = settings
        self._door = door
        self._place = Place(settings.store)
        self._stop = asyncio.Event()
        self._reason = "stop"
        self._linger = max(settings.linger, FIRST_LINGER)
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._connections = Connections(settings.of_hub(), self._counted)
        self._admission = Admission(door.address.token, self._connections.accept, LINE_LIMIT)
        self._connections.leave = self.leave

    def leave(self, reason: str) -> None:
        """Begin to leave: `stop` because somebody asked, `handover` to a newer program, `restart` after trouble,
        `idle` because nobody is connected."""
        if not self._stop.is_set():
            self._reason = reason
            self._stop.set()

    def leave_from_thread(self, reason: str) -> None:
        self._loop.call_soon_threadsafe(self.leave, reason)

    async def run(self) -> None:
        """Serve until it is time to leave."""
        acceptor = await self._listen()
        self._counted(0)
        try:
            store = await asyncio.to_thread(self._open_store)
        except (StoreError, OSError) as error:
            log.error("The store cannot be opened.")
            await self._refuse(str(error))
        else:
            await self._serve(store, acceptor)
            await asyncio.to_thread(store.close)
        finally:
            acceptor.close()
            self._admission.close()
            self._remove_traces()

    def _open_store(self) -> Store:
        path, data_folder = self._place.store, self._settings.data_folder
        key = store_registry.store_key(path, data_folder)
        broken = functools.partial(self.leave_from_thread, "restart")
        try:
            return Store.open(path, broken, key=key)
        except ForeignStoreError:
            kept = store_registry.set_aside_file(path, data_folder)
            if store_registry.is_project_store(path) and tracked_files(self._settings.project, FOLDER):
                # git would put a new file of this name into the next commit.
                elsewhere = store_registry.move_to_data_folder(self._settings.project, data_folder)
                raise StoreError(
                    f"git replaced the store {path}; the file that it put there is now {kept}. Nothing was stored. "
                    f"From now on, this project's store is {elsewhere}: restart this window."
                ) from None
            return Store.open(path, broken, key=key)

    async def _listen(self) -> asyncio.Server:
        listener = self._door.listener
        acceptor = await self._loop.create_server(self._admission.protocol, sock=listener, backlog=ACCEPT_BATCH)
        listener.listen(BACKLOG)  # the kernel's queue stays long; only what one turn of the loop accepts is short
        return acceptor

    async def _serve(self, store: Store, acceptor: asyncio.Server) -> None:
        services = assemble(self._settings, store, STDERR)
        self._connections.services = services
        self._connections.server = server = build(services.reporter)
        self._connections.watching = watching = Watching(server)
        self._connections.mirror = mirror = Mirror(services)
        self._connections.ready()
        others = [
            self._look_after_address,
            Intake(services).run,
            lambda: watching.run(services.access),
            mirror.run,
            services.store_notices.run,
        ]
        async with _background(services, *others):
            await self._stop.wait()
            log.info("Leaving: %s", self._reason)
            # Whoever comes from here on finds the door closed, and tries again until the lock is free.
            acceptor.close()
            await self._connections.finish(self._reason)
        await services.recommender.finish()
        await services.embedding.close()
        self._remove_traces()

    async def _refuse(self, refusal: str) -> None:
        """Tell everybody who has come why the store cannot be served, then leave: the next call may find it mended."""
        self._connections.refusal = refusal
        self._connections.ready()
        await asyncio.sleep(REFUSAL_SECONDS)

    def _counted(self, count: int) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if count:
            self._linger = self._settings.linger
        else:
            self._timer = self._loop.call_later(self._linger, self.leave, "idle")

    async def _look_after_address(self) -> None:
        """A hub that nobody can find any more makes room for one that can be found."""
        while self._published():
            await asyncio.sleep(LOOK_SECONDS)
        self.leave("restart")

    def _published(self) -> bool:
        socket_path = self._door.address.socket
        paths = [self._place.address, self._place.store, *([socket_path] if socket_path else [])]
        return all(os.path.lexists(path) for path in paths)

    def _remove_traces(self) -> None:
        for path in (self._place.address, self._door.address.socket):
            if path:
                with contextlib.suppress(OSError):
                    os.unlink(path)


@contextlib.asynccontextmanager
async def _background(services: Services, *others):  # type: ignore[no-untyped-def]
    idle = [services.embedding.let_go_when_idle, services.reporter.let_go_when_idle]
    jobs = [services.backlog.run, services.learner.run, *idle, *others]
    tasks = [asyncio.create_task(job()) for job in jobs]
    for task in tasks:
        task.add_done_callback(_tell_crash)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _tell_crash(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("A background job ended with %s", type(error).__name__, exc_info=error)


def run(settings: Settings, door: OpenDoor) -> None:
    """Run a hub in this process until it leaves."""
    set_up(settings.log, Place(settings.store).log)
    asyncio.run(_run(settings, door))


async def _run(settings: Settings, door: OpenDoor) -> None:
    hub = Hub(settings, door)
    for number in (signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else ():
        with contextlib.suppress(ValueError, RuntimeError):  # in a thread of a standalone server
            asyncio.get_running_loop().add_signal_handler(number, hub.leave, "stop")
    await hub.run()

"""What the command line asks of a hub.

A request is one JSON line {"method", "params", "bytes"}, followed by that many bytes of body. The reply is any
number of lines {"part": …} and one line {"result": …} or {"error": message}.
"""

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from session_buddy import __version__
from session_buddy.coaching import jobs as coaching_jobs
from session_buddy.coaching.actors import PERSON, REPORTED, Actor
from session_buddy.embedding.service import NotReadyError
from session_buddy.errors import BuddyError, InvalidRequestError
from session_buddy.hub import exporting, identity, loading, observing
from session_buddy.hub.hold import Hold
from session_buddy.hub.intake import take_in
from session_buddy.hub.mirror import LOOK_SECONDS
from session_buddy.hub.peers import Hello
from session_buddy.hub.services import Services
from session_buddy.skills import events, forgetting
from session_buddy.skills.recommending import Question
from session_buddy.skills.tracking import Origin
from session_buddy.store import invocations, queries, seen, tables, transcripts, transfer
from session_buddy.store.calls import Call
from session_buddy.store.times import iso
from session_buddy.store.writing import Cursor

if TYPE_CHECKING:
    from session_buddy.hub.connections import Connections

MAX_BODY = 64 * 1024 * 1024
PROGRESS_SECONDS = 0.2
PROGRAM = "library"
OBSERVE = "observe"


class Part(NamedTuple):
    """One piece of a reply that comes in pieces."""

    value: Any


class Control:
    """One connection of a command. Each method is an async generator of parts, then of the result."""

    def __init__(self, services: Services, connections: "Connections", hello: Hello) -> None:
        self._services = services
        self._connections = connections
        self._hello = hello
        self._hold: Hold | None = None
        self._settled = -math.inf

    def close(self) -> None:
        """Let go of what the command held."""
        if self._hold:
            self._hold.release()

    async def settled(self) -> None:
        """Wait until what hooks have told is stored."""
        await self._services.intake.settled()

    def run(self, method: str, params: dict[str, Any], body: bytes) -> AsyncIterator[Any]:
        """Run a method by name.

        Raises:
            InvalidRequestError: there is none of this name.
        """
        reporter = self._services.reporter
        methods: dict[str, Callable[[], AsyncIterator[Any]]] = {
            "status": lambda: self._status(),
            "stop": lambda: self._stop(),
            "import": lambda: self._one(loading.load(self._services, self._hello.project, body)),
            "history": lambda: self._one(loading.load_history(self._services, self._hello.project, body)),
            "history_read": lambda: self._one(self._services.access.read(transcripts.read)),
            "export": lambda: self._stream(exporting.lines),
            "document": lambda: self._stream(exporting.document),
            "tables": lambda: self._stream(exporting.tables),
            "recommend": lambda: self._recommend(params),
            OBSERVE: lambda: self._one(self._observe(params)),
            "event": lambda: self._one(self._event(params)),
            "coaching": lambda: self._one(self._coaching(**params)),
            "session_skills": lambda: self._one(self._session_skills(params["session_id"])),
            "summary": lambda: self._one(reporter.summary()),
            "skills": lambda: self._one(self._skills()),
            "metrics": lambda: self._one(reporter.metrics(**params)),
            "report": lambda: self._one(reporter.workflow(**params)),
            "heatmap": lambda: self._one(reporter.heatmap(**params)),
            "changes": lambda: self._one(reporter.changes()),
            "wait_for_model": lambda: self._wait_for_model(),
            "evaluate": lambda: self._evaluate(),
            "plan_forgetting": lambda: self._plan_forgetting(params),
            "hold": lambda: self._take_hold(),
            "renew_hold": lambda: self._renew_hold(),
            "release": lambda: self._release(),
        }
        if method not in methods:
            raise InvalidRequestError(f"The running hub ({__version__}) does not know {method!r}. Restart the windows.")
        return methods[method]()

    async def _status(self) -> AsyncIterator[Any]:
        embedding, access = self._services.embedding, self._services.access
        wanted, present = await self._services.backlog.coverage()
        last, told = await access.read(seen.latest)
        yield {
            "program": __version__,
            "store": self._services.settings.store,
            "connections": self._connections.count,
            "invocations": await access.read(invocations.count),
            "texts": await access.read(queries.count),
            "hooks": {"last_event": last and iso(last), "events": told},
            "embedding": {
                "model": embedding.model,
                "state": embedding.state,
                "reason": embedding.reason,
                "where": embedding.where,
                "embedded": present,
                "texts": wanted,
            },
            "settings": self._services.settings.of_hub(),
        }

    async def _stop(self) -> AsyncIterator[Any]:
        self._connections.leave("stop")
        yield {"stopping": True}

    async def _event(self, event: dict[str, Any]) -> dict[str, Any]:
        """Store what a program tells, once however often it tells it."""
        parsed = events.parse(event | {"project": self._hello.project})
        project, mask = await self._project(), self._services.settings.mask_secrets
        stored = await self._services.access.write(lambda cursor: events.store(cursor, parsed, project, mask, PROGRAM))
        self._services.backlog.notice()
        return {"stored": stored}

    async def _observe(self, event: dict[str, Any]) -> dict[str, Any]:
        told = event | {"project": self._hello.project}
        folder = self._services.settings.data_folder
        project_id = await asyncio.to_thread(identity.kept_project_id, self._hello.project, folder)
        return await observing.observe(self._services, told, project_id)

    async def _coaching(self, ask: str, who: str, source: str, given: dict[str, Any], call: str | None = None) -> Any:
        """Answer, or do, what `coaching.jobs` knows by this name; what is done with the same `call` again, once."""
        if who not in (PERSON, REPORTED):
            raise InvalidRequestError(f"who must be {PERSON} or {REPORTED}, not {who!r}. Nothing was stored.")
        job, access = coaching_jobs.job(ask), self._services.access
        mask = self._services.settings.mask_secrets
        if ask in coaching_jobs.READS:
            return await access.read(lambda cursor: job(cursor, Actor(who, source, None, mask), given))
        made = Call(source, call, resent=True) if call else None
        actor = Actor(who, source, await self._project(), mask, made)
        return await access.write(lambda cursor: job(cursor, actor, given))

    async def _session_skills(self, session_id: str) -> list[dict[str, Any]]:
        return await self._services.access.read(lambda cursor: transfer.of_session(cursor, session_id))

    async def _skills(self) -> dict[str, Any]:
        await self._settle()
        found = await asyncio.to_thread(self._services.installed.of, self._hello.project)
        return await self._services.reporter.skills(found.installed)

    async def _settle(self) -> None:
        """Let the store know what is installed, before a question about it; that of a while ago will do."""
        if self._connections.mirror and time.monotonic() - self._settled > LOOK_SECONDS:
            self._settled = time.monotonic()
            await self._connections.mirror.settle(self._hello.project)

    async def _project(self) -> str:
        return await asyncio.to_thread(identity.project_id, self._hello.project, self._services.settings.data_folder)

    async def _stream(self, read: Callable[[Cursor], Iterator[Any]]) -> AsyncIterator[Any]:
        batches = self._services.access.store.stream(read)
        try:
            while rows := await asyncio.to_thread(next, batches, None):
                yield Part(rows)
        finally:
            await asyncio.to_thread(batches.close)
        yield {"exported": True}

    async def _recommend(self, params: dict[str, Any]) -> AsyncIterator[Any]:
        """Recommend; what a session of a program is given is kept, as what an assistant's is."""
        await self._settle()
        asker, session = None, params.pop("session_id", None)
        if session:
            mask = self._services.settings.mask_secrets
            asker = Origin(session, await self._project(), self._hello.project, mask)
        yield await self._services.recommender.recommend(Question(**params), asker)

    async def _one(self, answer: Awaitable[Any]) -> AsyncIterator[Any]:
        yield await answer

    async def _evaluate(self) -> AsyncIterator[Any]:
        async for part in self._services.evaluator.run():
            yield Part(part)
        yield {"evaluated": True}

    async def _plan_forgetting(self, params: dict[str, Any]) -> AsyncIterator[Any]:
        await take_in(self._services)
        yield await asyncio.to_thread(forgetting.plan, self._services.access.store, forgetting.choice(**params))

    async def _take_hold(self) -> AsyncIterator[Any]:
        """Keep the store's file as it is until `release`, or until the command is gone or silent."""
        self.close()
        self._hold = Hold(self._services.access.store)
        await self._hold.take()
        yield {"rows": await self._services.access.read(tables.counts)}

    async def _renew_hold(self) -> AsyncIterator[Any]:
        yield {"held": bool(self._hold and self._hold.renew())}

    async def _release(self) -> AsyncIterator[Any]:
        yield {"held": bool(self._hold and self._hold.release())}

    async def _wait_for_model(self) -> AsyncIterator[Any]:
        """Report progress until every text in use has its vector."""
        await self._settle()
        backlog = self._services.backlog
        loading = asyncio.create_task(self._services.embedding.wait_ready())
        try:
            while True:
                await asyncio.wait([loading], timeout=PROGRESS_SECONDS)
                if loading.done():
                    loading.result()
                wanted, present = await backlog.coverage()
                yield Part({"embedded": present, "texts": wanted, "state": self._services.embedding.state})
                if loading.done() and present >= wanted:
                    await self._services.learner.catch_up()
                    break
                await asyncio.sleep(PROGRESS_SECONDS)
        except NotReadyError as error:
            raise BuddyError(str(error)) from None
        finally:
            loading.cancel()
        yield {"embedded": present}


async def serve(control: Control, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a command's requests, one after the other, until it closes the connection."""
    try:
        while line := await reader.readline():
            request = json.loads(line)
            size = int(request.get("bytes", 0))
            if size > MAX_BODY:
                return
            body = await reader.readexactly(size) if size else b""
            await _answer(control, request, body, writer)
    finally:
        control.close()


async def _answer(control: Control, request: dict[str, Any], body: bytes, writer: asyncio.StreamWriter) -> None:
    if request["method"] != OBSERVE:
        await control.settled()
    try:
        async for value in control.run(request["method"], request.get("params", {}), body):
            await _reply(writer, {"part": value.value} if isinstance(value, Part) else {"result": value})
    except BuddyError as error:
        await _reply(writer, {"error": str(error)})


async def _reply(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
    await writer.drain()

"""What the command line asks of a hub.

A request is one JSON line {"method", "params", "bytes"}, followed by that many bytes of body. The reply is any
number of lines {"part": …} and one line {"result": …} or {"error": message}.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from session_buddy import __version__
from session_buddy.embedding.service import NotReadyError
from session_buddy.errors import BuddyError, InvalidRequestError
from session_buddy.hub import identity
from session_buddy.hub.peers import Hello
from session_buddy.hub.services import Services
from session_buddy.skills import describing
from session_buddy.skills.recommending import Question
from session_buddy.store import catalogue, invocations, projects, queries, tables, transfer
from session_buddy.store.writing import Cursor

if TYPE_CHECKING:
    from session_buddy.hub.connections import Connections

MAX_BODY = 64 * 1024 * 1024
PROGRESS_SECONDS = 0.2


class Part(NamedTuple):
    """One piece of a reply that comes in pieces."""

    value: Any


class Control:
    """One connection of a command. Each method is an async generator of parts, then of the result."""

    def __init__(self, services: Services, connections: "Connections", hello: Hello) -> None:
        self._services = services
        self._connections = connections
        self._hello = hello

    def run(self, method: str, params: dict[str, Any], body: bytes) -> AsyncIterator[Any]:
        """Run a method by name.

        Raises:
            InvalidRequestError: there is none of this name.
        """
        reporter = self._services.reporter
        methods: dict[str, Callable[[], AsyncIterator[Any]]] = {
            "status": lambda: self._status(),
            "stop": lambda: self._stop(),
            "import": lambda: self._import(body),
            "export": lambda: self._stream(_lines),
            "document": lambda: self._stream(_document),
            "tables": lambda: self._stream(_tables),
            "recommend": lambda: self._recommend(params),
            "skills": lambda: self._one(reporter.skills()),
            "metrics": lambda: self._one(reporter.metrics(**params)),
            "report": lambda: self._one(reporter.workflow(**params)),
            "heatmap": lambda: self._one(reporter.heatmap(**params)),
            "changes": lambda: self._one(reporter.changes()),
            "wait_for_model": lambda: self._wait_for_model(),
            "evaluate": lambda: self._evaluate(),
        }
        if method not in methods:
            raise InvalidRequestError(f"The running hub ({__version__}) does not know {method!r}. Restart the windows.")
        return methods[method]()

    async def _status(self) -> AsyncIterator[Any]:
        embedding, access = self._services.embedding, self._services.access
        wanted, present = await self._services.backlog.coverage()
        yield {
            "program": __version__,
            "store": self._services.settings.store,
            "connections": self._connections.count,
            "invocations": await access.read(invocations.count),
            "texts": await access.read(queries.count),
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

    async def _import(self, body: bytes) -> AsyncIterator[Any]:
        head, _, rest = body.partition(b"\n")
        batch, rows = json.loads(head), rest.decode()
        project = await asyncio.to_thread(identity.project_id, self._hello.project, self._services.settings.data_folder)
        result = await self._services.access.write(lambda cursor: self._load(cursor, rows, batch, project))
        self._services.backlog.notice()
        yield result

    def _load(self, cursor: Cursor, rows: str, batch: dict[str, Any], project: str) -> dict[str, int]:
        projects.remember(cursor, project, self._hello.project)
        imported = transfer.load(cursor, rows, project, batch["source"]) if batch["rows"] else 0
        skills = 0
        for skill in batch["skills"]:
            skills += describing.describe(cursor, skill["name"], skill["description"], batch["source"], project)
        return {"imported": imported, "skills": skills}

    async def _stream(self, read: Callable[[Cursor], Iterator[Any]]) -> AsyncIterator[Any]:
        batches = self._services.access.store.stream(read)
        try:
            while rows := await asyncio.to_thread(next, batches, None):
                yield Part(rows)
        finally:
            await asyncio.to_thread(batches.close)
        yield {"exported": True}

    async def _recommend(self, params: dict[str, Any]) -> AsyncIterator[Any]:
        yield await self._services.recommender.recommend(Question(**params))

    async def _one(self, answer: Awaitable[Any]) -> AsyncIterator[Any]:
        yield await answer

    async def _evaluate(self) -> AsyncIterator[Any]:
        async for part in self._services.evaluator.run():
            yield Part(part)
        yield {"evaluated": True}

    async def _wait_for_model(self) -> AsyncIterator[Any]:
        """Report progress until every text in use has its vector."""
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


# What a document names in the shape of import lines.
_IN_LINES = {"completion", "invocation", "query", "skill"}


def _lines(cursor: Cursor) -> Iterator[Any]:
    """Batches of what `import` reads: skills, then invocations."""
    if skills := catalogue.dump(cursor):
        yield skills
    yield from transfer.dump(cursor)


def _document(cursor: Cursor) -> Iterator[Any]:
    """Named batches: the lines of an import file, and the rows of every other table as JSON texts."""
    yield {"name": "skills", "rows": [line["skill"] for line in catalogue.dump(cursor)]}
    yield {"name": "invocations", "rows": []}
    yield from ({"name": "invocations", "rows": batch} for batch in transfer.dump(cursor))
    for table in tables.exported(cursor):
        if table.name not in _IN_LINES:
            yield {"name": f"{table.name}s", "json": []}
            yield from ({"name": f"{table.name}s", "json": batch} for batch in tables.rows(cursor, table, True))


def _tables(cursor: Cursor) -> Iterator[Any]:
    """Each table, then batches of its rows as JSON texts."""
    for table in tables.exported(cursor):
        yield table._asdict()
        yield from tables.rows(cursor, table)


async def serve(control: Control, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a command's requests, one after the other, until it closes the connection."""
    while line := await reader.readline():
        request = json.loads(line)
        size = int(request.get("bytes", 0))
        if size > MAX_BODY:
            return
        body = await reader.readexactly(size) if size else b""
        try:
            async for value in control.run(request["method"], request.get("params", {}), body):
                await _reply(writer, {"part": value.value} if isinstance(value, Part) else {"result": value})
        except BuddyError as error:
            await _reply(writer, {"error": str(error)})


async def _reply(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
    await writer.drain()

"""The real server object on a real store, spoken to through the official client without a process in between."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from mcp import Client
from mcp.server.mcpserver import MCPServer
from mcp_types import CallToolResult

from session_buddy import settings
from session_buddy.hub.services import Services, assemble
from session_buddy.server.caller import Caller
from session_buddy.server.mcp_server import BuddyServer, build
from session_buddy.skills.installed import Found
from session_buddy.store import transfer
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor

CONNECTION_SESSION = "the-session-of-this-connection"
MODES = ("legacy", "auto")
_TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' ORDER BY table_name"
_DIGEST = "SELECT '{0}', count(*), sum(hash(row)::HUGEINT)::VARCHAR FROM \"{0}\" AS row"

Digest = dict[str, Any]


class Buddy:
    """A server and what lies behind it."""

    def __init__(self, services: Services, server: BuddyServer) -> None:
        self.services = services
        self.server = server

    async def stored(self) -> list[dict[str, Any]]:
        """All invocations, as an export shows them."""
        batches = await self.services.access.read(lambda cursor: list(transfer.dump(cursor)))
        return [row for batch in batches for row in batch]

    async def digest(self) -> Digest:
        """Of every table: how many rows, and a sum over their contents."""
        await self.services.recommender.finish()
        return await self.services.access.read(_digest)


class Tools:
    """Calls tools, and checks of every answer what is true of all answers."""

    def __init__(self, buddy: Buddy, client: Client) -> None:
        self.buddy = buddy
        self.client = client
        self._validators: dict[str, Draft202012Validator] = {}

    async def raw(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        """The result, whatever it is; data of a success must be valid by the schema that was published for it."""
        result = await self.client.call_tool(tool, arguments)
        if not result.is_error:
            (await self._validator(tool)).validate(result.structured_content)
        return result

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The data of a call that succeeds. The key `text` is added: what a person reads."""
        result = await self.raw(tool, arguments)
        assert not result.is_error, text_of(result)
        assert result.structured_content is not None
        return {**result.structured_content, "text": text_of(result)}

    async def refused(self, tool: str, **arguments: Any) -> str:
        """The text of a call that is refused; nothing in the store has changed."""
        before = await self.buddy.digest()
        result = await self.raw(tool, arguments)
        assert result.is_error, result.structured_content
        assert await self.buddy.digest() == before
        return text_of(result)

    async def track(self, skill: str = "debugging", **arguments: Any) -> str:
        """Track a skill and return the invocation's id."""
        return str((await self.call("track_skill", skill_name=skill, **arguments))["invocation_id"])

    async def used(self, skill: str, query: str, phase: str | None = None, **ending: Any) -> str:
        """Track a skill and say how it ended; completed unless `ending` says otherwise."""
        invocation = await self.track(skill, user_query=query, workflow_phase=phase)
        await self.call("complete_skill", invocation_id=invocation, **ending)
        return invocation

    async def recommended(self, query: str, **arguments: Any) -> list[dict[str, Any]]:
        found = await self.call("recommend_skills", user_query=query, **arguments)
        recommendations: list[dict[str, Any]] = found["recommendations"]
        return recommendations

    async def _validator(self, tool: str) -> Draft202012Validator:
        if not self._validators:
            for one in (await self.client.list_tools()).tools:
                assert one.output_schema is not None
                Draft202012Validator.check_schema(one.output_schema)
                self._validators[one.name] = Draft202012Validator(one.output_schema)
        return self._validators[tool]


def text_of(result: CallToolResult) -> str:
    """The one text block of a result."""
    (block,) = result.content
    assert block.type == "text"
    return block.text


@asynccontextmanager
async def serving(
    folder: Path, embedder: str, mask_secrets: bool = True, installed: Callable[[], Found] = Found
) -> AsyncIterator[Buddy]:
    """The server on a new store in `folder`, which is the project for which `installed` finds what is installed."""
    variables = {
        "SESSION_BUDDY_PROJECT": str(folder),
        "SESSION_BUDDY_EMBEDDER": embedder,
        "SESSION_BUDDY_CATALOGUE": "off",
    }
    chosen = settings.read(variables, store=str(folder / "store.duckdb"))._replace(mask_secrets=mask_secrets)
    store = Store.open(chosen.store)
    with (folder / "worker.log").open("w") as log:
        services = assemble(chosen, store, log.fileno())
        try:
            if embedder != "off":
                await services.embedding.wait_ready()
            yield Buddy(services, build(services.reporter, lambda server: _lifespan(server, services, installed)))
        finally:
            await services.recommender.finish()
            await services.embedding.close()
            store.close()


@asynccontextmanager
async def speaking(buddy: Buddy, mode: str) -> AsyncIterator[Tools]:
    """A client of the server: `legacy` shakes hands (2025-11-25), `auto` speaks 2026-07-28."""
    async with Client(buddy.server, mode=mode) as client:
        yield Tools(buddy, client)


@asynccontextmanager
async def _lifespan(
    server: MCPServer[Caller], services: Services, installed: Callable[[], Found]
) -> AsyncIterator[Caller]:
    project = services.settings.project
    yield Caller(
        connection_id="connection",
        session_id=CONNECTION_SESSION,
        project_id="project",
        project_path=project,
        access=services.access,
        recommender=services.recommender,
        reporter=services.reporter,
        notice=services.backlog.notice,
        mask_secrets=services.settings.mask_secrets,
        installed=installed,
    )


def _digest(cursor: Cursor) -> Digest:
    tables = [name for (name,) in cursor.execute(_TABLES).fetchall()]
    rows = cursor.execute(" UNION ALL ".join(_DIGEST.format(name) for name in tables)).fetchall()
    return {name: (count, contents) for name, count, contents in rows}

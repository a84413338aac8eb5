"""Official clients over stdio with a person who fills in forms, for the tests of coaching on real processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp import Client, StdioServerParameters, stdio_client

from tests.server.person import Person
from tests.system.processes import COMMAND, Place

Data = dict[str, Any]


class Assistant:
    """One window of an assistant, over the official client."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, **arguments: Any) -> Data:
        result = await self.client.call_tool(tool, arguments)
        (block,) = result.content
        assert block.type == "text"
        assert not result.is_error, block.text
        data: Data | None = result.structured_content
        assert data is not None
        return data

    async def refused(self, tool: str, **arguments: Any) -> str:
        result = await self.client.call_tool(tool, arguments)
        (block,) = result.content
        assert block.type == "text"
        assert result.is_error, block.text
        return block.text

    async def start(self, workflow: str = "release") -> str:
        return str((await self.call("coaching_start", workflow_id=workflow))["session_id"])

    async def suggest(self, session: str, number: int, ask_user: bool = True) -> Data:
        """Suggest a step whose parameters differ from those of the others."""
        step = {"session_id": session, "node_id": f"step-{number % 3}", "action_type": "shell"}
        return await self.call("coaching_suggest", **step, parameters={"number": number}, ask_user=ask_user)

    async def observe(self, session: str, steps: int) -> None:
        """Record steps that the person did by hand."""
        for number in range(steps):
            step = await self.suggest(session, number)
            assert step["mode"] == "observe"
            made = await self.call(
                "coaching_decide", session_id=session, suggestion_id=step["suggestion_id"], decision="manual"
            )
            assert made["decision"]["decided_by"] == "reported"


@asynccontextmanager
async def assistant(place: Place, person: Person, mode: str = "legacy") -> AsyncIterator[Assistant]:
    """A window that is started and closed as an assistant does it."""
    parameters = StdioServerParameters(command=COMMAND, env=place.environment, cwd=str(place.project))
    async with Client(stdio_client(parameters), mode=mode, elicitation_callback=person) as client:
        yield Assistant(client)

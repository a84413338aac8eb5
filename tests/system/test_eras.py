"""Both eras of the protocol, and the older handshakes, over real stdio against the installed command."""

import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp_types import CallToolResult

from session_buddy import __version__
from tests.server.names import TOOLS
from tests.system.processes import COMMAND, LIMIT, Place, Window, eventually, exported

pytestmark = pytest.mark.slow

HANDSHAKES = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
NEWEST_HANDSHAKE, MODERN = HANDSHAKES[-1], "2026-07-28"
QUERY = "why is the build red"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def brief(place: Place) -> Iterator[Place]:
    """A place whose hub leaves soon after its last window, and is waited for."""
    brief = place.with_variables(SESSION_BUDDY_LINGER="0.5", SESSION_BUDDY_STORE=str(place.store))
    yield brief
    eventually(lambda: not brief.hub_runs())


@asynccontextmanager
async def _connected(place: Place, mode: str) -> AsyncIterator[Client]:
    parameters = StdioServerParameters(command=COMMAND, env=place.environment, cwd=str(place.project))
    async with Client(stdio_client(parameters), mode=mode) as client:
        yield client


def _text(result: CallToolResult) -> str:
    (block,) = result.content
    assert block.type == "text"
    return block.text


async def _data(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, _text(result)
    data: dict[str, Any] | None = result.structured_content
    assert data is not None
    return data


@pytest.mark.anyio
@pytest.mark.parametrize(("mode", "version"), [("legacy", NEWEST_HANDSHAKE), ("auto", MODERN)])
async def test_the_official_client_is_served_in_both_eras(brief: Place, mode: str, version: str) -> None:
    async with _connected(brief, mode) as client:
        assert client.protocol_version == version
        assert client.instructions
        assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS
        tracked = await _data(client, "track_skill", skill_name="debugging", user_query=QUERY)
        found = await _data(client, "recommend_skills", user_query=QUERY)
        assert found["recommendations"][0]["example"]["completed"] is None
        ended = await _data(client, "complete_skill", invocation_id=tracked["invocation_id"])
        assert ended["outcome"] == "completed"
        found = await _data(client, "recommend_skills", user_query=QUERY)
        assert found["recommendations"][0]["skill_name"] == "debugging"
        assert found["recommendations"][0]["similarity_score"] == 1.0
    (row,) = exported(brief)
    assert row["invocation_id"] == tracked["invocation_id"]
    assert row["completed"] is True


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_official_client_is_told_of_errors_and_can_go_on(brief: Place, mode: str) -> None:
    async with _connected(brief, mode) as client:
        invocation = (await _data(client, "track_skill", skill_name="debugging"))["invocation_id"]
        await _data(client, "complete_skill", invocation_id=invocation, error_type="TestFailure")
        second = await client.call_tool("complete_skill", {"invocation_id": invocation})
        assert second.is_error
        assert "failed (TestFailure)" in _text(second)
        unknown = await client.call_tool("track_skill", {"skill_name": "debugging", "query": QUERY})
        assert unknown.is_error
        assert "Unknown argument 'query'" in _text(unknown)
        assert (await _data(client, "track_skill", skill_name="debugging"))["invocation_id"] != invocation


@pytest.mark.anyio
async def test_clients_of_both_eras_share_one_store_at_the_same_time(brief: Place) -> None:
    async with _connected(brief, "legacy") as old, _connected(brief, "auto") as new:
        tracked = await _data(old, "track_skill", skill_name="debugging", user_query=QUERY)
        await _data(new, "complete_skill", invocation_id=tracked["invocation_id"])
        found = await _data(old, "recommend_skills", user_query=QUERY)
        assert found == await _data(new, "recommend_skills", user_query=QUERY)
        assert found["recommendations"][0]["completion_rate"] == 100.0
        other = await _data(new, "track_skill", skill_name="debugging")
        assert other["session_id"] != tracked["session_id"]


def test_lines_written_by_hand_are_answered_line_by_line_with_json(brief: Place) -> None:
    """The handshake of 2025-11-25 and one call, byte for byte as Claude Code might write them."""
    with subprocess.Popen(
        [COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=brief.environment,
        cwd=brief.project,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr

        def ask(line: bytes) -> dict[str, Any]:
            assert process.stdin
            assert process.stdout
            process.stdin.write(line + b"\n")
            process.stdin.flush()
            reply = process.stdout.readline()
            assert reply.endswith(b"}\n")
            assert reply.count(b"\n") == 1
            assert b"\r" not in reply
            message: dict[str, Any] = json.loads(reply)
            assert message["jsonrpc"] == "2.0"
            return message

        hello = ask(
            b'{"jsonrpc":"2.0","id":"a-1","method":"initialize","params":{"protocolVersion":"2025-11-25",'
            b'"capabilities":{},"clientInfo":{"name":"by hand","version":"1"}}}'
        )
        assert hello.keys() == {"jsonrpc", "id", "result"}
        assert hello["id"] == "a-1"
        greeting = hello["result"]
        assert greeting["protocolVersion"] == "2025-11-25"
        assert greeting["capabilities"]["tools"] == {"listChanged": False}
        assert greeting["serverInfo"]["name"] == "session-buddy"
        assert greeting["serverInfo"]["version"] == __version__
        assert greeting["instructions"]

        process.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        listed = ask(b'{"jsonrpc":"2.0","id":0,"method":"tools/list"}')
        assert listed["id"] == 0
        assert [tool["name"] for tool in listed["result"]["tools"]] == TOOLS
        tracked = ask(
            '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"track_skill","arguments":'
            '{"skill_name":"debugging","user_query":"Zeile\\u2028eins\\nZeile zwei – 🙂"}}}'.encode()
        )
        assert tracked["id"] == 7
        assert tracked["result"]["isError"] is False
        assert tracked["result"]["structuredContent"]["skill_name"] == "debugging"
        (block,) = tracked["result"]["content"]
        assert block.keys() == {"type", "text"}
        refused = ask(
            b'{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"complete_skill","arguments":{}}}'
        )
        assert refused["id"] == 8
        assert refused["result"]["isError"] is True
        assert "structuredContent" not in refused["result"]
        assert ask(b'{"jsonrpc":"2.0","id":9,"method":"ping"}') == {"jsonrpc": "2.0", "id": 9, "result": {}}
        unknown = ask(b'{"jsonrpc":"2.0","id":10,"method":"no/such/method"}')
        assert unknown["id"] == 10
        assert unknown["error"]["code"] == -32601

        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.wait(LIMIT) == 0
        assert process.stderr.read() == b""
    (row,) = exported(brief)
    assert row["user_query"] == "Zeile eins Zeile zwei – 🙂"


@pytest.mark.parametrize("line", [b"no json", b"[]", b"12", b'"\\ud800"', b"{", b"\xff\xfe"])
def test_a_line_that_is_no_message_is_answered_and_the_next_one_is_served(brief: Place, line: bytes) -> None:
    with Window(brief) as window:
        window.initialize()
        window.send_bytes(line + b"\n")
        assert window.answer(None)["error"]["code"] in (-32700, -32600)
        window.track()
    assert len(exported(brief)) == 1


@pytest.mark.parametrize(
    "line", [b"{}", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"2.0","id":5,"result":{}}', b'{"a":"\\ud800"}']
)
def test_an_object_that_asks_for_nothing_harms_nothing(brief: Place, line: bytes) -> None:
    with Window(brief) as window:
        window.initialize()
        window.send_bytes(line + b"\n")
        window.track()
    assert len(exported(brief)) == 1


def test_half_a_character_in_a_call_is_answered_with_the_id_of_the_call(brief: Place) -> None:
    with Window(brief) as window:
        window.initialize()
        window.send_bytes(
            b'{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"track_skill","arguments":'
            b'{"skill_name":"debugging","user_query":"half \\ud800 of it"}}}\n'
        )
        reply = window.answer(77)
        assert "error" in reply or not reply["result"].get("isError")
        window.track()


@pytest.mark.parametrize("version", HANDSHAKES)
def test_every_handshake_is_answered_in_its_own_version(brief: Place, version: str) -> None:
    with Window(brief) as window:
        assert window.initialize(version)["result"]["protocolVersion"] == version
        listed = window.request("tools/list")["result"]["tools"]
        assert [tool["name"] for tool in listed] == TOOLS
        tracked = window.call("track_skill", skill_name="debugging", user_query=QUERY)
        (row,) = exported(brief)
        (block,) = tracked["content"]
        # clients of the first versions know no structured content: what the next call needs is in the text too
        assert row["invocation_id"] in block["text"]
        ended = window.call("complete_skill", invocation_id=row["invocation_id"])
        assert not ended.get("isError")
        found = window.call("recommend_skills", user_query=QUERY)
        assert "debugging" in found["content"][0]["text"]
        refused = window.call("complete_skill", invocation_id=row["invocation_id"])
        assert refused["isError"] is True


@pytest.mark.parametrize("version", ["1999-01-01", "2099-12-31", "nonsense"])
def test_a_version_that_nobody_knows_is_answered_with_the_newest_handshake(brief: Place, version: str) -> None:
    with Window(brief) as window:
        assert window.initialize(version)["result"]["protocolVersion"] == NEWEST_HANDSHAKE
        window.track()

"""Lines of one connection as the message streams that the MCP SDK serves, and back."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage

from session_buddy.bridge.messages import INVALID_REQUEST, LISTEN, PARSE_ERROR, error, key

Inbound = MemoryObjectReceiveStream[SessionMessage | Exception]
Outbound = MemoryObjectSendStream[SessionMessage]


class LineStreams:
    """Reads and writes the lines of one connection.

    Ids of the hub's own requests are written as `<tag>:<n>`, with a tag that no other hub has, so that a late
    answer to a question of a hub that died can never be taken for an answer to a question of this one. What hooks have
    told before a line came is `settled` before the line is served.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        tag: str,
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        self._settled = settled
        self._reader = reader
        self._writer = writer
        self._tag = tag
        self._unanswered: set[str] = set()
        self._change = asyncio.Event()
        self._reading: anyio.CancelScope | None = None
        self._left: bool | None = None

    @property
    def has_left(self) -> bool:
        """Whether the other end closed the connection by itself, before it was told goodbye. One that was killed may
        leave answers unread, and then the connection does not end but breaks."""
        if self._left is None:
            return self._reader.at_eof() or self._reader.exception() is not None
        return self._left

    def stop_reading(self) -> None:
        """Take no further lines; what they ask is asked again of the next hub."""
        if self._reading:
            self._reading.cancel()

    async def all_answered(self) -> None:
        """Wait until every request that was read is answered, but for those that last as long as the connection."""
        while self._unanswered:
            self._change.clear()
            await self._change.wait()

    async def say_goodbye(self, reason: str) -> None:
        """Tell the bridge that this hub leaves, and why."""
        self._left = self.has_left
        await self._send(json.dumps({"bye": reason}).encode())

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Inbound, Outbound]]:
        """The two streams, for as long as the context lasts."""
        to_server, inbound = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        outbound, from_server = anyio.create_memory_object_stream[SessionMessage](0)
        async with anyio.create_task_group() as group:
            group.start_soon(self._read, to_server)
            group.start_soon(self._write, from_server)
            yield inbound, outbound
            group.cancel_scope.cancel()

    async def _read(self, to_server: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        async with to_server:
            with anyio.CancelScope() as self._reading:
                await self._read_lines(to_server)
            if self._reading.cancelled_caught:
                await anyio.sleep_forever()  # closing the stream would end the calls that are still in progress

    async def _read_lines(self, to_server: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        try:
            while line := await self._reader.readline():
                await self._settled()
                if message := await self._parse(line):
                    self._note_request(message)
                    await to_server.send(SessionMessage(message))
        except (ConnectionError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass  # the other end has left; closing the stream tells the server

    def _note_request(self, message: types.JSONRPCMessage) -> None:
        if isinstance(message, types.JSONRPCRequest) and message.method != LISTEN:
            self._unanswered.add(key(message.id))

    def _note_answer(self, message: types.JSONRPCMessage) -> None:
        if isinstance(message, types.JSONRPCResponse | types.JSONRPCError):
            self._unanswered.discard(key(message.id))
            self._change.set()

    async def _write(self, from_server: MemoryObjectReceiveStream[SessionMessage]) -> None:
        async with from_server:
            async for item in from_server:
                message = self._tagged(item.message)
                await self._send(message.model_dump_json(by_alias=True, exclude_unset=True).encode())
                self._note_answer(message)

    async def _send(self, line: bytes) -> None:
        try:
            self._writer.write(line + b"\n")
            await self._writer.drain()
        except ConnectionError:
            pass  # noticed where lines are read

    async def _parse(self, line: bytes) -> types.JSONRPCMessage | None:
        """The message of a line, or None after answering that it is none."""
        try:
            message = types.jsonrpc_message_adapter.validate_json(line, by_name=False)
        except ValueError:
            await self._refuse(line)
            return None
        if isinstance(message, types.JSONRPCResponse | types.JSONRPCError):
            message.id = self._untagged(message.id)
        return message

    async def _refuse(self, line: bytes) -> None:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        request_id = found.get("id") if isinstance(found, dict) else None
        if not isinstance(request_id, str | int) or isinstance(request_id, bool):
            request_id = None
        code, text = (PARSE_ERROR, "not valid JSON") if found is None else (INVALID_REQUEST, "not a JSON-RPC message")
        await self._send(error(request_id, code, f"The line is {text}. Nothing was stored.").rstrip())

    def _tagged(self, message: types.JSONRPCMessage) -> types.JSONRPCMessage:
        if isinstance(message, types.JSONRPCRequest):
            return message.model_copy(update={"id": f"{self._tag}:{message.id}"})
        if isinstance(message, types.JSONRPCNotification) and message.method == "notifications/cancelled":
            params: dict[str, Any] = dict(message.params or {})
            params["requestId"] = f"{self._tag}:{params.get('requestId')}"
            return message.model_copy(update={"params": params})
        return message

    def _untagged(self, identity: Any) -> Any:
        tag, _, number = str(identity).partition(":")
        return int(number) if tag == self._tag and number.isdigit() else identity

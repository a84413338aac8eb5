"""How commands talk with the hub.

A request is one JSON line {"method", "params", "bytes"}, followed by that many bytes of body. The reply is any
number of lines {"part": …} and one line {"result": …} or {"error": message}. What can be asked is in `methods.py`.
"""

import asyncio
import json
from typing import Any

from session_buddy.errors import BuddyError
from session_buddy.hub import methods
from session_buddy.hub.command import Command, Part

MAX_BODY = 64 * 1024 * 1024


async def serve(command: Command, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a command's requests, one after the other, until it closes the connection."""
    try:
        while line := await reader.readline():
            request = json.loads(line)
            size = int(request.get("bytes", 0))
            if size > MAX_BODY:
                return
            body = await reader.readexactly(size) if size else b""
            await _answer(command, request, body, writer)
    finally:
        command.close()


async def _answer(command: Command, request: dict[str, Any], body: bytes, writer: asyncio.StreamWriter) -> None:
    if request["method"] != methods.OBSERVE:
        await command.told()
    try:
        async for value in methods.run(command, request["method"], request.get("params", {}), body):
            await _reply(writer, {"part": value.value} if isinstance(value, Part) else {"result": value})
    except BuddyError as error:
        await _reply(writer, {"error": str(error)})


async def _reply(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
    await writer.drain()

"""How commands talk with the hub.

A request is one JSON line {"method", "params", "bytes"}, followed by that many bytes of body. The reply is any
number of lines {"part": …} and one line {"result": …} or {"error": message, "kind": which one}. What can be asked is in
`methods.py`. What goes on without end is ended by the next request, or by closing the connection.
"""

import asyncio
import contextlib
import json
from collections.abc import Coroutine
from typing import Any

from session_buddy.errors import BuddyError, HubUnavailableError, StoreError, UnknownNameError
from session_buddy.hub import methods
from session_buddy.hub.command import Command, Part

MAX_BODY = 64 * 1024 * 1024


async def serve(command: Command, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a command's requests, one after the other, until it closes the connection."""
    try:
        line = await reader.readline()
        while line:
            request = json.loads(line)
            size = int(request.get("bytes", 0))
            if size > MAX_BODY:
                return
            body = await reader.readexactly(size) if size else b""
            answering = _answer(command, request, body, writer)
            if request["method"] in methods.ENDLESS:
                line = await _until_next(reader, answering)
            else:
                await answering
                line = await reader.readline()
    finally:
        command.close()


async def _until_next(reader: asyncio.StreamReader, answering: Coroutine[Any, Any, None]) -> bytes:
    """Answer until the next request comes, or the command leaves; returns that request."""
    answer, asked = asyncio.ensure_future(answering), asyncio.ensure_future(reader.readline())
    try:
        await asyncio.wait([answer, asked], return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            answer.result()
        return await asked
    finally:
        for task in (answer, asked):
            task.cancel()
        await asyncio.gather(answer, asked, return_exceptions=True)


async def _answer(command: Command, request: dict[str, Any], body: bytes, writer: asyncio.StreamWriter) -> None:
    if request["method"] != methods.OBSERVE:
        await command.told()
    try:
        async with contextlib.aclosing(
            methods.run(command, request["method"], request.get("params", {}), body)
        ) as values:
            async for value in values:
                await _reply(writer, {"part": value.value} if isinstance(value, Part) else {"result": value})
    except BuddyError as error:
        await _reply(writer, {"error": str(error), "kind": _kind(error)})


def _kind(error: BuddyError) -> str:
    if isinstance(error, UnknownNameError):
        return "unknown"
    return "unavailable" if isinstance(error, StoreError | HubUnavailableError) else "invalid"


async def _reply(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
    await writer.drain()

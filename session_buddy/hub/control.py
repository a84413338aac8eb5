"""How commands talk with the hub.

A request is one JSON line {"method", "params", "bytes"}, followed by that many bytes of body. The reply is any
number of lines {"part": …} and one line {"result": …} or {"error": message, "kind": which one}. What can be asked is in
`methods.py`. What goes on without end is ended by the next request, or by closing the connection.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Coroutine
from typing import Any

from session_buddy.errors import BuddyError, HubUnavailableError, InvalidRequestError, StoreError, UnknownNameError
from session_buddy.hub import methods
from session_buddy.hub.command import Command, Part

MAX_BODY = 64 * 1024 * 1024

log = logging.getLogger(__name__)


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
    method, params = request["method"], request.get("params") or {}
    try:
        if not isinstance(params, dict):
            raise InvalidRequestError("params must be an object. Nothing was stored.")
        async with contextlib.aclosing(methods.run(command, method, params, body)) as values:
            async for value in values:
                await _reply(writer, {"part": value.value} if isinstance(value, Part) else {"result": value})
    except BuddyError as error:
        await _reply(writer, {"error": str(error), "kind": _kind(error)})
    except ConnectionError:
        raise  # whoever asked has left
    except Exception as error:
        # Whoever asked must not take this for a hub that has ended, and ask the next one for the same.
        log.error("%s ended with %s", method, type(error).__name__, exc_info=error)
        await _reply(writer, {"error": _mistake(method, error), "kind": "failed"})


def _mistake(method: str, error: Exception) -> str:
    return (
        f"The program has made a mistake in {method!r} ({type(error).__name__}), or was asked for it in a wrong way. "
        "The log beside the store says where."
    )


def _kind(error: BuddyError) -> str:
    if isinstance(error, UnknownNameError):
        return "unknown"
    return "unavailable" if isinstance(error, StoreError | HubUnavailableError) else "invalid"


async def _reply(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
    await writer.drain()

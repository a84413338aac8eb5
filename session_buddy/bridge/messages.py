"""The little that the bridge reads of JSON-RPC: ids, methods, and lines that are none."""

import json
from typing import Any, BinaryIO

MAX_LINE = 16 * 1024 * 1024
_HEAD = 65_536

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
UNAVAILABLE = -32000

LISTEN = "subscriptions/listen"


class BadLineError(Exception):
    """A line that is not JSON, or too long. Holds the JSON-RPC error line to answer with."""

    def __init__(self, code: int, message: str, request_id: Any = None) -> None:
        super().__init__(message)
        self.answer = error(request_id, code, message)


def key(request_id: Any) -> str:
    """A hashable key for an id: 1 and "1" are different ids."""
    return json.dumps(request_id)


def error(request_id: Any, code: int, message: str) -> bytes:
    """A JSON-RPC error response as a line."""
    return line({"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message}})


def cancelled(request_id: Any, reason: str) -> bytes:
    """The notification that takes back a request, as a line."""
    params = {"requestId": request_id, "reason": reason}
    return line({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})


def line(message: dict[str, Any]) -> bytes:
    """A message as one line."""
    return json.dumps(message).encode() + b"\n"


def read_line(stream: BinaryIO) -> bytes:
    """The next line that is not blank, or b"" at the end.

    Raises:
        BadLineError: the line is longer than 16 MB; it has been read to its end.
    """
    while True:
        data = stream.readline(MAX_LINE + 1)
        if len(data) > MAX_LINE and not data.endswith(b"\n"):
            while (rest := stream.readline(1024 * 1024)) and not rest.endswith(b"\n"):
                pass
            message = "The message is longer than 16 MB, which is the most that is accepted. Nothing was stored."
            raise BadLineError(INVALID_REQUEST, message, _early_id(data[:_HEAD]))
        if not data or not data.isspace():
            return data if data.endswith(b"\n") or not data else data + b"\n"


def parse(data: bytes) -> Any:
    """A line as JSON.

    Raises:
        BadLineError: it is not JSON.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise BadLineError(PARSE_ERROR, "The line is not JSON. Nothing was stored.") from None


def _early_id(head: bytes) -> Any:
    """The top-level `id` of a message of which only the beginning is at hand, or None."""
    text, decoder = head.decode("utf-8", "replace"), json.JSONDecoder()
    position = text.find("{") + 1
    try:
        while position:
            name, position = decoder.raw_decode(text, _skip(text, position))
            value, position = decoder.raw_decode(text, _skip(text, position, ":"))
            if name == "id":
                return value
            position = _skip(text, position, ",")
    except (ValueError, IndexError, RecursionError):
        pass
    return None


def _skip(text: str, position: int, mark: str = "") -> int:
    while text[position].isspace():
        position += 1
    if not mark:
        return position
    if text[position] != mark:
        raise ValueError(mark)
    return _skip(text, position + 1)

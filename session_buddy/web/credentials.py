"""Reading the credentials of a request: token, cookies, and the key of the page."""

import hmac
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import Scope

KEY_HEADER = "session-buddy-key"
PROTOCOL = "session-buddy"
"""The WebSocket subprotocol of the page."""
KEY_PROTOCOL = f"{PROTOCOL}.key."
"""The prefix of a second subprotocol, which holds the key: a page cannot set the headers of a WebSocket."""


def matches(candidates: Iterable[str], secret: str) -> bool:
    """Whether one of them is the secret. The time that this takes says nothing about how near a guess was."""
    return any(hmac.compare_digest(value.encode("utf-8", "replace"), secret.encode()) for value in candidates)


def bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def cookies(headers: Headers, name: str) -> list[str]:
    """All values of a cookie.

    A server on another port can add cookies for this host, of the same name and with a longer path or with characters
    that a strict parser rejects. These must not hide the right one.
    """
    return [value for own, value in _pairs(headers) if own == name]


def keys(scope: Scope, headers: Headers) -> list[str]:
    """The page keys of a request: in a header, or in a subprotocol of a WebSocket."""
    protocols = scope.get("subprotocols", []) if scope["type"] == "websocket" else []
    offered = [text.removeprefix(KEY_PROTOCOL) for text in protocols if text.startswith(KEY_PROTOCOL)]
    return headers.getlist(KEY_HEADER) + offered


def protocol(scope: Scope) -> str | None:
    """The subprotocol with which a WebSocket is accepted: a browser closes one that accepts none of those it offers."""
    return PROTOCOL if PROTOCOL in scope.get("subprotocols", []) else None


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    for line in headers.getlist("cookie"):
        for pair in line.split(";"):
            name, _, value = pair.partition("=")
            yield name.strip(), value.strip().strip('"')

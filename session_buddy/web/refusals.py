"""What is said to requests that are not let in: a short page to people, JSON to programs, the status to sockets."""

import html
import json
from typing import NamedTuple

from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from session_buddy.web import credentials

NO_TOKEN = 4401
OPEN = "Type `session-buddy dashboard` in a terminal: it prints the link that opens this page."

_TO_PAGE = (
    '<!doctype html><meta charset=utf-8><meta http-equiv=refresh content="0;url={address}"><title>session_buddy</title>'
    '<p><a href="{address}">Open the dashboard</a></p>\n'
)


class Refusal(NamedTuple):
    """A status, what it means in words, and the headers of it."""

    status: int
    message: str
    headers: dict[str, str]


def wrong_host(port: int) -> Refusal:
    return Refusal(403, f"This is asked for by a name that is not its own. It answers at 127.0.0.1:{port} only.", {})


def foreign() -> Refusal:
    return Refusal(
        403,
        "This request comes from another page, so nothing was done. To open the dashboard, put its link into the "
        f"browser's address bar. {OPEN}",
        {},
    )


def no_token() -> Refusal:
    return Refusal(401, f"The token is missing, or is of another start. {OPEN}", {"www-authenticate": "Bearer"})


def no_key() -> Refusal:
    return Refusal(
        401,
        "The sign-in of this browser is incomplete: its cookie came without the key that the page keeps in the "
        f"browser's storage, so nothing was done. The storage may have been cleared. {OPEN}",
        {"www-authenticate": "Bearer"},
    )


def wrong_code() -> Refusal:
    return Refusal(401, f"This code was used already, or is more than a minute old. {OPEN}", {})


def wrong_ticket() -> Refusal:
    return Refusal(401, f"This sign-in is more than a minute old, or its cookie is missing. {OPEN}", {})


def too_large() -> Refusal:
    return Refusal(413, "The body is larger than the 4 MB that are allowed. Nothing was stored.", {})


def not_json() -> Refusal:
    return Refusal(415, "The body has to be application/json. Nothing was stored.", {})


def malformed() -> Refusal:
    return Refusal(400, "The request is ambiguous: its target is not a path, or it states its length twice.", {})


def too_many() -> Refusal:
    return Refusal(503, "Too many pages and requests are open. Close some of the pages.", {"retry-after": "5"})


def signed_in(address: str, cookie: str) -> Refusal:
    """Not a refusal but the way to the page.

    It is a page of its own and not a redirect: a browser would not send the new cookie along with a redirect, since
    the request came from a file, and that is another site.
    """
    return Refusal(200, address, {"set-cookie": cookie})


def moved(address: str, cookie: str | None) -> Refusal:
    """No refusal but a redirect: the address without token and code, and the cookie of a browser that signs in."""
    return Refusal(303, "", {"location": address} | ({"set-cookie": cookie} if cookie else {}))


def nothing_there(path: str) -> Response:
    """What an address is answered with that leads nowhere."""
    return _response(Refusal(404, "There is nothing at this address.", {}), path)


async def answer(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Tell it, in the form that whoever asks can read."""
    if scope["type"] == "websocket":
        await _answer_socket(refusal, scope, receive, send)
        return
    await _response(refusal, scope["path"])(scope, receive, send)


def _response(refusal: Refusal, path: str) -> Response:
    if refusal.status == 303:
        return Response(status_code=303, headers=refusal.headers)
    if refusal.status == 200:
        return HTMLResponse(_TO_PAGE.format(address=html.escape(refusal.message)), 200, refusal.headers)
    if path.startswith("/api") or path == "/openapi.json":
        text = json.dumps({"error": refusal.message})
        return Response(text, refusal.status, refusal.headers, "application/json")
    page = f"<!doctype html><meta charset=utf-8><title>session_buddy</title><p>{html.escape(refusal.message)}</p>\n"
    return HTMLResponse(page, refusal.status, refusal.headers)


async def _answer_socket(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    await receive()  # the wish to connect
    if refusal.status == 401:
        # A page sees why only where the socket was opened; it has shown no foreign origin.
        await send({"type": "websocket.accept", "subprotocol": credentials.protocol(scope)})
        await send({"type": "websocket.close", "code": NO_TOKEN, "reason": "not signed in"})
        return
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    body = json.dumps({"error": refusal.message}).encode()
    headers = {"content-type": "application/json"} | refusal.headers
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": told})
    await send({"type": "websocket.http.response.body", "body": body})

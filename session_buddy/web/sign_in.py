"""The two requests of a sign-in: the page of a hand-over file sends its code, and our own page fetches its key.

A page in a file has no origin. So this navigation, and nothing else, may come with the origin `null`, and the code in
its body is what admits it.
"""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

PATH = "/open"
KEY_PATH = "/api/key"
MAX_BODY = 1024
FORM = "application/x-www-form-urlencoded"
FILE_ORIGINS = ("null", "file://")


def is_sign_in(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "POST" and scope.get("raw_path") == PATH.encode()


def is_key_request(scope: Scope) -> bool:
    """Whether our page sends a ticket to get its key."""
    return scope["type"] == "http" and scope["method"] == "POST" and scope.get("raw_path") == KEY_PATH.encode()


def is_from_file(headers: Headers) -> bool:
    """Whether a form in a file was sent in a window of its own. Programs send none of these headers."""
    origins = headers.getlist("origin")
    return (
        len(origins) <= 1
        and all(origin in FILE_ORIGINS for origin in origins)
        and headers.get("sec-fetch-site", "cross-site") == "cross-site"
        and headers.get("sec-fetch-mode", "navigate") == "navigate"
        and headers.get("sec-fetch-dest", "document") == "document"
        and headers.get("content-type", "").partition(";")[0].strip().lower() == FORM
    )


async def read_code(receive: Receive) -> str | None:
    """The code in the body; None if there is none, more than one, or the body is longer than a code needs."""
    body = b""
    while len(body) <= MAX_BODY:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            codes = parse_qs(body.decode("latin-1")).get("code", []) if len(body) <= MAX_BODY else []
            return codes[0] if len(codes) == 1 else None
    return None

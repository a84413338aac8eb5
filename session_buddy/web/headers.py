"""What every answer says to the browser: run nothing foreign, show nothing inside other pages, tell nobody."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

DATA = "no-store"


def with_headers(send: Send, hosts: tuple[str, ...]) -> Send:
    """`send`, with our headers on whatever begins an answer."""
    fixed = {
        "content-security-policy": policy(hosts),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }

    async def told(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            headers = MutableHeaders(scope=message)
            for name, value in fixed.items():
                headers[name] = value
            headers.setdefault("cache-control", DATA)
        await send(message)

    return told


def policy(hosts: tuple[str, ...]) -> str:
    """Scripts and styles from our files only, connections to this process only, nothing inline."""
    sockets = " ".join(f"ws://{host}" for host in hosts)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

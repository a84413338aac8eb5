"""Who may ask the web process anything: whoever has the token, from this machine, and from no page but ours.

A page of somebody else can send requests to every port of this machine, and with a name that leads here even read the
answers. So it is looked at which host was asked, where the request comes from, and, with each one, the token.
"""

import hmac
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from session_buddy.web import refusals, sign_in
from session_buddy.web.body import Body, TooLargeError
from session_buddy.web.codes import Codes
from session_buddy.web.headers import with_headers
from session_buddy.web.server import ADMIT

SAFE = ("GET", "HEAD", "OPTIONS")
API = "/api"
TOKEN, CODE = "token", "code"


class Key(NamedTuple):
    """What opens this process: its port and its token."""

    port: int
    token: str

    @property
    def cookie(self) -> str:
        """The name of the cookie. Cookies know no ports, so another store's dashboard needs another name."""
        return f"session_buddy_{self.port}"

    @property
    def hosts(self) -> tuple[str, str]:
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def once(self, code: str) -> str:
        """The address that opens the page with a code, and only once."""
        return f"http://127.0.0.1:{self.port}/?{CODE}={code}"

    @property
    def sign_in(self) -> str:
        """The address to which the page of a hand-over file sends its code."""
        return f"http://127.0.0.1:{self.port}{sign_in.PATH}"

    @property
    def set_cookie(self) -> str:
        return f"{self.cookie}={self.token}; HttpOnly; SameSite=Strict; Path=/"

    @property
    def link(self) -> str:
        """The address that opens the page, once for each browser; it is as good as a key."""
        return f"http://127.0.0.1:{self.port}/?{TOKEN}={self.token}"


class Guard:
    """Lets requests through to `app` that may come in, and refuses the others before anything of them is looked at."""

    def __init__(self, app: ASGIApp, key: Key, codes: Codes) -> None:
        self._app = app
        self._key = key
        self._codes = codes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        send = with_headers(send, self._key.hosts)
        headers = Headers(scope=scope)
        if sign_in.is_sign_in(scope):
            await refusals.answer(await self._sign_in(scope, headers, receive), scope, receive, send)
            return
        refusal = self._refusal(scope, headers) or _admitted(scope)
        if refusal is None and scope["type"] == "http":
            refusal = self._to_page(scope, headers)
            body = Body(receive)
            if refusal is None and scope["method"] not in SAFE:
                try:
                    receive = await body.whole()
                    refusal = _not_json(headers) if body.size else None
                except TooLargeError:
                    refusal = refusals.too_large()
        if refusal is not None:
            await refusals.answer(refusal, scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _sign_in(self, scope: Scope, headers: Headers, receive: Receive) -> refusals.Refusal:
        """The answer to the page of a hand-over file: the cookie, if its code is valid."""
        refusal = self._malformed(scope, headers)
        if refusal is None and not sign_in.is_from_file(headers):
            refusal = refusals.foreign()
        if refusal is None:
            code = await sign_in.read_code(receive)
            refusal = None if code and self._codes.take(code) else refusals.wrong_code()
        return refusal or _admitted(scope) or refusals.signed_in(self._key.set_cookie)

    def _malformed(self, scope: Scope, headers: Headers) -> refusals.Refusal | None:
        """A request for another host, or one that servers may understand in different ways."""
        if headers.getlist("host") not in [[host] for host in self._key.hosts]:
            return refusals.wrong_host(self._key.port)
        if not scope.get("raw_path", b"/").startswith(b"/") or (
            "transfer-encoding" in headers and "content-length" in headers
        ):
            return refusals.malformed()
        return None

    def _refusal(self, scope: Scope, headers: Headers) -> refusals.Refusal | None:
        if refusal := self._malformed(scope, headers):
            return refusal
        if not self._is_ours(scope, headers):
            return refusals.foreign()
        bearer = _bearer(headers)
        if scope["type"] == "http" and scope["method"] not in SAFE and "origin" not in headers and bearer is None:
            return refusals.foreign()
        # A code is used up in any case, so that nobody who reads the address later can use it.
        has_code = self._has_code(scope)
        if not has_code and not self._has_token(scope, headers, bearer):
            return refusals.no_token()
        return None

    def _is_ours(self, scope: Scope, headers: Headers) -> bool:
        """Whether a request comes from our own page, from a person's address bar, or from a program."""
        if any(origin not in [f"http://{host}" for host in self._key.hosts] for origin in headers.getlist("origin")):
            return False
        site = headers.get("sec-fetch-site", "none")
        # The same site, but another port: a link somewhere may lead here, nothing else.
        follows_link = (
            site == "same-site"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest", "document") == "document"
        )
        return site in ("none", "same-origin") or (follows_link and scope.get("method") == "GET")

    def _has_token(self, scope: Scope, headers: Headers, bearer: str | None) -> bool:
        given = [bearer] if bearer is not None else []
        if scope["type"] == "websocket" or scope["method"] in ("GET", "HEAD"):
            given += [value for name, value in _query(scope) if name == TOKEN]
        given += _cookies(headers, self._key.cookie)
        right = [hmac.compare_digest(one.encode("utf-8", "replace"), self._key.token.encode()) for one in given]
        return any(right)

    def _has_code(self, scope: Scope) -> bool:
        """Whether the address holds a code."""
        if scope["type"] != "http" or scope["method"] != "GET" or _is_api(scope["path"]):
            return False
        return any(self._codes.take(value) for name, value in _query(scope) if name == CODE)

    def _to_page(self, scope: Scope, headers: Headers) -> refusals.Refusal | None:
        """Take the token, or the code, out of a page's address, and give the cookie."""
        query = _query(scope)
        if scope["method"] != "GET" or _is_api(scope["path"]) or not any(name in (TOKEN, CODE) for name, _ in query):
            return None
        left = urlencode([(name, value) for name, value in query if name not in (TOKEN, CODE)])
        path = "/" + scope.get("raw_path", b"/").decode("latin-1").lstrip("/\\")
        return refusals.moved(path + (f"?{left}" if left else ""), self._key.set_cookie)


def _admitted(scope: Scope) -> refusals.Refusal | None:
    """Tell the server that this connection is the user's; a refusal if there are too many."""
    admit = scope.get("extensions", {}).get(ADMIT)
    return refusals.too_many() if admit and not admit() else None


def _is_api(path: str) -> bool:
    return path == API or path.startswith(f"{API}/") or path == "/openapi.json"


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _cookies(headers: Headers, name: str) -> Iterable[str]:
    for line in headers.getlist("cookie"):
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(line)
        except CookieError:
            continue
        if name in jar:
            yield jar[name].value


def _not_json(headers: Headers) -> Any:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return None if kind == "application/json" else refusals.not_json()

"""Access to the web process: requests with the token or from a signed-in browser, and from no page but ours.

A page of somebody else can send requests to every port of this machine, and with a name that leads here even read the
answers. So the guard checks which host was asked, where the request comes from, and its credentials: the token, or the
cookie of a browser together with the page key. The cookie alone opens the files of the page, which contain no data.
"""

import json
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from session_buddy.web import credentials, refusals, sign_in
from session_buddy.web.body import Body, TooLargeError
from session_buddy.web.browser_sessions import BrowserSessions, SignedIn
from session_buddy.web.codes import Codes
from session_buddy.web.headers import with_headers
from session_buddy.web.server import ADMIT, PROLONG

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

    def set_cookie(self, value: str) -> str:
        return f"{self.cookie}={value}; HttpOnly; SameSite=Strict; Path=/"

    @property
    def link(self) -> str:
        """The address that opens the page, once for each browser; it is as good as a key."""
        return f"http://127.0.0.1:{self.port}/?{TOKEN}={self.token}"


class Guard:
    """Passes requests to `app` that have access, and rejects the others before anything of them is processed.

    Args:
        app: everything that the dashboard answers.
        files: the page's files only, for a browser that cannot send the page key yet.
        key: what opens this process.
        codes: one-time codes, each of which signs in one browser.
        sessions: the browsers that are signed in.
    """

    def __init__(self, app: ASGIApp, files: ASGIApp, key: Key, codes: Codes, sessions: BrowserSessions) -> None:
        self._app = app
        self._files = files
        self._key = key
        self._codes = codes
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        send = with_headers(send, self._key.hosts)
        headers = Headers(scope=scope)
        if sign_in.is_sign_in(scope):
            await refusals.answer(await self._sign_in(scope, headers, receive), scope, receive, send)
        elif refusal := self._malformed(scope, headers) or self._foreign(scope, headers):
            await refusals.answer(refusal, scope, receive, send)
        elif sign_in.is_key_request(scope):
            await self._give_key(scope, headers, receive, send)
        elif self._has_access(scope, headers):
            await self._pass_on(scope, headers, receive, send)
        else:
            await self._show_page(scope, headers, receive, send)

    async def _sign_in(self, scope: Scope, headers: Headers, receive: Receive) -> refusals.Refusal:
        """The answer to the page of a hand-over file: the cookie, if its code is valid."""
        refusal = self._malformed(scope, headers)
        if refusal is None and not sign_in.is_from_file(headers):
            refusal = refusals.foreign()
        if refusal is None:
            code = await sign_in.read_code(receive)
            refusal = None if code and self._codes.take(code) else refusals.wrong_code()
        if refusal := refusal or _admitted(scope):
            return refusal
        browser = self._new_session(headers)
        return refusals.signed_in(f"/{browser.fragment}", self._key.set_cookie(browser.cookie))

    async def _give_key(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Exchange the ticket of our page for the page key."""
        ticket = await sign_in.read_code(receive)
        key = self._sessions.exchange(self._cookies(headers), ticket) if ticket else None
        if refusal := _admitted(scope) if key else refusals.wrong_ticket():
            await refusals.answer(refusal, scope, receive, send)
            return
        await Response(json.dumps({"key": key}), media_type="application/json")(scope, receive, send)

    async def _pass_on(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Answer a request that has access."""
        refusal = _admitted(scope)
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

    async def _show_page(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Answer a request without access: with a file of the page if it has a cookie of ours."""
        if not self._sessions.is_known(self._cookies(headers)):
            await refusals.answer(refusals.no_token(), scope, receive, send)
        elif scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or _is_api(scope["path"]):
            await refusals.answer(refusals.no_key(), scope, receive, send)
        elif _opens_page(scope):
            # An old link, in a browser that is signed in: no reason for a new ticket.
            await refusals.answer(refusals.moved(_bare_address(scope), None), scope, receive, send)
        else:
            scope.get("extensions", {}).get(PROLONG, lambda: None)()
            await self._files(scope, receive, send)

    def _malformed(self, scope: Scope, headers: Headers) -> refusals.Refusal | None:
        """A request for another host, or one that servers may understand in different ways."""
        if headers.getlist("host") not in [[host] for host in self._key.hosts]:
            return refusals.wrong_host(self._key.port)
        if not scope.get("raw_path", b"/").startswith(b"/") or (
            "transfer-encoding" in headers and "content-length" in headers
        ):
            return refusals.malformed()
        return None

    def _foreign(self, scope: Scope, headers: Headers) -> refusals.Refusal | None:
        """A request that somebody else's page may have caused."""
        if not self._is_ours(scope, headers):
            return refusals.foreign()
        is_safe = scope["type"] == "websocket" or scope["method"] in SAFE
        if not is_safe and "origin" not in headers and credentials.bearer(headers) is None:
            return refusals.foreign()
        return None

    def _has_access(self, scope: Scope, headers: Headers) -> bool:
        # A code is used up in any case, so that nobody who reads the address later can use it.
        has_code = self._has_code(scope)
        cookies = self._cookies(headers)
        return (
            has_code
            or self._has_token(scope, headers, cookies)
            or self._sessions.has_access(cookies, credentials.keys(scope, headers))
        )

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

    def _has_token(self, scope: Scope, headers: Headers, cookies: list[str]) -> bool:
        bearer = credentials.bearer(headers)
        candidates = [*cookies] if bearer is None else [bearer, *cookies]
        if scope["type"] == "websocket" or scope["method"] in ("GET", "HEAD"):
            candidates += [value for name, value in credentials.query(scope) if name == TOKEN]
        return credentials.matches(candidates, self._key.token)

    def _has_code(self, scope: Scope) -> bool:
        """Whether the address holds a code."""
        if scope["type"] != "http" or scope["method"] != "GET" or _is_api(scope["path"]):
            return False
        return any(self._codes.take(value) for name, value in credentials.query(scope) if name == CODE)

    def _to_page(self, scope: Scope, headers: Headers) -> refusals.Refusal | None:
        """Take the token, or the code, out of a page's address, and sign in the browser."""
        if scope["method"] != "GET" or _is_api(scope["path"]) or not _opens_page(scope):
            return None
        browser = self._new_session(headers)
        return refusals.moved(_bare_address(scope) + browser.fragment, self._key.set_cookie(browser.cookie))

    def _new_session(self, headers: Headers) -> SignedIn:
        return self._sessions.sign_in(self._cookies(headers))

    def _cookies(self, headers: Headers) -> list[str]:
        return credentials.cookies(headers, self._key.cookie)


def _opens_page(scope: Scope) -> bool:
    """Whether the address contains a token or a code, right or wrong."""
    return any(name in (TOKEN, CODE) for name, _ in credentials.query(scope))


def _bare_address(scope: Scope) -> str:
    """The address without token and code."""
    left = urlencode([(name, value) for name, value in credentials.query(scope) if name not in (TOKEN, CODE)])
    raw_path: bytes = scope.get("raw_path", b"/")
    path = "/" + raw_path.decode("latin-1").lstrip("/\\")
    return path + (f"?{left}" if left else "")


def _admitted(scope: Scope) -> refusals.Refusal | None:
    """Tell the server that this connection is the user's; a refusal if there are too many."""
    admit = scope.get("extensions", {}).get(ADMIT)
    return refusals.too_many() if admit and not admit() else None


def _is_api(path: str) -> bool:
    return path == API or path.startswith(f"{API}/") or path == "/openapi.json"


def _not_json(headers: Headers) -> Any:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return None if kind == "application/json" else refusals.not_json()

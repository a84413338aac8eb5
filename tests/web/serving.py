"""A web server in this process, and what speaks with one: raw requests and sockets, as foreign pages can send them."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import wsproto
from wsproto import events

from session_buddy.bridge.client import Client
from session_buddy.errors import BuddyError
from session_buddy.settings import read
from session_buddy.web.app import build
from session_buddy.web.codes import Codes
from session_buddy.web.guard import Key
from session_buddy.web.handover import Handover
from session_buddy.web.hub_line import HubLine
from session_buddy.web.limits import Limits
from session_buddy.web.live import Live
from session_buddy.web.server import Config, Server
from tests.system.processes import LIMIT, eventually

TOKEN = "a-token-that-only-the-test-knows"


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class SignedIn(NamedTuple):
    """What a browser has after a sign-in: its cookies, and the key of the page."""

    cookies: dict[str, str]
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request of the page."""
        return self.cookies | {"Session-Buddy-Key": self.key}

    @property
    def protocols(self) -> list[str]:
        """The subprotocols of a WebSocket of the page."""
        return ["session-buddy", f"session-buddy.key.{self.key}"]


class Site:
    """A dashboard at a port. Requests carry nothing by themselves but a Host header and, if wanted, the token."""

    def __init__(self, port: int, token: str = TOKEN) -> None:
        self.port, self.token = port, token
        self.soon: Callable[..., Any] = print

    @classmethod
    def of(cls, url: str) -> "Site":
        """The site that a link leads to."""
        address, _, token = url.partition("/?token=")
        return cls(int(address.rpartition(":")[2]), token)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Reply:
        """Send exactly this, without the token."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        try:
            line.request(method, path, body, headers or {})
            found = line.getresponse()
            told = {name.lower(): value for name, value in found.getheaders()}
            return Reply(found.status, told, found.read())
        finally:
            line.close()

    def sign_in(self) -> SignedIn:
        """Open the link, as a browser does."""
        found = self.send("GET", f"/?token={self.token}")
        return self.exchange(found.headers["set-cookie"], found.headers["location"])

    def exchange(self, set_cookie: str, address: str) -> SignedIn:
        """Exchange the ticket of an address for the key, as the page does."""
        cookies = {"Cookie": set_cookie.partition(";")[0]}
        found = self.send_ticket(address.partition("#sign-in=")[2], cookies)
        assert found.status == 200, found.body
        return SignedIn(cookies, found.json["key"])

    def send_ticket(self, ticket: str, headers: dict[str, str]) -> Reply:
        page = {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
        return self.send("POST", "/api/key", page | headers, f"code={ticket}".encode())

    def ask(self, method: str, path: str, given: Any = None, **headers: str) -> Reply:
        """Send this as a script that has the token."""
        body = None if given is None else json.dumps(given).encode()
        kind = {"Content-Type": "application/json"} if body is not None else {}
        return self.send(method, path, {"Authorization": f"Bearer {self.token}"} | kind | headers, body)

    def get(self, path: str) -> Any:
        """What a reading route answers."""
        found = self.ask("GET", path)
        assert found.status == 200, (path, found.status, found.body)
        return found.json

    def post(self, path: str, given: Any = None, **headers: str) -> Any:
        found = self.ask("POST", path, given, **headers)
        assert found.status == 200, (path, found.status, found.body)
        return found.json


class Page:
    """A WebSocket of a page. `status` is not 101 where it was refused."""

    def __init__(
        self,
        site: Site,
        path: str = "/api/events",
        headers: dict[str, str] | None = None,
        protocols: Sequence[str] = (),
    ) -> None:
        self._line = socket.create_connection(("127.0.0.1", site.port), timeout=LIMIT)
        self._wire = wsproto.WSConnection(wsproto.ConnectionType.CLIENT)
        given = {"Authorization": f"Bearer {site.token}"} if headers is None else headers
        host = given.get("Host", f"127.0.0.1:{site.port}")
        extra = [(name.encode(), value.encode()) for name, value in given.items() if name != "Host"]
        self._line.sendall(self._wire.send(events.Request(host, path, extra_headers=extra, subprotocols=[*protocols])))
        self._texts: list[str] = []
        self.status = self.closed = 0
        self.protocol: str | None = None
        while not self.status:
            self._take()

    def __enter__(self) -> "Page":
        return self

    def __exit__(self, *exception: object) -> None:
        self._line.close()

    def next(self) -> dict[str, Any]:
        """The next event that the page is told."""
        while not self._texts:
            self._take()
        found: dict[str, Any] = json.loads(self._texts.pop(0))
        return found

    def refusal(self) -> int:
        """The code with which the server closes."""
        while not self.closed:
            self._take()
        return self.closed

    def until(self, kind: str) -> list[dict[str, Any]]:
        """The events up to the first of this kind."""
        found = [self.next()]
        while found[-1]["kind"] != kind:
            found.append(self.next())
        return found

    def _take(self) -> None:
        data = self._line.recv(65_536)
        self._wire.receive_data(data or None)
        for event in self._wire.events():
            if isinstance(event, events.AcceptConnection):
                self.status, self.protocol = 101, event.subprotocol
            elif isinstance(event, events.RejectConnection):
                self.status = event.status_code
            elif isinstance(event, events.TextMessage):
                self._parts = [*getattr(self, "_parts", []), event.data]
                if event.message_finished:
                    self._texts.append("".join(self._parts))
                    self._parts = []
            elif isinstance(event, events.CloseConnection):
                self.closed = event.code
            elif isinstance(event, events.Ping):
                self._line.sendall(self._wire.send(event.response()))
        assert data, "the server has closed the connection"


@contextmanager
def served(folder: Path, live: Live | None = None, limits: Limits | None = None) -> Iterator[Site]:
    """A site in this process, over a store in the folder; a hub starts only when something is asked of it."""
    folder.mkdir(exist_ok=True)
    environment = {"SESSION_BUDDY_PROJECT": str(folder), "HOME": str(folder)}
    listener = socket.create_server(("127.0.0.1", 0))
    key = Key(listener.getsockname()[1], TOKEN)
    settings = read(environment)
    hub = HubLine(settings)
    codes = Codes()
    handover = Handover(codes, key.sign_in, [str(folder / "handover")])
    server = Server(Config(build(hub, live or Live(), key, handover), limits or Limits()))
    site = Site(key.port)

    async def serve() -> None:
        site.soon = asyncio.get_running_loop().call_soon_threadsafe
        await server.serve([listener])
        codes.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    try:
        eventually(lambda: server.started)
        yield site
    finally:
        server.should_exit = True
        thread.join(LIMIT)
        hub.close()
        listener.close()
        with suppress(BuddyError), Client(settings, start=None) as client:
            client.ask("stop")

"""Connections of strangers, slow clients and many pages, over real sockets."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.web.limits import MAX_ADMITTED, MAX_STRANGERS, Limits
from tests.system.processes import eventually
from tests.web.serving import Page, Site, served


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def site(tmp_path: Path, limits: Limits) -> Iterator[Site]:
    with served(tmp_path / "project", limits=limits) as found:
        yield found


@pytest.fixture
def hurried(tmp_path: Path) -> Iterator[tuple[Site, Limits]]:
    """A site that waits for nobody."""
    limits = Limits(admission_seconds=0.05, read_seconds=0.05)
    with served(tmp_path / "project", limits=limits) as found:
        yield found, limits


def connect(site: Site, receive_buffer: int | None = None) -> socket.socket:
    line = socket.socket()
    line.settimeout(30)
    if receive_buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    line.connect(("127.0.0.1", site.port))
    return line


def head(site: Site, path: str = "/openapi.json", *more: str, method: str = "GET") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{site.port}", f"Authorization: Bearer {site.token}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def rest_of(line: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    found = b""
    try:
        while part := line.recv(65_536):
            found += part
    except ConnectionError:
        pass
    return found


PARTS = {
    "nothing": b"",
    "a part of a line": b"GET / HT",
    "a part of a head": b"GET / HTTP/1.1\r\nHost: ",
    "a head without end": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100,
    "line ends only": b"\r\n" * 50,
    "a socket without token": b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "a refused request": b"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
    "a refused body": b"POST /api/link HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 99999\r\n\r\nx",
    "a sign-in without body": b"POST /open HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 9\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nx",
}


@pytest.mark.parametrize("sent", PARTS.values(), ids=PARTS)
def test_a_stranger_is_disconnected_in_time(hurried: tuple[Site, Limits], sent: bytes) -> None:
    site, limits = hurried
    with connect(site) as line:
        line.sendall(sent.replace(b"{port}", str(site.port).encode()))
        rest_of(line)
    eventually(lambda: limits.strangers == 0)


def test_after_an_answer_the_next_head_must_come_in_time(hurried: tuple[Site, Limits]) -> None:
    site, limits = hurried
    with connect(site) as line:
        line.sendall(head(site) + b"GET / HTTP/1.1\r\nHos")
        assert rest_of(line).startswith(b"HTTP/1.1 200")
    eventually(lambda: limits.admitted == 0)


def test_who_does_not_read_is_disconnected(hurried: tuple[Site, Limits]) -> None:
    site, limits = hurried
    with connect(site, receive_buffer=4096) as line:
        with contextlib.suppress(ConnectionError):
            for _ in range(2_000):
                line.sendall(head(site))
        eventually(lambda: limits.admitted == 0 and limits.strangers == 0)


def test_a_page_stays_connected_beyond_the_time_limit(hurried: tuple[Site, Limits]) -> None:
    site, limits = hurried
    with Page(site) as page:
        assert page.next()["kind"] == "hello"
        with connect(site) as stranger:
            rest_of(stranger)  # by now, a stranger's time is over
        assert limits.admitted == 1
        site.send("GET", "/")
        assert limits.admitted == 1


@pytest.mark.parametrize("sent", [b"", PARTS["a part of a head"], b"x" * 10_000], ids=["idle", "partial", "garbage"])
def test_hundreds_of_strangers_keep_nobody_out(site: Site, limits: Limits, sent: bytes) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            line = stack.enter_context(connect(site))
            with contextlib.suppress(ConnectionError):
                line.sendall(sent)
        assert limits.strangers <= MAX_STRANGERS
        assert site.get("/openapi.json")["info"]["title"] == "session_buddy"
        with Page(site) as page:
            assert page.next()["kind"] == "hello"


def test_many_pages_are_served(site: Site, limits: Limits) -> None:
    with contextlib.ExitStack() as stack:
        pages = [stack.enter_context(Page(site)) for _ in range(MAX_ADMITTED - 20)]
        assert [page.next()["kind"] for page in pages] == ["hello"] * len(pages)
        assert site.get("/openapi.json")
        assert limits.admitted >= len(pages)


def test_too_many_pages_are_refused_in_words(site: Site, limits: Limits) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(MAX_ADMITTED):
            stack.enter_context(Page(site))
        with Page(site) as page:
            assert page.status == 503
        found = site.ask("GET", "/openapi.json")
        assert (found.status, "Close some" in found.json["error"]) == (503, True)
    eventually(lambda: limits.admitted == 0)
    assert site.ask("GET", "/openapi.json").status == 200


@pytest.mark.parametrize(
    "more", [["Content-Length: 5", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Content-Length: 0"]]
)
def test_a_length_that_is_stated_twice_is_refused(site: Site, more: list[str]) -> None:
    with connect(site) as line:
        line.sendall(head(site, "/api/link", *more, "Connection: close", method="POST") + b"0\r\n\r\n")
        assert rest_of(line).split()[1] == b"400"


@pytest.mark.parametrize(
    "target", ["http://evil.example/api/link", "http://127.0.0.1/", "*", "evil.example:80", "api/link", "\\api"]
)
def test_a_target_that_is_no_path_is_refused(site: Site, target: str) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        with connect(site) as line:
            line.sendall(head(site, target, "Connection: close", method=method))
            assert rest_of(line).split()[1] in (b"400", b"403")


@pytest.mark.parametrize("lines", ["GET / HTTP/1.0", "GET / HTTP/1.0\r\nHost: evil.example", "GET /", "GET / HTTP/9.9"])
def test_old_and_strange_versions_are_refused(site: Site, lines: str) -> None:
    with connect(site) as line:
        line.sendall(f"{lines}\r\nAuthorization: Bearer {site.token}\r\n\r\n".encode())
        assert rest_of(line).split()[1] in (b"400", b"403")


def test_a_head_that_is_too_long_is_refused(site: Site) -> None:
    with connect(site) as line:
        with contextlib.suppress(ConnectionError):
            line.sendall(head(site, "/", "X: " + "y" * 300_000))
        assert rest_of(line)[:12] in (b"HTTP/1.1 400", b"")


def test_messages_of_a_page_are_not_compressed(site: Site) -> None:
    with connect(site) as line:
        upgrade = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                   "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                   "Sec-WebSocket-Extensions: permessage-deflate"]  # fmt: skip
        line.sendall(head(site, "/api/events", *upgrade))
        answer = line.recv(65_536).lower()
    assert answer.startswith(b"http/1.1 101")
    assert b"permessage-deflate" not in answer

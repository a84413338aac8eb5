"""Connections that have not authenticated, over real sockets: their data, their time and their number."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from session_buddy.hub.admission import ACCEPT_BATCH, MAX_GREETING, MAX_WAITING, Admission
from session_buddy.hub.peers import Hello

TOKEN = "the token"
HELLO = {"hello": 1, "program": "1", "token": TOKEN, "role": "control", "connection": "c", "project": "/p"}
LONGEST_LINE = 4 * 1024 * 1024


def greeting(**changes: object) -> bytes:
    return json.dumps(HELLO | changes).encode() + b"\n"


class Listener:
    """A listener in a thread. An admitted connection gets its first line after the greeting back."""

    def __init__(self, path: Path | None, seconds: float) -> None:
        self._path, self._seconds = path, seconds
        self._started = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        self._started.wait()

    async def _run(self) -> None:
        self.loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self.admission = Admission(TOKEN, self._admitted, LONGEST_LINE, self._seconds)
        if self._path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(str(self._path))
        else:
            self.listener = socket.create_server(("127.0.0.1", 0))
        server = await self.loop.create_server(self.admission.protocol, sock=self.listener, backlog=ACCEPT_BATCH)
        self.listener.listen(256)
        self.address = self.listener.getsockname()
        self._started.set()
        await self._end.wait()
        server.close()
        self.admission.close()
        await asyncio.gather(*self._tasks)

    def _admitted(self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.create_task(self._echo(reader, writer)))

    async def _echo(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(await reader.readline())
            await writer.drain()
        writer.close()

    def connect(self) -> socket.socket:
        line = socket.socket(socket.AF_UNIX if self._path else socket.AF_INET)
        line.settimeout(30)
        line.connect(self.address)
        return line

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._end.set)
        self._thread.join()


Listen = Callable[..., Listener]


@pytest.fixture(params=["tcp", "unix"])
def listen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listen]:
    started: list[tuple[Listener, Path | None]] = []

    def start(seconds: float = 30.0) -> Listener:
        path = Path(f"/tmp/admission-{os.getpid()}-{len(started)}") if request.param == "unix" else None
        started.append((Listener(path, seconds), path))
        return started[-1][0]

    yield start
    for listener, path in started:
        listener.stop()
        if path:
            path.unlink()


def is_closed(line: socket.socket) -> bool:
    """Wait until the other end closes the connection."""
    try:
        return line.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("size", [3, 500_000, LONGEST_LINE - 10])
def test_after_the_greeting_long_lines_are_read(listen: Listen, size: int) -> None:
    with listen().connect() as line, line.makefile("rb") as lines:
        sent = b"x" * size + b"\n"
        line.sendall(greeting() + sent)
        assert lines.readline() == sent


def test_a_greeting_may_come_in_pieces(listen: Listen) -> None:
    with listen().connect() as line, line.makefile("rb") as lines:
        for byte in greeting():
            line.sendall(bytes([byte]))
        line.sendall(b"after\n")
        assert lines.readline() == b"after\n"


@pytest.mark.parametrize(
    "sent",
    [
        greeting(token="another"),
        greeting(token="the tokeN"),
        greeting(token=None),
        greeting(token="\ud800"),
        greeting(resent=["x" * MAX_GREETING]),
        b"\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"[" * 60_000 + b"\n",
        b"\x00\xff" * 1_000 + b"\n",
        b"x" * (MAX_GREETING + 1),
    ],
    ids=range(10),
)
def test_a_connection_without_the_token_is_closed(listen: Listen, sent: bytes) -> None:
    with listen().connect() as line:
        with contextlib.suppress(ConnectionError):
            line.sendall(sent)
        assert is_closed(line)


def test_of_a_stranger_no_more_than_a_greeting_is_read(listen: Listen) -> None:
    with listen().connect() as line, pytest.raises(ConnectionError):
        line.sendall(b"x" * 100_000_000)


@pytest.mark.parametrize("sent", [b"", greeting()[:-1]])
def test_a_connection_without_a_greeting_is_closed_in_time(listen: Listen, sent: bytes) -> None:
    listener = listen(seconds=0.05)
    with listener.connect() as line:
        line.sendall(sent)
        assert is_closed(line)
    assert listener.admission.waiting == 0


def test_an_authenticated_connection_has_no_time_limit(listen: Listen) -> None:
    listener = listen(seconds=0.05)
    with listener.connect() as line, listener.connect() as stranger, line.makefile("rb") as lines:
        line.sendall(greeting())
        assert is_closed(stranger)
        line.sendall(b"later\n")
        assert lines.readline() == b"later\n"


def test_the_oldest_strangers_make_room(listen: Listen) -> None:
    listener = listen()
    with contextlib.ExitStack() as stack:
        strangers = [stack.enter_context(listener.connect()) for _ in range(MAX_WAITING + 5)]
        assert all(is_closed(line) for line in strangers[:5])
        assert listener.admission.waiting == MAX_WAITING
        strangers[-1].sendall(greeting() + b"still\n")
        assert strangers[-1].recv(10) == b"still\n"


def test_a_flood_keeps_no_program_of_the_user_out(listen: Listen) -> None:
    listener = listen()
    with contextlib.ExitStack() as stack:
        for number in range(400):
            stack.enter_context(listener.connect())
            if number % 100 == 99:
                line = stack.enter_context(listener.connect())
                line.sendall(greeting() + b"served\n")
                assert line.recv(10) == b"served\n"
        assert listener.admission.waiting <= MAX_WAITING


def test_authenticated_connections_are_not_counted(listen: Listen) -> None:
    listener = listen()
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(listener.connect()) for _ in range(3 * MAX_WAITING)]
        for line in lines[-MAX_WAITING:]:
            line.sendall(greeting())
        more = [stack.enter_context(listener.connect()) for _ in range(MAX_WAITING + 1)]
        assert is_closed(more[0])
        for line in lines[-MAX_WAITING:]:
            line.sendall(b"here\n")
            assert line.recv(10) == b"here\n"


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="the system does not name the user of a connection")
@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root, for becoming another user")
def test_another_user_is_refused_at_a_socket_even_with_the_token() -> None:
    path = Path(f"/tmp/admission-{os.getpid()}-other")
    listener = Listener(path, 30.0)
    path.chmod(0o666)
    program = (
        "import os, socket, sys; os.setgid(65534); os.setuid(65534); line = socket.socket(socket.AF_UNIX);"
        "line.connect(sys.argv[1])\n"
        "try: line.sendall(sys.argv[2].encode() + b'\\nserved\\n'); print(line.recv(10))\n"
        "except ConnectionError: print(b'')\n"
    )
    try:
        arguments = [sys.executable, "-c", program, str(path), greeting().decode().strip()]
        done = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=30)
        assert done.stdout.strip() == "b''"
    finally:
        listener.stop()
        path.unlink()

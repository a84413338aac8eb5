"""Real processes of session_buddy, for tests: windows that speak raw JSON-RPC, commands, and the hub behind them."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil

from session_buddy.bridge.lock import is_held
from session_buddy.bridge.place import Place as StorePlace
from session_buddy.bridge.place import prepare
from session_buddy.common.store_registry import store_key
from session_buddy.project import user_data_folder
from session_buddy.store.checking import whole

COMMAND = str(Path(sys.executable).parent / "session-buddy")
LIMIT = 30.0

Found = TypeVar("Found")


class Place:
    """A project, its store, and the environment of the processes in it."""

    def __init__(self, project: Path, environment: dict[str, str]) -> None:
        self.project = project
        self.store = project / ".session-buddy" / "session_buddy.duckdb"
        self.environment = environment | {"SESSION_BUDDY_PROJECT": str(project)}

    def with_variables(self, **variables: str) -> "Place":
        """The same place for processes with other variables."""
        changed = Place(self.project, self.environment | variables)
        changed.store = self.store
        return changed

    @property
    def address(self) -> Path:
        return Path(f"{self.store}.hub")

    @property
    def data_folder(self) -> Path:
        """The user's data folder in these processes."""
        return Path(user_data_folder(self.environment))

    def hub_pid(self) -> int:
        """The hub's PID, once there is one."""
        return int(eventually(self._read_pid))

    def hub_runs(self) -> bool:
        return is_held(f"{self.store}.lock")

    def _read_pid(self) -> int | None:
        if not self.hub_runs():
            return None
        try:
            return int(json.loads(self.address.read_text(encoding="utf-8"))["pid"])
        except (OSError, ValueError):
            return None


def new_place(project: Path) -> Place:
    """A project of its own, with the environment that processes of ours are started with."""
    project.mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SESSION_BUDDY", "CLAUDE"))}
    own = {
        "SESSION_BUDDY_LINGER": "1",
        "SESSION_BUDDY_EMBEDDER": "off",
        "SESSION_BUDDY_CATALOGUE": "off",
    }
    return Place(project, kept | own)


def own_folder(place: Place) -> None:
    """Make the folder of the place's store as this user's program makes it: empty and registered."""
    prepare(StorePlace(str(place.store)), str(place.data_folder))


def put_own_store(place: Place, store: Path) -> None:
    """Put a copy of a store into the place, as if this user's program had written it there."""
    own_folder(place)
    shutil.copy(store, place.store)
    with whole(str(place.store), store_key(str(place.store), str(place.data_folder))):
        pass


class Window:
    """One window of an assistant: a bridge process, spoken to line by line."""

    def __init__(
        self, place: Place, arguments: list[str] | None = None, cwd: Path | None = None, program: str = COMMAND
    ) -> None:
        self.process = subprocess.Popen(
            [program, *(arguments or [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,  # small: nothing is logged to it but problems
            env=place.environment,
            cwd=cwd or place.project,
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._waiting: dict[Any, dict[str, Any]] = {}
        self.notifications: list[dict[str, Any]] = []
        self._number = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> int:
        """Close stdin as an assistant does that ends, and return the exit code."""
        assert self.process.stdin
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        return self._wait()

    def kill(self) -> None:
        self.process.kill()
        self._wait()

    def _wait(self) -> int:
        code = self.process.wait(LIMIT)
        self._reader.join(LIMIT)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream
            try:
                stream.close()
            except BrokenPipeError:
                pass
        return code

    def initialize(self, version: str = "2025-11-25") -> dict[str, Any]:
        """The handshake; returns the server's part of it."""
        client = {"name": "test", "version": "1"}
        params = {"protocolVersion": version, "capabilities": {}, "clientInfo": client}
        reply = self.request("initialize", params)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return reply

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The result of a tool call, which must not be a protocol error."""
        reply = self.request("tools/call", {"name": tool, "arguments": arguments})
        assert "result" in reply, reply
        result: dict[str, Any] = reply["result"]
        return result

    def track(self, skill: str = "debugging", query: str | None = None) -> str:
        """Track a skill and return the invocation's id."""
        given = {"skill_name": skill} | ({"user_query": query} if query else {})
        result = self.call("track_skill", **given)
        assert not result.get("isError"), result
        return str(result["structuredContent"]["invocation_id"])

    def request(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.answer(self.ask(method, params))

    def ask(self, method: str, params: dict[str, Any] | None = None) -> int:
        """Send a request without waiting, and return its id."""
        self._number += 1
        self.send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params or {}})
        return self._number

    def send(self, message: dict[str, Any]) -> None:
        self.send_bytes(json.dumps(message).encode() + b"\n")

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def answer(self, request_id: Any, limit: float = LIMIT) -> dict[str, Any]:
        """The answer to a request; other messages are kept."""
        deadline = time.monotonic() + limit
        while request_id not in self._waiting:
            message = self.next_message(deadline - time.monotonic())
            if "method" in message:
                self.notifications.append(message)
            else:
                assert message.get("id") not in self._waiting, f"answered twice: {message}"
                self._waiting[message.get("id")] = message
        return self._waiting.pop(request_id)

    def next_message(self, limit: float = LIMIT) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._lines.get(timeout=max(0.01, limit)))
        return message

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line)


def run(place: Place, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=place.environment,
        cwd=place.project,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


def exported(place: Place) -> list[dict[str, Any]]:
    """All invocations in the store."""
    done = run(place, "export")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line for line in lines if "skill" not in line]


def eventually(condition: Callable[[], Found | None], limit: float = LIMIT) -> Found:
    """Wait until the condition holds, and return what it gave."""
    return until(condition, bool, limit)  # type: ignore[return-value]


def until(get: Callable[[], Found], accept: Callable[[Found], object], limit: float = LIMIT) -> Found:
    """Ask again until the answer is accepted, and return it."""
    deadline = time.monotonic() + limit
    while not accept(found := get()):
        assert time.monotonic() < deadline, f"not accepted within {limit} seconds: {found}"
        threading.Event().wait(0.01)
    return found


def processes_of(place: Place) -> list[psutil.Process]:
    """Every process of ours that was started for this store: hubs and their workers."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SESSION_BUDDY_STORE") == str(place.store) and process.pid != os.getpid():
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def running(place: Place, module: str) -> list[psutil.Process]:
    """The processes for this store that run the module, without those that end while they are looked at."""
    found = []
    for process in processes_of(place):
        try:
            if module in process.cmdline():
                found.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def leave_no_hub(place: Place) -> None:
    """End what a test left behind, without asking it."""
    for process in processes_of(place):
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            pass
    eventually(lambda: not place.hub_runs())


def can_be_opened_by_others(place: Place) -> bool:
    """Whether a second process may open the store."""
    program = "import duckdb, sys; duckdb.connect(sys.argv[1], read_only=True)"
    done = subprocess.run([sys.executable, "-c", program, str(place.store)], capture_output=True, check=False)
    return done.returncode == 0

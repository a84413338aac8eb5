"""What the benchmarks share: a store of their own, a client that speaks raw lines, and the table they print."""

import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from session_buddy.bridge.lock import is_held

COMMAND = [str(Path(sys.executable).parent / "session-buddy")]
BARE = [sys.executable, str(Path(__file__).with_name("bare_server.py"))]
BARE_TOOL = "nothing"
LIMIT = 60.0

# A program installed in the usual way has its bytecode on disk; these would make every start compile it anew.
_LEFT_OUT = ("SESSION_BUDDY", "CLAUDE", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH")


class Place:
    """A project with a store of its own, and the environment for the processes in it."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.store = folder / "session_buddy.duckdb"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
        own = {"SESSION_BUDDY_STORE": str(self.store), "SESSION_BUDDY_PROJECT": str(folder / "project")}
        self.environment = kept | own | {f"SESSION_BUDDY_{name}": value for name, value in variables.items()}

    def with_variables(self, **variables: str) -> "Place":
        """The same place, for processes with other settings (`EMBEDDER`, `LINGER`, ...)."""
        changed = Place(self.folder)
        changed.environment = self.environment | {f"SESSION_BUDDY_{name}": value for name, value in variables.items()}
        return changed

    def window(self) -> "Line":
        """A bridge, as an assistant would start it; not yet initialized."""
        return Line(COMMAND, self.environment)

    def command(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [*COMMAND, *arguments], env=self.environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise RuntimeError(f"session-buddy {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def exported(self) -> list[dict[str, Any]]:
        """All invocations in the store."""
        lines = [json.loads(line) for line in self.command("export").splitlines()]
        return [line for line in lines if "skill" not in line]

    def status(self) -> dict[str, Any]:
        """What `hub status --json` says."""
        found: dict[str, Any] = json.loads(self.command("hub", "status", "--json"))
        return found

    def hub_pid(self) -> int | None:
        """The PID of the living hub, or None."""
        if not is_held(f"{self.store}.lock"):
            return None
        try:
            return int(json.loads(Path(f"{self.store}.hub").read_text(encoding="utf-8"))["pid"])
        except (OSError, ValueError):
            return None

    def processes(self) -> list[psutil.Process]:
        """Every process that was started for this store: bridges, hubs, their workers."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                own = process.environ().get("SESSION_BUDDY_STORE") == str(self.store)
                if own and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def stop_hub(self) -> None:
        """Stop the hub, if one is running, and wait until it has left."""
        self.command("hub", "stop")

    def end(self) -> None:
        """Leave nothing running."""
        with contextlib.suppress(RuntimeError):
            self.stop_hub()
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


@contextlib.contextmanager
def fresh_place(**variables: str) -> Iterator[Place]:
    """A place that is gone, with all its processes, when the context ends. `variables` are settings without their
    prefix; embedding is off unless EMBEDDER says otherwise, and what the developer has installed
    is not looked at."""
    folder = Path(tempfile.mkdtemp(prefix="session-buddy-benchmark-"))
    (folder / "project").mkdir()
    place = Place(folder, **{"EMBEDDER": "off", "CATALOGUE": "off"} | variables)
    try:
        yield place
    finally:
        place.end()
        shutil.rmtree(folder, ignore_errors=True)


class Line:
    """A stdio server, spoken to in raw lines over its pipes: no client library stands between it and the clock."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        assert self.process.stdin
        assert self.process.stdout
        self._in, self._out = self.process.stdin, self.process.stdout
        self._number = 0

    def __enter__(self) -> "Line":
        self.initialize()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def initialize(self) -> float:
        """The handshake; returns the seconds from the start of the process to the reply."""
        client = {"name": "benchmark", "version": "1"}
        params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}
        self.request("initialize", params)
        replied = time.perf_counter()
        self._in.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        self._in.flush()
        return replied - self.started

    def request(self, method: str, params: dict[str, Any] | None = None) -> tuple[float, dict[str, Any]]:
        """(seconds from sending to the reply, the reply)."""
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params or {}}
        data = json.dumps(message).encode() + b"\n"
        begun = time.perf_counter()
        self._in.write(data)
        self._in.flush()
        while line := self._out.readline():
            seconds = time.perf_counter() - begun
            reply: dict[str, Any] = json.loads(line)
            if reply.get("id") == self._number and "method" not in reply:
                return seconds, reply
        raise RuntimeError(f"The server ended before it answered {method}.")

    def call(self, tool: str, **arguments: Any) -> tuple[float, dict[str, Any]]:
        """(seconds, the result of a tool call), which is a tool error if `isError` says so.

        Raises:
            RuntimeError: the call was answered by a protocol error.
        """
        seconds, reply = self.request("tools/call", {"name": tool, "arguments": arguments})
        if "result" not in reply:
            raise RuntimeError(f"{tool}: {reply}")
        return seconds, reply["result"]

    def ask(self, tool: str, **arguments: Any) -> tuple[float, dict[str, Any]]:
        """(seconds, the structured content of a tool call that must succeed)."""
        seconds, result = self.call(tool, **arguments)
        if result.get("isError"):
            raise RuntimeError(f"{tool}: {result}")
        return seconds, result.get("structuredContent", {})

    def close(self) -> None:
        """Close stdin as an assistant does that ends, and wait for the process."""
        with contextlib.suppress(BrokenPipeError):
            self._in.close()
        self.process.wait(LIMIT)
        self._out.close()


def bare_server() -> Line:
    """The bare server of the SDK; not yet initialized."""
    return Line(BARE, Place(Path()).environment)


def import_demo(place: Place) -> None:
    """Import the demo's history, about 200 invocations, through a hub of its own that gives them no vectors."""
    importing = place.with_variables(EMBEDDER="off")
    with resources.as_file(resources.files("session_buddy.demo") / "history.jsonl") as path:
        importing.command("import", str(path))
    importing.stop_hub()


def wait_until_ready(place: Place) -> None:
    """Wait until the model is loaded and every text has its vector."""
    place.command("recommend", "--wait-for-model", "warm up")


def best_of_three(samples: Sequence[float]) -> float:
    """The samples in three runs, one after the other, and the lowest of their medians."""
    size = max(1, len(samples) // 3)
    runs = [samples[start : start + size] for start in range(0, len(samples) - size + 1, size)]
    return min(median(run) for run in runs)


def ms(seconds: float) -> str:
    return f"{1000 * seconds:,.{1 if seconds < 0.1 else 0}f} ms"


def megabytes(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"


class Report:
    """The table of one claim."""

    HEAD = ("measured", "median", "best of three", "ratio", "bar")

    def __init__(self, claim: str) -> None:
        self._claim = claim
        self._rows: list[tuple[str, ...]] = []
        self._notes: list[str] = []
        self._all_met = True

    def row(self, what: str, figure: str, best: str = "", ratio: str = "", bar: str = "") -> None:
        self._rows.append((what, figure, best, ratio, bar))

    def times(self, what: str, samples: Sequence[float], ratio: str = "", bar: str = "") -> None:
        """A row for durations in seconds."""
        best = ms(best_of_three(samples)) if len(samples) > 1 else ""
        self.row(what, ms(median(samples)), best, ratio, bar)

    def note(self, text: str) -> None:
        self._notes.append(text)

    def bar(self, value: float, sign: str, limit: float, unit: str = "") -> str:
        """Whether `value` is at most (≤) or at least (≥) the limit, in words."""
        met = value <= limit if sign == "≤" else value >= limit
        self._all_met &= met
        return f"{sign} {limit:g}{unit and ' ' + unit}: {'met' if met else 'NOT met'}"

    def finish(self) -> int:
        """Print everything; returns the exit code: 0 when every bar is met."""
        widths = [max(len(row[column]) for row in [self.HEAD, *self._rows]) for column in range(len(self.HEAD))]
        print(f"### {self._claim}\n\n{machine()}\n")
        print(_line(self.HEAD, widths))
        print(
            "|" + "|".join(f"{'-' * (width + 1)}{':' if column else '-'}" for column, width in enumerate(widths)) + "|"
        )
        for row in self._rows:
            print(_line(row, widths))
        print("".join(f"\n{note}\n" for note in self._notes), flush=True)
        return 0 if self._all_met else 1


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return f"| {' | '.join(padded)} |"


def machine() -> str:
    """One line about where this was measured."""
    return f"{_cpu()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def _cpu() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()

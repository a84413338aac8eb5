"""Asking a reading process, and starting another when the damage has ended it."""

import json
import os
import subprocess
import threading
from types import TracebackType
from typing import Any

from session_buddy.common import child_process
from session_buddy.errors import BuddyError
from session_buddy.settings import child_environment

LIMIT_BYTES = "1GB"
_ADDRESS_SPACE = 8 * 1024**3
_SECONDS = 120.0


class UnreadableError(BuddyError):
    """DuckDB could not read this; the message is DuckDB's."""


class Reading:
    """A copy of a store, read by processes of its own. Use it as a context manager."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Reading":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def ask(self, request: dict[str, Any]) -> Any:
        """The answer to a request.

        Raises:
            UnreadableError: DuckDB refused, crashed, or took more than two minutes.
        """
        if self._process is None:
            self._start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        except OSError:
            self._end()
            raise UnreadableError("the reading process has ended") from None
        return self._reply()

    def _start(self) -> None:
        self._process = child_process.start(
            [*child_process.PROGRAM, "session_buddy.store.recovery.reader", os.path.abspath(self._path)],
            child_environment({}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._reply(opening=True)

    def _reply(self, opening: bool = False) -> Any:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        watch = threading.Timer(_SECONDS, process.kill)
        watch.start()
        try:
            line = process.stdout.readline()
        finally:
            watch.cancel()
        reply = json.loads(line) if line.endswith("\n") else {"error": "DuckDB crashed on the damaged data"}
        if "error" in reply:
            # After an error DuckDB may refuse everything else, so only a known harmless one keeps the process.
            if opening or not line.endswith("\n") or "invalidated" in reply["error"]:
                self._end()
            raise UnreadableError(reply["error"])
        return reply["answer"]

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                try:
                    stream.close()
                except OSError:
                    pass  # what was still to be written no longer matters


def limit_memory() -> None:
    """Keep a reading process from taking the whole machine when a damaged length is read."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

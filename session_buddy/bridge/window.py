"""What runs when an assistant starts `session-buddy`: one window's bridge."""

import os
import select
import sys
from collections.abc import Callable
from typing import Any

from session_buddy.bridge import starter
from session_buddy.bridge.carrier import Carrier
from session_buddy.bridge.door import HubLine, Start, hello, open_line
from session_buddy.errors import SettingsError
from session_buddy.settings import LOG_LEVELS, Settings, read, started_by_assistants_shell

LONGEST_LOG_LINE = 1000


def run(start: Start = starter.start, store: str | None = None) -> int:
    """Carry between stdin/stdout and the hub until stdin closes. Settings that are not allowed do not end the
    process: every request is answered with the reason, which an assistant can show."""
    connection = os.urandom(16).hex()
    # Looked at once: a parent that ends leaves no trace.
    from_shell = started_by_assistants_shell()
    try:
        settings = read(store=store)
        log = stderr_log(settings.log)
    except SettingsError as error:
        return _refuse(error)

    def connect(resent: list[Any], hold_back: float) -> HubLine:
        line = open_line(settings, hello(settings, "mcp", connection, resent, from_shell), start, hold_back)
        _tell_differences(settings, line, log)
        return line

    Carrier(connect, sys.stdin.buffer, sys.stdout.buffer, log).run()
    return 0


def stderr_log(level: str) -> Callable[[str, str], None]:
    """A log to stderr of what is at least as serious as `level`. A line that would have to wait, because nobody
    reads stderr, is dropped: an assistant that ignores it must not stop the carrying."""
    threshold = LOG_LEVELS.index(level)

    def log(severity: str, text: str) -> None:
        if LOG_LEVELS.index(severity) >= threshold and _would_not_wait(sys.stderr.fileno()):
            print(f"session-buddy: {text[:LONGEST_LOG_LINE]}", file=sys.stderr, flush=True)

    return log


def _would_not_wait(descriptor: int) -> bool:
    """Whether a line of up to 4 KB can be written at once. Elsewhere than on POSIX that cannot be asked of a pipe."""
    return sys.platform == "win32" or bool(select.select([], [descriptor], [], 0)[1])


def _refuse(error: SettingsError) -> int:
    def connect(resent: list[Any], hold_back: float) -> HubLine:
        raise error

    Carrier(connect, sys.stdin.buffer, sys.stdout.buffer, stderr_log("warning")).run()
    return 0


def _tell_differences(settings: Settings, line: HubLine, log: Callable[[str, str], None]) -> None:
    running = line.reply.get("settings", {})
    for name, wanted in settings.of_hub().items():
        if name in running and running[name] != wanted:
            log("warning", f"The running hub uses {name} = {running[name]!r}; this window asked for {wanted!r}.")

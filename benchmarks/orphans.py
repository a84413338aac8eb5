"""When every window is killed, nothing stays behind: no process, no socket, no address."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.common import LIMIT, Line, Place, Report, fresh_place, wait_until_ready

WINDOWS = 3
LINGER = 2
GRACE = 2
MID_IMPORT_SECONDS = 1.0

Step = Callable[[Place, list[Line]], None]


def wake(windows: list[Line]) -> None:
    """A recommendation that finds no model starts the worker."""
    windows[0].ask("track_skill", skill_name="debugging", user_query="why does the build fail")
    windows[0].ask("recommend_skills", user_query="the build fails")


def while_loading(place: Place, windows: list[Line]) -> None:
    """Until the worker is in the middle of its imports."""
    wake(windows)
    while not has_worker(place):
        time.sleep(0.01)
    time.sleep(MID_IMPORT_SECONDS)
    assert place.status()["embedding"]["state"] == "loading"


def when_loaded(place: Place, windows: list[Line]) -> None:
    wake(windows)
    wait_until_ready(place)


def has_worker(place: Place) -> bool:
    return any("session_buddy.embedding.worker" in process.cmdline() for process in place.processes())


def kill_windows(place: Place, windows: list[Line]) -> None:
    for window in windows:
        window.process.kill()
    for window in windows:
        window.close()


def kill_windows_and_hub(place: Place, windows: list[Line]) -> None:
    pid = place.hub_pid()
    assert pid
    kill_windows(place, windows)
    os.kill(pid, signal.SIGKILL)


def leave(prepare: Step, kill: Step) -> tuple[float, int]:
    """(seconds until no process was left, how many files of the hub were left)."""
    with fresh_place(EMBEDDER="sentence-transformers", LINGER=str(LINGER)) as place:
        windows = [place.window() for _ in range(WINDOWS)]
        for window in windows:
            window.initialize()
        prepare(place, windows)
        address = Path(f"{place.store}.hub")
        socket = json.loads(address.read_text(encoding="utf-8"))["socket"]
        begun = time.monotonic()
        kill(place, windows)
        while place.processes() and time.monotonic() - begun < LIMIT:
            time.sleep(0.02)
        seconds = time.monotonic() - begun
        left = [path for path in (address, Path(socket or address)) if path.exists()]
        if socket:
            Path(socket).unlink(missing_ok=True)
        return seconds, len(left)


def show(report: Report, what: str, limit: int, measured: tuple[float, int]) -> None:
    seconds, left = measured
    bar = report.bar(seconds, "≤", limit, "s")
    report.row(f"processes gone, {what}", f"{seconds:.2f} s", "", f"{seconds / LINGER:.2f} x linger", bar)
    if limit > GRACE:
        report.row(f"address and socket left, {what}", str(left), "", "", report.bar(left, "≤", 0))


def main() -> int:
    report = Report(f"What stays behind when all {WINDOWS} windows are killed with kill -9")
    limit = LINGER + GRACE
    show(report, "killed while the model loads", limit, leave(while_loading, kill_windows))
    show(report, "killed with the model loaded", limit, leave(when_loaded, kill_windows))
    show(report, "hub killed too, while the model loads", GRACE, leave(while_loading, kill_windows_and_hub))
    show(report, "hub killed too, with the model loaded", GRACE, leave(when_loaded, kill_windows_and_hub))
    report.note(
        f"The hub lingers for {LINGER} s, and {GRACE} s more are allowed. The lock and the log stay by design; the "
        "address and socket of a hub that was killed are replaced by the next one."
    )
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

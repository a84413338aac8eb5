"""The hub is killed again and again under load: what was acknowledged is stored, once, and every window goes on."""

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from statistics import median

from benchmarks.common import LIMIT, Line, Place, Report, bare_server, fresh_place, ms

WINDOWS = 4
KILLS = 20
GO_ON = 3  # so many further calls of every window are waited for after each kill
LONGEST_PAUSE = 0.5


class Load:
    """One window that tracks without a pause."""

    def __init__(self, window: Line, number: int) -> None:
        self.window = window
        self._number = number
        self.acknowledged: dict[str, str] = {}
        self.asked = 0
        self.seconds: list[float] = []
        self.errors: list[str] = []

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set() and not self.errors:
            self.asked += 1
            query = f"window {self._number} asks for the {self.asked}th time"
            try:
                seconds, data = self.window.ask("track_skill", skill_name="debugging", user_query=query)
            except RuntimeError as error:
                self.errors.append(str(error))
                return
            self.seconds.append(seconds)
            self.acknowledged[query] = data["invocation_id"]


def kill(place: Place, loads: list[Load]) -> bool:
    """Kill the hub that is running, and tell whether every window went on."""
    deadline = time.monotonic() + LIMIT
    while (pid := place.hub_pid()) is None:
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    goals = [(load, len(load.acknowledged) + GO_ON) for load in loads]
    while not all(len(load.acknowledged) >= goal or load.errors for load, goal in goals):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def under_load(place: Place) -> tuple[list[Load], int]:
    """The loads, and after how many of the kills every window went on."""
    chooser = random.Random(13)
    windows = [place.window() for _ in range(WINDOWS)]
    for window in windows:
        window.initialize()
    loads = [Load(window, number) for number, window in enumerate(windows)]
    stop = threading.Event()
    threads = [threading.Thread(target=load.run, args=(stop,)) for load in loads]
    for thread in threads:
        thread.start()
    went_on = 0
    for _ in range(KILLS):
        time.sleep(chooser.uniform(0, LONGEST_PAUSE))
        went_on += kill(place, loads)
    stop.set()
    for thread in threads:
        thread.join()
    for window in windows:
        window.close()
    return loads, went_on


def show(report: Report, loads: list[Load], went_on: int, rows: list[dict[str, str]]) -> None:
    acknowledged = {query: identity for load in loads for query, identity in load.acknowledged.items()}
    stored = {row["invocation_id"]: row["user_query"] for row in rows}
    texts = Counter(row["user_query"] for row in rows)
    missing = sum(stored.get(identity) != query for query, identity in acknowledged.items())
    doubled = sum(count > 1 for count in texts.values()) + len(rows) - len(stored)
    errors = [error for load in loads for error in load.errors]
    report.row("calls acknowledged", f"{len(acknowledged):,}")
    report.row("of them not in the store", str(missing), "", "", report.bar(missing, "≤", 0))
    report.row("texts in the store more than once", str(doubled), "", "", report.bar(doubled, "≤", 0))
    report.row("calls answered by an error", str(len(errors)), "", "", report.bar(len(errors), "≤", 0))
    report.row(
        f"kills after which all {WINDOWS} windows went on", str(went_on), "", "", report.bar(went_on, "≥", KILLS)
    )
    for error in errors:
        report.note(error)


def show_gaps(report: Report, loads: list[Load], bare: float) -> None:
    longest = [max(load.seconds) for load in loads]
    report.times("call", [seconds for load in loads for seconds in load.seconds])
    report.row("longest gap that a window saw", ms(max(longest)), "", f"{max(longest) / bare:.2f} x")


def bare_start() -> float:
    server = bare_server()
    seconds = server.initialize()
    server.close()
    return seconds


def main() -> int:
    report = Report(f"kill -9 of the hub, {KILLS} times, while {WINDOWS} windows write")
    starts = [bare_start() for _ in range(3)]
    with fresh_place() as place:
        loads, went_on = under_load(place)
        show(report, loads, went_on, place.exported())
    bare = median([*starts, *(bare_start() for _ in range(3))])
    show_gaps(report, loads, bare)
    report.note(
        "Every call tracks a text of its own, so a call made twice would be seen. Embedding is off. The ratio is to "
        f"the start of a bare server of the SDK, {ms(bare)}."
    )
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

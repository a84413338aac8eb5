"""Eight windows that write at once: nothing is lost, nothing fails, nobody waits long."""

import sys
import threading
import time
from collections import Counter
from statistics import median

from benchmarks.common import Line, Place, Report, fresh_place, ms

WINDOWS = 8
CALLS = 200
SLOWEST = 1.0


class Load:
    """One window's calls: each tracks a skill and completes it."""

    def __init__(self, window: Line, number: int) -> None:
        self._window = window
        self._number = number
        self.ids: list[str] = []
        self.seconds: list[float] = []
        self.errors: list[str] = []

    def run(self) -> None:
        for call in range(CALLS):
            try:
                self._one(f"window {self._number} asks for the {call}th time")
            except RuntimeError as error:
                self.errors.append(str(error))

    def _one(self, query: str) -> None:
        tracking, data = self._window.ask("track_skill", skill_name="debugging", user_query=query)
        completing, _ = self._window.ask("complete_skill", invocation_id=data["invocation_id"])
        self.seconds += [tracking, completing]
        self.ids.append(data["invocation_id"])


def at_once(place: Place, count: int) -> tuple[list[Load], float]:
    """Run the calls of so many windows at once; returns them and the seconds for all."""
    windows = [place.window() for _ in range(count)]
    for window in windows:
        window.initialize()
    loads = [Load(window, number) for number, window in enumerate(windows)]
    threads = [threading.Thread(target=load.run) for load in loads]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    for window in windows:
        window.close()
    return loads, seconds


def measure(embedder: str) -> tuple[list[Load], float, float, int]:
    """(the loads, calls per second of eight windows, of one, how many of the ids are completed in the store)."""
    with fresh_place(EMBEDDER=embedder) as place:
        loads, seconds = at_once(place, WINDOWS)
        found = Counter(row["invocation_id"] for row in place.exported() if row["completed"])
        completed = sum(found[identity] == 1 for load in loads for identity in load.ids)
    with fresh_place(EMBEDDER=embedder) as place:
        _, alone = at_once(place, 1)
    return loads, 2 * CALLS * WINDOWS / seconds, 2 * CALLS / alone, completed


def show(report: Report, embedder: str, how: str) -> None:
    loads, together, alone, completed = measure(embedder)
    seconds = [second for load in loads for second in load.seconds]
    errors = [error for load in loads for error in load.errors]
    expected = WINDOWS * CALLS
    report.row(
        f"completed in the store, once each ({how})", f"{completed:,}", "", "", report.bar(completed, "≥", expected)
    )
    report.row(f"errors ({how})", str(len(errors)), "", "", report.bar(len(errors), "≤", 0))
    bar = report.bar(max(seconds), "≤", SLOWEST, "s")
    report.row(f"slowest call ({how})", ms(max(seconds)), "", f"{max(seconds) / median(seconds):.1f} x median", bar)
    report.times(f"call ({how})", seconds)
    report.row(f"calls per second, one window ({how})", f"{alone:,.0f}")
    report.row(f"calls per second, {WINDOWS} windows ({how})", f"{together:,.0f}", "", f"{together / alone:.2f} x")


def main() -> int:
    report = Report(f"{WINDOWS} windows write at once, {CALLS} times track_skill and complete_skill each")
    show(report, "sentence-transformers", "model loading")
    show(report, "off", "embedding off")
    report.note("Every query is distinct. With the model loading, the worker takes one processor for itself meanwhile.")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

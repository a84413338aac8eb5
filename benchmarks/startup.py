"""A window is there at once: process start to the `initialize` reply, beside a bare server of the SDK."""

import sys
from collections.abc import Callable
from statistics import median

from benchmarks.common import Line, Place, Report, bare_server, fresh_place

ROUNDS = 15
WITH_HUB = 0.1
WITHOUT_HUB = 2.0


def started(start: Callable[[], Line]) -> float:
    """Start a server, and end it once it has replied."""
    server = start()
    seconds = server.initialize()
    server.close()
    return seconds


def alternate(place: Place, after_each: Callable[[], None]) -> tuple[list[float], list[float]]:
    """Our starts and those of the bare server, in turns; the first of each only warms up."""
    ours, bare = [], []
    for _ in range(ROUNDS + 1):
        ours.append(started(place.window))
        after_each()
        bare.append(started(bare_server))
    return ours[1:], bare[1:]


def main() -> int:
    report = Report("Startup: process start to the `initialize` reply")
    with fresh_place() as place:
        with place.window():
            ours, bare = alternate(place, lambda: None)
        ratio = median(ours) / median(bare)
        report.times("bare server of the SDK", bare)
        report.times("session-buddy, a hub is running", ours, f"{ratio:.3f} x", report.bar(ratio, "≤", WITH_HUB, "x"))
        place.stop_hub()
        ours, bare = alternate(place, place.stop_hub)
        ratio = median(ours) / median(bare)
        report.times("bare server of the SDK, again", bare)
        report.times(
            "session-buddy, no hub is running", ours, f"{ratio:.2f} x", report.bar(ratio, "≤", WITHOUT_HUB, "x")
        )
    report.note(f"Raw lines over pipes, {ROUNDS} rounds in turns; the ratio is that of the medians.")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

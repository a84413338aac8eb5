"""A tool call that writes a row costs little more than one that does nothing."""

import sys
from collections.abc import Callable
from statistics import median
from typing import Any
from uuid import uuid4

from benchmarks.common import BARE_TOOL, Line, Place, Report, bare_server, fresh_place, wait_until_ready

BLOCKS = 10
CALLS = 50
BAR = 5.0

Samples = dict[str, list[float]]


def track(window: Line) -> tuple[float, str]:
    seconds, data = window.ask("track_skill", skill_name="debugging", user_query=f"why does build {uuid4()} fail")
    return seconds, data["invocation_id"]


def complete(window: Line, invocation: str) -> float:
    return window.ask("complete_skill", invocation_id=invocation)[0]


def mistake(window: Line) -> float:
    """A call that is refused: the rank must be at least 1."""
    seconds, result = window.call("track_skill", skill_name="debugging", selection_rank=0)
    assert result["isError"]
    return seconds


def block(window: Line, bare: Line, samples: Samples) -> None:
    """One block of each kind of call."""
    tracked = [track(window) for _ in range(CALLS)]
    samples["track"] += [seconds for seconds, _ in tracked]
    samples["bare"] += [bare.ask(BARE_TOOL)[0] for _ in range(CALLS)]
    samples["complete"] += [complete(window, invocation) for _, invocation in tracked]
    samples["mistake"] += [mistake(window) for _ in range(CALLS)]


def measured(place: Place, prepare: Callable[[Place], Any]) -> Samples:
    with place.window() as window, bare_server() as bare:
        track(window)
        prepare(place)
        block(window, bare, {"track": [], "bare": [], "complete": [], "mistake": []})
        samples: Samples = {"track": [], "bare": [], "complete": [], "mistake": []}
        for _ in range(BLOCKS):
            block(window, bare, samples)
    return samples


def show(report: Report, samples: Samples, embedder: str) -> None:
    bare = median(samples["bare"])
    ratios = {name: median(values) / bare for name, values in samples.items()}
    report.times(f"empty tool of the bare server ({embedder})", samples["bare"])
    bar = report.bar(ratios["track"], "≤", BAR, "x")
    report.times(f"track_skill, a new query each ({embedder})", samples["track"], f"{ratios['track']:.2f} x", bar)
    report.times(f"complete_skill ({embedder})", samples["complete"], f"{ratios['complete']:.2f} x")
    report.times(f"a refused call ({embedder})", samples["mistake"], f"{ratios['mistake']:.2f} x")


def main() -> int:
    report = Report("Round trip of a tool call that writes, through bridge and hub")
    with fresh_place(EMBEDDER="sentence-transformers") as place:
        show(report, measured(place, wait_until_ready), "embedding on")
    with fresh_place(EMBEDDER="off") as place:
        show(report, measured(place, lambda place: None), "embedding off")
    report.note(
        f"{BLOCKS * CALLS} calls of each kind, in blocks of {CALLS} in turns. With embedding on, the model is loaded "
        "and the worker embeds each new query in the background while the calls go on."
    )
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

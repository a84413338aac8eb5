"""Coaching costs little more than tracking, however long its past; and eight windows can coach one workflow."""

import sys
import threading
import time
from statistics import median
from typing import Any

from benchmarks.coached_past import FIRST, NODES, fill
from benchmarks.common import Line, Report, fresh_place, ms
from session_buddy.bridge.client import Client
from session_buddy.settings import read

DECISIONS = 100_000
BLOCKS, CALLS = 10, 20
BAR = 3.0
WINDOWS, EACH = 8, 100

Samples = dict[str, list[float]]


def start(window: Line, workflow: str) -> str:
    session: str = window.ask("coaching_start", workflow_id=workflow)[1]["session_id"]
    return session


def step(window: Line, session: str, number: int) -> tuple[float, float]:
    """(seconds of coaching_suggest, of coaching_decide) for one step that learned corrections apply to."""
    suggesting, made = window.ask(
        "coaching_suggest",
        session_id=session,
        node_id=f"node-{number % NODES}",
        action_type="run",
        parameters={"tag": f"v{number}", "force": True},
    )
    deciding, _ = window.ask(
        "coaching_decide",
        session_id=session,
        suggestion_id=made["suggestion_id"],
        decision="accept",
        execution_success=True,
    )
    return suggesting, deciding


def track(window: Line, number: int) -> float:
    return window.ask("track_skill", skill_name="debugging", user_query=f"why does build {number} fail")[0]


def measured(decisions: int) -> Samples:
    """Calls of one window, in blocks in turns, on a store with so many decisions."""
    samples: Samples = {"track": [], "suggest": [], "decide": [], "both": []}
    with fresh_place(EMBEDDER="off") as place:
        if decisions:
            place.store.parent.mkdir(mode=0o700, exist_ok=True)
            fill(str(place.store), decisions)
        with place.window() as window:
            window.initialize()
            session, number = start(window, FIRST), 0
            for _ in range(5):
                track(window, number)
                step(window, session, number)
            for _ in range(BLOCKS):
                for _ in range(CALLS):
                    number += 1
                    samples["track"].append(track(window, number))
                for _ in range(CALLS):
                    number += 1
                    suggesting, deciding = step(window, session, number)
                    samples["suggest"].append(suggesting)
                    samples["decide"].append(deciding)
                    samples["both"].append(suggesting + deciding)
    return samples


def show(report: Report, decisions: int, bar: float | None) -> None:
    samples = measured(decisions)
    base = median(samples["track"])
    report.times(f"track_skill ({decisions:,} decisions stored)", samples["track"])
    for name in ("suggest", "decide"):
        report.times(f"coaching_{name} ({decisions:,})", samples[name], f"{median(samples[name]) / base:.2f} x")
    ratio = median(samples["both"]) / base
    verdict = report.bar(ratio, "≤", bar, "x") if bar else ""
    report.times(f"both together ({decisions:,})", samples["both"], f"{ratio:.2f} x", verdict)


def coach(window: Line, session: str, seconds: list[float]) -> None:
    for number in range(EACH):
        seconds += step(window, session, number)


def at_once(report: Report) -> None:
    """Eight windows with a coaching session each, all of one workflow."""
    seconds: list[float] = []
    with fresh_place(EMBEDDER="off") as place:
        windows = [place.window() for _ in range(WINDOWS)]
        for window in windows:
            window.initialize()
        sessions = [start(window, "release") for window in windows]
        threads = [
            threading.Thread(target=coach, args=(window, session, seconds))
            for window, session in zip(windows, sessions, strict=True)
        ]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - begun
        made = [_decisions(place, session) for session in sessions]
        for window in windows:
            window.close()
    in_order = sum([one["step_index"] for one in decisions] == list(range(EACH)) for decisions in made)
    count = sum(len(decisions) for decisions in made)
    report.row(
        f"decisions in the store, {WINDOWS} windows × {EACH} on one workflow",
        f"{count:,}",
        "",
        "",
        report.bar(count, "≥", WINDOWS * EACH),
    )
    report.row("coaching sessions with all of them in order", str(in_order), "", "", report.bar(in_order, "≥", WINDOWS))
    report.row("slowest call", ms(max(seconds)), "", f"{max(seconds) / median(seconds):.1f} x median")
    report.row("decisions per second", f"{count / took:,.0f}")


def _decisions(place: Any, session: str) -> list[dict[str, Any]]:
    with Client(read(place.environment)) as client:
        given = {"ask": "session", "who": "reported", "source": "benchmark", "given": {"session_id": session}}
        found: list[dict[str, Any]] = client.ask("coaching", given)["decisions"]
        return found


def main() -> int:
    report = Report(f"Coaching: suggest and decide against track_skill, with {DECISIONS:,} decisions stored")
    show(report, DECISIONS, BAR)
    show(report, 0, None)
    at_once(report)
    report.note(
        f"{BLOCKS * CALLS} calls of each kind through bridge and hub, in blocks of {CALLS} in turns; embedding off. "
        "Half of the kinds of steps have a learned correction, which is applied. Ratios are to track_skill on the same "
        "store in the same run."
    )
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

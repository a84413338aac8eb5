"""A window weighs little, and the model's memory goes back when it is not needed."""

import sys
import time
from statistics import median
from uuid import uuid4

import psutil

from benchmarks.common import (
    BARE_TOOL,
    LIMIT,
    Line,
    Place,
    Report,
    bare_server,
    fresh_place,
    import_demo,
    megabytes,
    wait_until_ready,
)

WINDOWS = 3
CALLS = 20
WORKER_IDLE = "2"
BRIDGE_BAR, HUB_BAR, BACK_BAR = 15, 150, 20
MEGABYTE = 1_000_000


def resident(pid: int) -> int:
    return int(psutil.Process(pid).memory_info().rss)


def family(place: Place) -> int:
    """Resident memory of the hub and its worker together."""
    hub = psutil.Process(hub_pid(place))
    return sum(int(process.memory_info().rss) for process in [hub, *hub.children(recursive=True)])


def hub_pid(place: Place) -> int:
    pid = place.hub_pid()
    assert pid
    return pid


def use(window: Line) -> None:
    """What a window does: it lists the tools, and tracks and completes."""
    window.request("tools/list")
    for _ in range(CALLS // 2):
        _, data = window.ask("track_skill", skill_name="debugging", user_query=f"why does {uuid4()} fail")
        window.ask("complete_skill", invocation_id=data["invocation_id"])


def of_bare() -> int:
    with bare_server() as server:
        server.request("tools/list")
        for _ in range(CALLS):
            server.ask(BARE_TOOL)
        return resident(server.process.pid)


def of_bridge(place: Place) -> int:
    with place.window() as window:
        use(window)
        return resident(window.process.pid)


def recommend(window: Line) -> None:
    for _ in range(CALLS):
        _, found = window.ask("recommend_skills", user_query=f"why does {uuid4()} fail")
        assert found["ranking"] == "semantic"


def wait_until_asleep(place: Place) -> float:
    """Seconds until the worker has gone."""
    begun = time.monotonic()
    hub = psutil.Process(hub_pid(place))
    while hub.children():
        assert time.monotonic() - begun < LIMIT, "the worker does not leave"
        time.sleep(0.1)
    return time.monotonic() - begun


def show_windows(report: Report, bridges: list[int], bares: list[int]) -> None:
    size, bare = median(bridges), median(bares)
    report.row("bare server of the SDK", megabytes(bare), megabytes(min(bares)))
    bar = report.bar(size / MEGABYTE, "≤", BRIDGE_BAR, "MB")
    report.row("session-buddy, one window", megabytes(size), megabytes(min(bridges)), f"{size / bare:.2f} x", bar)


def show_hub(report: Report, before: int, semantic: int, after: int, bare: float) -> None:
    bar = report.bar(before / MEGABYTE, "≤", HUB_BAR, "MB")
    report.row("hub alone, before the model is used", megabytes(before), "", f"{before / bare:.2f} x", bar)
    report.row("hub and worker, after semantic answers", megabytes(semantic), "", f"{semantic / bare:.2f} x")
    bar = report.bar((after - before) / MEGABYTE, "≤", BACK_BAR, "MB more")
    report.row("hub and worker, after the worker's idle time", megabytes(after), "", f"{after / bare:.2f} x", bar)


def main() -> int:
    report = Report("Resident memory")
    with fresh_place(EMBEDDER="sentence-transformers", WORKER_IDLE=WORKER_IDLE) as place:
        import_demo(place)
        with place.window() as window:
            use(window)
            bridges = [of_bridge(place) for _ in range(WINDOWS)]
            bares = [of_bare() for _ in range(WINDOWS)]
            before = resident(hub_pid(place))
            wait_until_ready(place)
            recommend(window)
            semantic = family(place)
            asleep = wait_until_asleep(place)
            after = family(place)
    show_windows(report, bridges, bares)
    show_hub(report, before, semantic, after, median(bares))
    report.note(
        f"Each window after initialize, tools/list and {CALLS} calls; a store of about 200 invocations. The worker's "
        f"idle time is {WORKER_IDLE} s here; it was gone {asleep:.1f} s after the last answer. Ratios are to the bare "
        "server; MB are millions of bytes."
    )
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

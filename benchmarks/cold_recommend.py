"""The first recommendation after a cold start does not wait for the model; meaning follows on the same connection."""

import subprocess
import sys
import time
from statistics import median
from typing import NamedTuple

from benchmarks.common import (
    BARE_TOOL,
    Line,
    Place,
    Report,
    bare_server,
    fresh_place,
    import_demo,
    wait_until_ready,
)
from session_buddy.embedding.models import find
from session_buddy.settings import DEFAULT_MODEL, cpu_share, worker_environment

ROUNDS = 3
BAR_SECONDS = 1.0
POLL_SECONDS = 0.25
QUERY = "customers see a wrong amount when they pay"
# What a program does that loads the model itself before it answers.
DIRECT = """
import sys
import torch
from sentence_transformers import SentenceTransformer
torch.set_num_threads(int(sys.argv[2]))
SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True).encode(["warm up"])
"""


class Cold(NamedTuple):
    """Seconds after a cold start: of the first call, from the process start to its answer, and from the process start
    to the first answer by meaning."""

    call: float
    answered: float
    semantic: float


def cold(place: Place) -> Cold:
    """One cold start: no hub is running."""
    with place.window() as window:
        call, found = window.ask("recommend_skills", user_query=QUERY)
        answered = time.perf_counter() - window.started
        assert found["ranking"] == "lexical", found
        assert found["recommendations"]
        semantic = wait_until_semantic(window)
    place.stop_hub()
    return Cold(call, answered, semantic)


def wait_until_semantic(window: Line) -> float:
    """Ask again and again; returns the seconds from the start of the process to the first answer by meaning."""
    while window.ask("recommend_skills", user_query=QUERY)[1]["ranking"] != "semantic":
        time.sleep(POLL_SECONDS)
    return time.perf_counter() - window.started


def new_store() -> Cold:
    """A cold start on a store whose texts have no vectors yet."""
    with fresh_place(EMBEDDER="sentence-transformers") as place:
        import_demo(place)
        return cold(place)


def bare_call() -> float:
    """From the start of the bare server to the answer of its empty tool."""
    with bare_server() as server:
        server.ask(BARE_TOOL)
        return time.perf_counter() - server.started


def direct() -> float:
    """A process that loads the model and embeds one text."""
    arguments = [find(DEFAULT_MODEL).folder, str(cpu_share())]
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", DIRECT, *arguments], env=worker_environment(), stderr=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - begun


def show(report: Report, how: str, colds: list[Cold], bare: float, loading: float) -> None:
    call, answered, semantic = (list(column) for column in zip(*colds, strict=True))
    bar = report.bar(median(call), "≤", BAR_SECONDS, "s")
    report.times(f"first recommend_skills, by words ({how})", call, f"{median(call) / bare:.2f} x bare", bar)
    report.times(f"process start to its answer ({how})", answered, f"{median(answered) / bare:.2f} x bare")
    report.times(f"process start to meaning ({how})", semantic, f"{median(semantic) / loading:.2f} x loading")


def main() -> int:
    report = Report("The first recommendation after a cold start")
    with fresh_place(EMBEDDER="sentence-transformers") as place:
        import_demo(place)
        wait_until_ready(place)
        place.stop_hub()
        rounds = [(new_store(), cold(place), bare_call(), direct()) for _ in range(ROUNDS)]
    new, known, bare, loading = (list(column) for column in zip(*rounds, strict=True))
    report.times("bare server: process start to the answer of its empty tool", bare)
    report.times("loading the model and embedding one text in a process of its own", loading)
    show(report, "no vectors yet", new, median(bare), median(loading))
    show(report, "vectors stored", known, median(bare), median(loading))
    report.note(
        f"About 200 invocations, no hub running, {ROUNDS} rounds in turns; the call is sent right after the handshake "
        "and asked again on the same connection until it is ranked by meaning. The answers by words say `lexical`."
    )
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

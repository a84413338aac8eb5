"""A recommendation costs by the number of skills: 100,000 and 1,000,000 distinct past queries of 200 skills."""

import statistics
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple
from uuid import uuid4

import numpy as np
import psutil

from benchmarks import long_history
from benchmarks.common import Line, Place, Report, fresh_place, megabytes
from benchmarks.long_history import ASKED, DIMENSION, SKILLS, Matrix, chunk, chunks
from session_buddy.ranking import scoring
from session_buddy.ranking.memory import Memory
from session_buddy.ranking.parameters import BAD_WEIGHT
from session_buddy.ranking.recollection import Recollection
from session_buddy.ranking.scoring import Evidence
from session_buddy.settings import read
from session_buddy.store import vectors
from session_buddy.store.store import Store

SIZES = (100_000, 1_000_000)
CALLS = 60
SPIN_SECONDS = 0.1  # NumPy's threads go on spinning for a while, and would slow down what is measured next
NUMPY_BAR, GROWTH_BAR, RECALL_BAR = 2.0, 1.5, 0.5
TRACKED = 15
ASKED_FROM = 900_000_000


class Calls(NamedTuple):
    """Seconds of recommendations whose query is embedded already, and of NumPy's products in turns with them."""

    hub: list[float]
    numpy: list[float]


class Measured(NamedTuple):
    """What was measured of one size."""

    calls: Calls
    tracked: list[float]
    first: float
    importing: float
    memory: int
    disk: int
    bounded: float
    exact: float


def main() -> int:
    report = Report("Recommending from a long history")
    numpy_matrix = np.concatenate([chunk(*one)[2] for one in chunks(SIZES[0])])
    measured = {size: measure(size, numpy_matrix) for size in SIZES}
    small = measured[SIZES[0]]
    report.times(f"NumPy, V @ q over {SIZES[0]:,}, warm", small.calls.numpy, "1.0 x")
    for size, one in measured.items():
        show(report, size, one, small)
    report.note(
        f"{SKILLS} skills with {long_history.TOPICS} sub-topics each, every past query distinct, {DIMENSION} "
        f"dimensions. {CALLS} calls, the whole way from the client through bridge and hub and back, each with a new "
        "query whose vector the hub has from asking once before; ratios are to NumPy's brute-force product (float32) "
        f"of {SIZES[0]:,} vectors with one, in turns with the calls. Recall is of {ASKED} new queries, the nearest "
        "past query looked for among the kept examples, and exactly among all. The vectors are made by rule."
    )
    return report.finish()


def measure(size: int, numpy_matrix: Matrix) -> Measured:
    with fresh_place(EMBEDDER="sentence-transformers") as place:
        importing = fill(place, size)
        with place.window() as window:
            first = ask_until_semantic(window)
            calls = in_turns(window, numpy_matrix)
            tracked = [after_tracking(window) for _ in range(TRACKED)]
            pid = place.hub_pid()
            memory = psutil.Process(pid).memory_info().rss if pid else 0
        place.stop_hub()
        disk = place.store.stat().st_size
        bounded, exact = recalls(place, size)
    return Measured(calls, tracked, first, importing, memory, disk, bounded, exact)


def fill(place: Place, size: int) -> float:
    """Import the history through the command and give it vectors; returns the seconds of the import."""
    path = Path(place.folder) / "history.jsonl"
    long_history.write_lines(path, size)
    importing = place.with_variables(EMBEDDER="off")
    begun = time.perf_counter()
    importing.command("import", str(path))
    seconds = time.perf_counter() - begun
    importing.stop_hub()
    path.unlink()
    long_history.insert_vectors(place, size)
    return seconds


def ask(window: Line, query: str) -> float:
    seconds, found = window.ask("recommend_skills", user_query=query)
    assert found["ranking"] == "semantic", found
    assert len(found["recommendations"]) == 5
    return seconds


def question() -> str:
    return f"the build {uuid4()} fails since this morning"


def ask_until_semantic(window: Line) -> float:
    """The seconds until the first answer that is ranked by meaning."""
    begun = time.perf_counter()
    while window.ask("recommend_skills", user_query=question())[1]["ranking"] != "semantic":
        time.sleep(0.2)
    return time.perf_counter() - begun


def in_turns(window: Line, matrix: Matrix) -> Calls:
    calls = Calls([], [])
    vector = matrix[0].copy()
    for _ in range(CALLS):
        query = question()
        ask(window, query)
        calls.hub.append(ask(window, query))
        for _ in range(3):
            begun = time.perf_counter()
            matrix @ vector
            warm = time.perf_counter() - begun
        calls.numpy.append(warm)
        time.sleep(SPIN_SECONDS)
    return calls


def after_tracking(window: Line) -> float:
    """A recommendation right after a skill was tracked for the same query and completed."""
    query = question()
    ask(window, query)
    _, data = window.ask("track_skill", skill_name="skill-0", user_query=query)
    window.ask("complete_skill", invocation_id=data["invocation_id"])
    return ask(window, query)


def recalls(place: Place, size: int) -> tuple[float, float]:
    """recall@1 in percent of new queries: as the hub ranks them, and with the similarity to every past query."""
    settings = read(place.environment)
    store = Store.open(settings.store)
    model = store.read(lambda cursor: vectors.find_model(cursor, settings.model))
    recollection = Recollection(model)
    store.read(recollection.learn)
    skills, texts, asked = chunk(ASKED_FROM, ASKED)
    with recollection.current(store.cursor()) as memory:
        exact = exact_halves(memory, size, asked)
        hits = [ranked(recollection, memory, *one) for one in zip(texts, asked, exact, strict=True)]
    store.close()
    pairs = [(ours == skill, all_of_it == skill) for (ours, all_of_it), skill in zip(hits, skills, strict=True)]
    bounded, exact = (100 * statistics.mean(column) for column in zip(*pairs, strict=True))
    return bounded, exact


def ranked(recollection: Recollection, memory: Memory, text: str, vector: Matrix, exact: Matrix) -> tuple[str, str]:
    """The first skill by the kept examples, and by all of them."""
    matched = memory.match(text, vector)
    assert matched.half is not None
    nothing = np.zeros(len(memory.names))
    evidence = Evidence(matched.half, matched.bm25, matched.tfidf, None, memory.cold(), nothing, nothing)
    setting = recollection.calibration.setting
    both = (evidence, evidence._replace(similarity=exact))
    ours, all_of_it = (memory.names[int(scoring.values(one, setting).argmax())] for one in both)
    return ours, all_of_it


def exact_halves(memory: Memory, size: int, asked: Matrix) -> Matrix:
    """The similarity of each query to each skill, over every past query (queries x skills)."""
    places = {name: place for place, name in enumerate(memory.names)}
    nearest = np.full((len(memory.names), len(asked)), -1.0, np.float32)
    sums = np.zeros((len(memory.names), DIMENSION))
    for start, count in chunks(size):
        skills, _, made = chunk(start, count)
        owner = np.array([places[skill] for skill in skills])
        good = np.array([number % 10 < 8 for number in range(start, start + count)])
        np.add.at(sums, owner, made * np.where(good, 1.0, BAD_WEIGHT)[:, None])
        products = np.where(good[:, None], made @ asked.T, -1.0)
        np.maximum.at(nearest, owner, products)
    centroid = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return scoring.half(nearest.T, asked @ centroid.T, memory.per_skill)


def show(report: Report, size: int, one: Measured, small: Measured) -> None:
    ratio = median(one.calls.hub) / median(small.calls.numpy)
    growth = median(one.calls.hub) / median(small.calls.hub)
    first = one is small
    bar = report.bar(ratio, "≤", NUMPY_BAR, "x") if first else report.bar(growth, "≤", GROWTH_BAR, "x")
    what = f"{ratio:.2f} x" if first else f"{growth:.2f} x the smaller"
    report.times(f"{size:,}: recommend_skills without embedding", one.calls.hub, what, bar)
    after = f"{median(one.tracked) / median(small.calls.numpy):.2f} x"
    report.times(f"{size:,}: the same, right after a track and a complete", one.tracked, after)
    report.row(f"{size:,}: hub started to its first answer by meaning", f"{one.first:.1f} s")
    report.row(f"{size:,}: import", f"{one.importing:.1f} s", "", f"{one.importing / size * 1e5:.1f} s per 100,000")
    report.row(f"{size:,}: memory of the hub", megabytes(one.memory))
    report.row(f"{size:,}: store on disk", megabytes(one.disk), "", f"{megabytes(one.disk / size * 1e5)} per 100,000")
    lost = abs(one.exact - one.bounded)
    report.row(
        f"{size:,}: recall@1",
        f"{one.bounded:.1f} %",
        "",
        f"exact: {one.exact:.1f} %",
        report.bar(round(lost, 1), "≤", RECALL_BAR, "points apart"),
    )


if __name__ == "__main__":
    sys.exit(main())

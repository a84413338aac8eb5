"""A recommendation stays quick when the history is long: 10,000 and 100,000 distinct past queries over 200 skills."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable
from functools import partial
from statistics import median
from typing import NamedTuple
from uuid import uuid4

import numpy as np

from benchmarks.common import Line, Place, Report, fresh_place
from session_buddy.hub.services import Services, assemble
from session_buddy.settings import read
from session_buddy.skills import ranking
from session_buddy.skills.recommending import Question
from session_buddy.store import projects, transfer, vectors
from session_buddy.store.ids import new_id, query_id
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor

SIZES = (10_000, 100_000)
SKILLS = 200
DIMENSION = 384
CHUNK = 10_000
CALLS = 30
SPREAD = 0.8  # how far a past query lies from its skill's centre, in lengths of that centre
SPIN_SECONDS = 0.1  # NumPy's threads go on spinning for a while, and would slow down what is measured next
BAR = 10.0

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]
OUTCOMES = ("completed",) * 8 + ("abandoned", "failed")


class Parts(NamedTuple):
    """Seconds of the parts of a recommendation made in this process."""

    total: list[float]
    embedding: list[float]
    vector_pass: list[float]


class Turns(NamedTuple):
    """Seconds of recommendations through the hub, and of NumPy's products in turns with them."""

    hub: list[float]
    cold: list[float]
    warm: list[float]


def unit(rows: Matrix) -> Matrix:
    scaled: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return scaled


def generated(size: int) -> Matrix:
    """Normalised vectors around the skills' centres; row i belongs to skill i modulo their number."""
    random = np.random.default_rng(13)
    centres = unit(random.standard_normal((SKILLS, DIMENSION), dtype=np.float32))
    noise = unit(random.standard_normal((size, DIMENSION), dtype=np.float32))
    return unit(centres[np.arange(size) % SKILLS] + SPREAD * noise)


def row(number: int, text: str) -> dict[str, object]:
    return {
        "invocation_id": str(new_id()),
        "skill_name": f"skill-{number % SKILLS}",
        "query_id": str(query_id(text)),
        "user_query": text,
        "session_id": f"session-{number // 10}",
        "invoked_at": "2026-09-01T09:00:00+00:00",
        "outcome": OUTCOMES[number // SKILLS % len(OUTCOMES)],
        "duration_seconds": 60.0,
    }


def fill(cursor: Cursor, model_name: str, rows: Matrix, start: int) -> None:
    texts = [f"past problem number {start + place} of part {place % SKILLS}" for place in range(len(rows))]
    project = str(new_id())
    projects.remember(cursor, project, "benchmark")
    made = [row(start + place, text) for place, text in enumerate(texts)]
    transfer.load(cursor, "\n".join(json.dumps(one) for one in made), project, "import")
    model = vectors.ensure_model(cursor, model_name, DIMENSION)
    vectors.insert(cursor, model, [query_id(text) for text in texts], rows)


def build(size: int) -> None:
    """Make the store that the environment names; a process does this and nothing else."""
    settings = read()
    store = Store.open(settings.store)
    rows = generated(size)
    for start in range(0, size, CHUNK):
        chunk = rows[start : start + CHUNK]
        store.write(partial(fill, model_name=settings.model, rows=chunk, start=start)).result()
    store.close()


def question() -> str:
    return f"the build {uuid4()} fails since this morning"


def ask(window: Line) -> float:
    seconds, found = window.ask("recommend_skills", user_query=question())
    assert found["ranking"] == "semantic", found
    assert len(found["recommendations"]) == 5
    return seconds


def ask_until_semantic(window: Line) -> float:
    """The seconds of the first answer that is ranked by meaning."""
    while True:
        seconds, found = window.ask("recommend_skills", user_query=question())
        if found["ranking"] == "semantic":
            return seconds
        time.sleep(0.2)


def after_tracking(window: Line) -> float:
    """A recommendation after a skill was tracked and completed: what the hub keeps of it is no longer true."""
    _, data = window.ask("track_skill", skill_name="skill-0", user_query=question())
    window.ask("complete_skill", invocation_id=data["invocation_id"])
    return ask(window)


async def timed_parts(services: Services) -> Parts:
    """The parts in turns, each call with a new text so that nothing comes from a cache."""
    await services.embedding.wait_ready()
    model = await services.access.read(lambda cursor: vectors.find_model(cursor, services.embedding.model))
    assert model
    parts = Parts([], [], [])
    await services.recommender.recommend(Question(question()))
    for _ in range(CALLS):
        parts.total.append(await timed(services.recommender.recommend(Question(question()))))
        parts.embedding.append(await timed(services.embedding.embed([question()])))
        vector: list[float] = (await services.embedding.embed([question()]))[0].tolist()
        parts.vector_pass.append(await timed(vector_pass(services, model, vector)))
    return parts


async def timed(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


async def vector_pass(services: Services, model: Model, vector: list[float]) -> None:
    await services.access.read(lambda cursor: vectors.similarities(cursor, model, vector, ranking.BAD_WEIGHT))


async def in_process(place: Place) -> Parts:
    """Open the store in this process, as a hub does, and time the parts."""
    settings = read(place.environment)
    store = Store.open(settings.store)
    services = assemble(settings, store, os.open(os.devnull, os.O_WRONLY))
    try:
        catching_up = asyncio.create_task(services.backlog.run())
        parts = await timed_parts(services)
        catching_up.cancel()
    finally:
        await services.embedding.close()
        store.close()
    return parts


def products(matrix: Matrix) -> tuple[float, float]:
    """Seconds of NumPy's brute force: of the first product after something else was done, and of a warm one."""
    vector = unit(np.random.default_rng().standard_normal((1, DIMENSION), dtype=np.float32))[0]
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        matrix @ vector
        seconds.append(time.perf_counter() - begun)
    time.sleep(SPIN_SECONDS)
    return seconds[0], seconds[-1]


def in_turns(window: Line, matrix: Matrix) -> Turns:
    rounds = [(ask(window), *products(matrix)) for _ in range(CALLS)]
    return Turns(*(list(column) for column in zip(*rounds, strict=True)))


def measure(report: Report, size: int) -> None:
    matrix = generated(size)
    with fresh_place(EMBEDDER="sentence-transformers") as place:
        subprocess.run([sys.executable, __file__, "--build", str(size)], env=place.environment, check=True)
        with place.window() as window:
            first = ask_until_semantic(window)
            turns = in_turns(window, matrix)
            tracked = [after_tracking(window) for _ in range(CALLS // 3)]
        place.stop_hub()
        parts = asyncio.run(in_process(place))
    show(Scale(report, size, turns.warm), turns, tracked, first)
    show_parts(Scale(report, size, turns.warm), parts)


class Scale:
    """Rows of a report for one size, with ratios to NumPy's product."""

    def __init__(self, report: Report, size: int, numpy: list[float]) -> None:
        self._report = report
        self.size = size
        self.numpy = numpy

    def row(self, what: str, samples: list[float], limit: float | None = None) -> None:
        ratio = median(samples) / median(self.numpy)
        bar = self._report.bar(ratio, "≤", limit, "x") if limit else ""
        self._report.times(f"{self.size:,}: {what}", samples, f"{ratio:.1f} x", bar)


def show(scale: Scale, turns: Turns, tracked: list[float], first: float) -> None:
    scale.row("NumPy, V @ q, warm", turns.warm)
    scale.row("NumPy, V @ q, right after a call of the hub", turns.cold)
    scale.row("recommend_skills through the hub", turns.hub, BAR if scale.size == max(SIZES) else None)
    scale.row("the same, right after a track and a complete", tracked)
    scale.row("the same, first one by meaning after the hub started", [first])


def show_parts(scale: Scale, parts: Parts) -> None:
    rest = median(parts.total) - median(parts.embedding) - median(parts.vector_pass)
    scale.row("in one process, total", parts.total)
    scale.row("  of it embedding the query", parts.embedding)
    scale.row("  of it the vector pass", parts.vector_pass)
    scale.row("  of it the rest", [max(0.0, rest)])


def main() -> int:
    report = Report("Recommending from a long history")
    for size in SIZES:
        measure(report, size)
    report.note(
        f"{SKILLS} skills, every past query distinct, {DIMENSION} dimensions, {CALLS} calls with a new text each. The "
        "ratio is to NumPy's brute-force product of as many vectors (float32) with one, warm, in turns with the hub."
    )
    return report.finish()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--build"]:
        build(int(sys.argv[2]))
        sys.exit(0)
    sys.exit(main())

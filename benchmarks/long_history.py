"""A long history made by rule: skills with sub-topics, every past query a text and a vector of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import Place
from session_buddy.settings import read
from session_buddy.store import vectors
from session_buddy.store.ids import query_id
from session_buddy.store.store import Store

SKILLS, TOPICS = 200, 40
DIMENSION = 384
CHUNK = 20_000
# How far a sub-topic lies from its skill's centre and a query from its sub-topic, in lengths of that centre.
TOPIC_SPREAD, QUERY_SPREAD = 0.9, 1.1
WORDS = 6
OUTCOMES = ("completed",) * 8 + ("abandoned", "failed")
ASKED = 1_000

Matrix = np.ndarray[Any, np.dtype[np.float32]]


def unit(rows: Matrix) -> Matrix:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def topics() -> Matrix:
    """The middle of every sub-topic (skills * topics x dimension); number n belongs to skill n modulo `SKILLS`."""
    random = np.random.default_rng(13)
    centres = unit(random.standard_normal((SKILLS, DIMENSION), dtype=np.float32))
    away = unit(random.standard_normal((SKILLS * TOPICS, DIMENSION), dtype=np.float32))
    return unit(centres[np.arange(SKILLS * TOPICS) % SKILLS] + TOPIC_SPREAD * away)


def chunk(start: int, size: int) -> tuple[list[str], list[str], Matrix]:
    """(skills, texts, vectors) of the queries from `start` on, the same whenever they are asked for."""
    random = np.random.default_rng([13, start])
    skill = random.integers(SKILLS, size=size)
    topic = skill + SKILLS * random.integers(TOPICS, size=size)
    noise = unit(random.standard_normal((size, DIMENSION), dtype=np.float32))
    words = random.integers(WORDS, size=(size, 3))
    texts = [
        f"{' '.join(f't{one}w{word}' for word in words[place])} in part {start + place}"
        for place, one in enumerate(topic.tolist())
    ]
    return [f"skill-{one}" for one in skill], texts, unit(topics()[topic] + QUERY_SPREAD * noise)


def chunks(size: int) -> Iterator[tuple[int, int]]:
    """(start, size) of every chunk of a history."""
    return ((start, min(CHUNK, size - start)) for start in range(0, size, CHUNK))


def write_lines(path: Path, size: int) -> None:
    """The history as an import file."""
    with path.open("w", encoding="utf-8") as file:
        for start, count in chunks(size):
            skills, texts, _ = chunk(start, count)
            for place, (skill, text) in enumerate(zip(skills, texts, strict=True)):
                file.write(json.dumps(_line(start + place, skill, text)) + "\n")


def insert_vectors(place: Place, size: int) -> None:
    """Give every text its vector, as if the model had made it; a process does this and nothing else."""
    command = [sys.executable, __file__, str(size)]
    subprocess.run(command, env=place.environment, check=True)


def _insert(size: int) -> None:
    settings = read()
    store = Store.open(settings.store)
    model = store.write(lambda cursor: vectors.ensure_model(cursor, settings.model, DIMENSION)).result()
    for start, count in chunks(size):
        _, texts, made = chunk(start, count)
        ids = [query_id(text) for text in texts]
        store.write(partial(vectors.insert, model=model, ids=ids, vectors=made)).result()
    store.close()


def _line(number: int, skill: str, text: str) -> dict[str, object]:
    outcome = OUTCOMES[number % len(OUTCOMES)]
    return {
        "skill_name": skill,
        "user_query": text,
        "session_id": f"session-{number // 10}",
        "invoked_at": "2026-09-01T09:00:00+00:00",
        "completed": outcome == "completed",
        "duration_seconds": 60.0,
    } | ({"error_type": "TestFailure"} if outcome == "failed" else {})


if __name__ == "__main__":
    _insert(int(sys.argv[1]))

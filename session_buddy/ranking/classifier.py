"""A classifier fitted to the store's own history: which examples it learns from, and what it says."""

import asyncio
import contextlib
import json
from typing import Any, NamedTuple

import numpy as np

from session_buddy.common import child_process
from session_buddy.ranking.fitting import Examples
from session_buddy.ranking.memory import Memory
from session_buddy.settings import child_environment, cpu_share
from session_buddy.store.classifiers import Fitted

Numbers = np.ndarray[Any, np.dtype[Any]]
PROGRAM = child_process.PROGRAM
FITTING, CROSS_VALIDATION = "session_buddy.ranking.fitting", "session_buddy.ranking.cross_validation"
LIMIT = 1 << 20
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Lesson(NamedTuple):
    """What a classifier is fitted to: the skills by name, their examples, and the rows of these in the memory."""

    names: list[str]
    examples: Examples
    rows: Numbers


class Classifier:
    """Says for each skill it knows how much a vector looks like its past queries (logits)."""

    def __init__(self, fitted: Fitted) -> None:
        self.fitted = fitted
        self._names: list[str] = []
        self._places: Numbers = np.zeros(0, np.intp)
        table = np.frombuffer(fitted.weights, "<f4").reshape(len(fitted.skills), -1)
        self._weights = np.ascontiguousarray(table[:, :-1], np.float32)
        self._constants = np.ascontiguousarray(table[:, -1], np.float32)

    def logits(self, vector: Numbers, names: list[str]) -> Numbers | None:
        """One value per name, NaN for a skill it does not know; None when it should have no say."""
        if not self.fitted.joins:
            return None
        if self._names != names:
            known = {name: place for place, name in enumerate(self.fitted.skills)}
            self._names, self._places = list(names), np.array([known.get(name, -1) for name in names], np.intp)
        return np.append(self._weights @ vector + self._constants, np.nan)[self._places]


def lesson(memory: Memory) -> Lesson | None:
    """The examples of the skills that have a good past query; None with fewer than two such skills."""
    examples = memory.examples
    warm = np.flatnonzero(~memory.cold())
    used = (examples.good.values > 0) & np.isin(examples.owner.values, warm)
    rows = np.flatnonzero(used)
    taught, skill = np.unique(examples.owner.values[rows], return_inverse=True)
    past = np.bincount(skill, ~examples.is_description.values[rows], len(taught)) if len(rows) else np.zeros(0)
    if (past > 0).sum() < 2:
        return None
    names = [memory.names[number] for number in taught]
    taken = Examples(skill.astype("<i4"), examples.is_description.values[rows], examples.vectors.values[rows])
    return Lesson(names, taken, rows)


async def fitted(taught: Lesson, model_id: int) -> Fitted | None:
    """Fit a classifier in a process of its own; None when that process did not come to its end."""
    answer = await _answer(FITTING, taught.examples)
    if answer is None:
        return None
    names = [taught.names[number] for number in answer.head["skills"]]
    return Fitted(model_id, names, answer.body, len(taught.examples.skill), answer.head["joins"])


async def unseen(taught: Lesson) -> Numbers | None:
    """What classifiers say of each example that they have not seen (examples x skills of the lesson), NaN where they
    say nothing; None when the process for it did not come to its end."""
    answer = await _answer(CROSS_VALIDATION, taught.examples)
    if answer is None:
        return None
    made = np.frombuffer(answer.body, "<f4").reshape(answer.head["rows"], answer.head["skills"])
    return np.pad(made, ((0, 0), (0, len(taught.names) - made.shape[1])), constant_values=np.nan)


class _Answer(NamedTuple):
    head: dict[str, Any]
    body: bytes


async def _answer(module: str, examples: Examples) -> _Answer | None:
    head = {"examples": len(examples.skill), "dimension": examples.vectors.shape[1]}
    process = await child_process.start_async(
        [*PROGRAM, module],
        child_environment(dict.fromkeys(THREADS, str(cpu_share()))),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=LIMIT,
    )
    assert process.stdin
    assert process.stdout
    try:
        with contextlib.suppress(ConnectionError):
            process.stdin.write(json.dumps(head).encode() + b"\n" + examples.skill.astype("<i4").tobytes())
            process.stdin.write(examples.described.astype(np.uint8).tobytes())
            process.stdin.write(np.ascontiguousarray(examples.vectors, "<f4").tobytes())
            await process.stdin.drain()
        line = await process.stdout.readline()
        body = await process.stdout.read()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return _Answer(json.loads(line), body) if line and body else None

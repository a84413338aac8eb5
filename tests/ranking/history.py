"""Random histories in a real store, step by step, with vectors that need no model."""

import json
import random
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import numpy as np

from session_buddy.embedding.hashing import DIMENSION, HashingEmbedder
from session_buddy.ranking import judging
from session_buddy.ranking.judging import Judgement, Phase
from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.ranking.recollection import Recollection
from session_buddy.skills import describing
from session_buddy.skills.records import InvocationLine, Rows, parse_line
from session_buddy.store import invocations, queries, seen, transfer, vectors
from session_buddy.store.ids import query_id
from session_buddy.store.seen import Report
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor
from tests.store.filling import BEGIN, ending_of, use, write

WORDS = re.findall(
    r"\w+", "build test deploy review merge rebase profile cache query page login token schema migrate log"
)
OUTCOMES = ("completed", "completed", "failed", "abandoned")
PHASES = (None, "planning", "testing")


def vector(text: str) -> Numbers:
    """The vector of a text, always the same."""
    return np.asarray(HashingEmbedder().embed([text])[0])


def model_of(store: Store) -> Model:
    return write(store, lambda cursor: vectors.ensure_model(cursor, "hashing", DIMENSION))


def embed_missing(store: Store, model: Model, most: int = 10_000) -> None:
    """Give up to `most` texts their vectors."""
    texts = store.read(lambda cursor: vectors.missing(cursor, model, most))
    if texts:
        made = np.stack([vector(text) for _, text in texts])
        write(store, lambda cursor: vectors.insert(cursor, model, [identity for identity, _ in texts], made))


def describe(store: Store, name: str, text: str | None) -> None:
    write(store, lambda cursor: describing.describe(cursor, name, text, "test", "p"))


def judged(store: Store, recollection: Recollection, text: str, phase: Phase | None = None) -> Judgement:
    """What a recollection says of a text."""

    def job(cursor: Cursor) -> Judgement:
        with recollection.current(cursor) as memory:
            identical = invocations.completed_for(cursor, query_id(text))
            asked = vector(text) if recollection.model else None
            return judging.judge(recollection, memory, text, asked, identical, phase, query_id(text))

    return store.read(job)


def looked_at(store: Store, recollection: Recollection, look: Callable[[Memory], object]) -> object:
    """Something of a recollection's memory."""

    def job(cursor: Cursor) -> object:
        with recollection.current(cursor) as memory:
            return look(memory)

    return store.read(job)


class History:
    """Lives through random steps: uses begin and end or are imported, texts come again or are only asked for, vectors
    arrive late, descriptions change."""

    def __init__(self, store: Store, model: Model | None, seed: int, skills: int = 5) -> None:
        self._store = store
        self._model = model
        self._random = random.Random(seed)
        self._skills = [f"skill-{number}" for number in range(skills)]
        self._open: list[UUID] = []
        self._inferred: list[tuple[UUID, str]] = []
        self._texts: list[str] = []
        self._minute = 0

    def step(self) -> None:
        """One thing happens."""
        once = [
            self._end,
            self._infer,
            self._override,
            self._report,
            self._embed,
            self._describe,
            self._both,
            self._import,
            self._ask,
        ]
        self._random.choice([self._begin, self._begin, *once])()

    def text(self) -> str:
        """A text, now and then one that came before."""
        if self._texts and self._random.random() < 0.4:
            return self._random.choice(self._texts)
        self._texts.append(" ".join(self._random.choices(WORDS, k=self._random.randint(1, 6))))
        return self._texts[-1]

    def _begin(self) -> None:
        self._open.append(self._used(None))

    def _both(self) -> None:
        self._used(self._random.choice(OUTCOMES))

    def _used(self, outcome: str | None) -> UUID:
        self._minute += 1
        skill, phase = self._random.choice(self._skills), self._random.choice(PHASES)
        text = self.text() if self._random.random() < 0.9 else None
        return write(self._store, lambda cursor: use(cursor, skill, text, outcome, phase, self._minute))

    def _end(self) -> None:
        if self._open:
            identity = self._open.pop(self._random.randrange(len(self._open)))
            ending = ending_of(identity, self._random.choice(OUTCOMES), self._minute)
            write(self._store, lambda cursor: invocations.complete(cursor, ending))

    def _infer(self) -> None:
        """How a use has ended is thought to be known."""
        if self._open:
            identity, outcome = self._open.pop(), self._random.choice(OUTCOMES)
            ending = ending_of(identity, outcome, self._minute)._replace(source="inferred")
            write(self._store, lambda cursor: invocations.complete(cursor, ending))
            self._inferred.append((identity, outcome))

    def _override(self) -> None:
        """It is reported otherwise."""
        if self._inferred:
            identity, outcome = self._inferred.pop(self._random.randrange(len(self._inferred)))
            ending = ending_of(identity, self._random.choice(OUTCOMES), self._minute)

            def job(cursor: Cursor) -> None:
                invocations.override(cursor, identity, outcome)
                invocations.complete(cursor, ending)

            write(self._store, job)

    def _report(self) -> None:
        """The phase of a use that was seen is told."""
        if self._open:
            identity, phase, text = self._random.choice(self._open), self._random.choice(PHASES), self.text()

            def job(cursor: Cursor) -> None:
                problem = queries.remember(cursor, text) if self._random.random() < 0.5 else None
                seen.report(cursor, Report(identity, "s", problem, None, phase, None, None, None))

            write(self._store, job)

    def _embed(self) -> None:
        if self._model:
            embed_missing(self._store, self._model, self._random.randint(1, 6))

    def _describe(self) -> None:
        describe(self._store, self._random.choice([*self._skills, "never used"]), self.text())

    def _import(self) -> None:
        made = Rows()
        lines = [parse_line(json.dumps(self._line()).encode()) for _ in range(self._random.randint(1, 4))]
        rows = "\n".join(json.dumps(made.row(line)) for line in lines if isinstance(line, InvocationLine))
        write(self._store, lambda cursor: transfer.load(cursor, rows, "p", "import"))

    def _line(self) -> dict[str, object]:
        self._minute += 1
        ending: dict[str, object] = self._random.choice(
            [{}, {"completed": True}, {"completed": False}, {"error_type": "Timeout"}]
        )
        return {
            "skill_name": self._random.choice(self._skills),
            "user_query": self.text(),
            "workflow_phase": self._random.choice(PHASES),
            "invoked_at": (BEGIN + timedelta(minutes=self._minute)).isoformat(),
            **ending,
        }

    def _ask(self) -> None:
        text = self.text()
        write(self._store, lambda cursor: queries.remember(cursor, text))

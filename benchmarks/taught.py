"""A real store with a labelled history in it, and what the hub would know of it: recommendations without processes."""

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from session_buddy.ranking import classifier, judging
from session_buddy.ranking.judging import Judgement, Phase
from session_buddy.ranking.recollection import Recollection
from session_buddy.skills import describing, tracking
from session_buddy.skills.records import InvocationLine, Rows, parse_line
from session_buddy.skills.tracking import Ending, Origin, Stamp
from session_buddy.skills.tracking import Use as Tracked
from session_buddy.store import invocations, recommendations, transfer, vectors
from session_buddy.store.ids import new_id, normalised, query_id
from session_buddy.store.recommendations import Given
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model

Vectors = np.ndarray[Any, np.dtype[np.float32]]
PROJECT = "0190e0c0-0000-7000-8000-000000000001"
CHUNK = 4_000
LISTED = 5


class Use(NamedTuple):
    """A past use as a line of an import file."""

    skill: str
    query: str
    completed: bool | None = True
    phase: str | None = None


class Embedded:
    """Texts with their vectors."""

    def __init__(self, texts: Sequence[str], rows: Vectors) -> None:
        self._places = {text: place for place, text in enumerate(texts)}
        self._rows = rows

    def of(self, text: str) -> Vectors:
        return np.asarray(self._rows[self._places[text]])


class Taught:
    """A store that has learned a history, with the model `name` (None: words only)."""

    def __init__(self, store: Store, embedded: Embedded | None) -> None:
        self.store = store
        self._embedded = embedded
        self._model: Model | None = None
        self.recollection = Recollection(None)

    def teach(self, uses: Sequence[Use], descriptions: dict[str, str]) -> None:
        """Store the history and the catalogue as `import` does, with the vectors of their texts; then learn."""
        rows = Rows()
        for start in range(0, len(uses), CHUNK):
            lines = [parse_line(_line(use)) for use in uses[start : start + CHUNK]]
            made = [json.dumps(rows.row(line)) for line in lines if isinstance(line, InvocationLine)]
            self._write(lambda cursor, made=made: transfer.load(cursor, "\n".join(made), PROJECT, "import"))
        for name, text in descriptions.items():
            self._write(lambda cursor, name=name, text=text: describing.describe(cursor, name, text, "import", PROJECT))
        if self._embedded:
            texts = {use.query for use in uses} | {describing.document_of(*one) for one in descriptions.items()}
            self._embed(sorted(texts))
        self.recollection = Recollection(self._model)
        self.store.read(self.recollection.learn)
        self._fit()

    def answer(self, query: str, right: str, moment: datetime) -> list[str]:
        """Show five skills for a query in a session of its own; the person uses the right one and completes it.
        Returns what was shown."""
        shown = [one.skill_name for one in judging.best(self.judge(query).candidates, 0.0, LISTED)]
        origin, text = Origin(str(new_id()), PROJECT, "benchmark"), normalised(query)
        given = Given(
            new_id(), query_id(text), origin.session_id, PROJECT, None, "semantic", True, shown, [], moment, moment
        )

        def job(cursor: Any) -> None:
            recommendations.insert(cursor, given)
            stamp = Stamp(moment + timedelta(seconds=1), "tool")
            tracked = tracking.track(cursor, Tracked(right, text), origin, stamp)
            tracking.complete(cursor, Ending(tracked["invocation_id"]), stamp=stamp)

        self._write(job)
        return shown

    def relearn(self, queries: Sequence[str]) -> None:
        """Give these texts their vectors and learn from everything that happened."""
        self._embed(sorted(set(queries)))
        self.store.read(self.recollection.learn)

    def judge(self, query: str, phase: Phase | None = None) -> Judgement:
        """All skills, judged for a query."""
        vector = self._embedded.of(query) if self._embedded else None
        identity = query_id(normalised(query))

        def job(cursor: Any) -> Judgement:
            with self.recollection.current(cursor) as memory:
                identical = invocations.completed_for(cursor, identity)
                return judging.judge(self.recollection, memory, normalised(query), vector, identical, phase, identity)

        return self.store.read(job)

    def _embed(self, texts: list[str]) -> None:
        assert self._embedded
        first = self._embedded.of(texts[0])
        self._model = self._write(lambda cursor: vectors.ensure_model(cursor, "benchmark", len(first)))
        for start in range(0, len(texts), CHUNK):
            part = texts[start : start + CHUNK]
            ids: list[UUID] = [query_id(normalised(text)) for text in part]
            made = np.stack([self._embedded.of(text) for text in part])
            self._write(lambda cursor, ids=ids, made=made: vectors.insert(cursor, self._model, ids, made))

    def _fit(self) -> None:
        if self._model is None:
            return
        with self.recollection.current(self.store.cursor()) as memory:
            lesson = classifier.lesson(memory)
        if lesson and (fitted := asyncio.run(classifier.fitted(lesson, self._model.model_id))):
            self.recollection.fitted(fitted)

    def _write(self, job: Any) -> Any:
        return self.store.write(job).result()


@contextlib.contextmanager
def taught(uses: Sequence[Use], descriptions: dict[str, str], embedded: Embedded | None) -> Iterator[Taught]:
    """A store of its own that has learned this history."""
    with tempfile.TemporaryDirectory(prefix="session-buddy-benchmark-") as folder:
        store = Store.open(str(Path(folder) / "store.duckdb"))
        try:
            made = Taught(store, embedded)
            made.teach(uses, descriptions)
            yield made
        finally:
            store.close()


def _line(use: Use) -> bytes:
    fields = {"skill_name": use.skill, "user_query": use.query, "completed": use.completed, "workflow_phase": use.phase}
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()

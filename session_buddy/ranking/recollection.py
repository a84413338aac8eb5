"""A memory that follows its store: built from the rows once, then kept up to date as rows arrive."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import numpy as np

from session_buddy.ranking import calibration
from session_buddy.ranking.calibration import Calibration, uncalibrated
from session_buddy.ranking.classifier import Classifier
from session_buddy.ranking.counting import Counting
from session_buddy.ranking.memory import Memory
from session_buddy.ranking.parameters import KEPT, LATEST, SAMPLED
from session_buddy.store import history, recommendations, vectors
from session_buddy.store.classifiers import Fitted
from session_buddy.store.history import Event, Mark, Use
from session_buddy.store.recommendations import Standing
from session_buddy.store.vectors import Model, Vector
from session_buddy.store.writing import Cursor

# With more new rows than this, building anew is quicker.
MOST_NEW = 2_000
# What is learned of the whole is learned again when so large a share of the examples, or so many lists, are new.
STALE_SHARE = 0.05
STALE_LISTS = 20
# So many examples are left out while others wait: about 30 ms.
FEW = 10
COMPLETED = "completed"


class Recollection:
    """The memory of one model's vectors, or of words only (`model` is None), and what was learned from it. A use that
    nobody has ended counts as ended after `patience` seconds (None: never)."""

    def __init__(self, model: Model | None, patience: float | None = None) -> None:
        self.model = model
        self._counting = Counting(patience)
        self.classifier: Classifier | None = None
        self.standings: dict[str, Standing] = {}
        self._memory: Memory | None = None
        self._mark: Mark | None = None
        self._calibration: Calibration | None = None
        self._calibrated = 0
        self._listed = -STALE_LISTS
        self._fitted_at = 0
        self._undescribed: dict[UUID, tuple[str, str]] = {}
        self._lock = threading.Lock()
        self._building = threading.Lock()

    @contextmanager
    def current(self, cursor: Cursor, patient: bool = True) -> Iterator[Memory]:
        """The memory, up to date with the rows; nothing else touches it meanwhile. Whoever is not `patient` does not
        wait for a memory of vectors to be built anew, but gets the one there is."""
        while True:
            if self._memory is None:
                self._rebuild(cursor)
            with self._lock, _snapshot(cursor):
                now = history.mark(cursor, self.model)
                if not _much_newer(now, self._mark) or (self.model and not patient):
                    assert self._memory
                    self._follow(cursor, self._memory, now)
                    yield self._memory
                    return
            self._rebuild(cursor)

    @property
    def calibration(self) -> Calibration:
        """What is known about the whole; the memory must be current."""
        assert self._memory
        return self._calibration or uncalibrated(self._memory)

    @property
    def changed_since_fit(self) -> int:
        """How many examples have changed since the classifier was fitted."""
        return self._memory.changes - self._fitted_at if self._memory else 0

    def fitted(self, fitted: Fitted) -> None:
        """Rank with a classifier that was fitted to the examples of now."""
        self.classifier = Classifier(fitted)
        self._fitted_at = self._memory.changes if self._memory else 0

    def learn(self, cursor: Cursor) -> None:
        """Learn about the whole where that is out of date. This may take seconds, in which others are let in."""
        with self.current(cursor) as memory:
            assert self._mark
            stale = self._calibration is None or memory.changes - self._calibrated > STALE_SHARE * len(memory.texts)
            lists = self._mark.recommendations + self._mark.invocations
            rows = calibration.sampled(memory, calibration.MOST) if stale else ()
            query_ids = [memory.examples.query_id(int(row)) for row in rows]
        if lists - self._listed >= STALE_LISTS:
            self.standings, self._listed = recommendations.standing(cursor), lists
        if stale:
            self._calibrate(cursor, memory, list(zip(rows, query_ids, strict=True)))

    def _calibrate(self, cursor: Cursor, memory: Memory, rows: "list[tuple[int, UUID]]") -> None:
        """Leave out a few examples at a time, since nothing is recommended meanwhile."""
        parts = []
        for start in range(0, len(rows), FEW):
            with self.current(cursor) as now:
                if now is not memory:
                    return
                kept = [row for row, query_id in rows[start : start + FEW] if memory.examples.holds(row, query_id)]
                if kept:
                    parts.append(calibration.leave_out(memory, np.array(kept)))
        with self.current(cursor) as now:
            if now is memory:
                self._calibration, self._calibrated = calibration.learned(memory, parts), memory.changes

    def _rebuild(self, cursor: Cursor) -> None:
        """Build the memory anew, unless somebody else has just done so."""
        with self._building, _snapshot(cursor):
            now = history.mark(cursor, self.model)
            if self._memory is None or _much_newer(now, self._mark):
                memory = self._build(cursor)
                with self._lock:
                    self._memory, self._mark = memory, now
                    self._calibration, self._fitted_at = None, memory.changes

    def _build(self, cursor: Cursor) -> Memory:
        memory = Memory(self.model.dimension if self.model else 0)
        self._counting.count(cursor, memory)
        sampled, latest = (SAMPLED, LATEST) if self.model else (KEPT, 0)
        uses = history.sample(cursor, self.model, sampled, latest)
        found = self._vectors(cursor, [use.query_id for use in uses])
        memory.learn(uses, found.get)
        self._describe(cursor, memory)
        return memory

    def _follow(self, cursor: Cursor, memory: Memory, now: Mark) -> None:
        seen = self._mark
        if seen is not None and now != seen and not _much_newer(now, seen):
            self._take_in(cursor, memory, seen, now)
            self._mark = now
        elif self._counting.is_due():
            self._counting.count(cursor, memory)

    def _take_in(self, cursor: Cursor, memory: Memory, seen: Mark, now: Mark) -> None:
        fresh: list[Use] = []
        if self.model and now.vectors > seen.vectors:
            fresh = history.uses_of_fresh_vectors(cursor, self.model, seen.vectors)
            found = self._vectors(cursor, [use.query_id for use in fresh])
            memory.learn([use for use in fresh if not _known(memory, use)], found.get)
        taken = {use.query_id for use in fresh}
        started = history.started(cursor, seen.invocations) if now.invocations > seen.invocations else []
        finished = history.finished(cursor, seen.completions) if now.completions > seen.completions else []
        if (
            now.events > seen.events
            or now.reports > seen.reports
            or self._counting.is_due()
            or self._counting.knows_as_ended(cursor, finished)
        ):
            self._counting.count(cursor, memory)
        else:
            self._counting.follow(memory, started, finished)
        changes = [_change(event) for event in (*started, *finished) if event.query_id not in taken]
        self._reweigh(cursor, memory, [change for change in changes if change])
        amended = [event.query_id for event in finished if event.before and event.query_id]
        if amended or now.reports > seen.reports:
            for use in history.amended(cursor, amended, seen.reports):
                memory.show(use)
        if now.skills != seen.skills or (self._undescribed and now.vectors > seen.vectors):
            self._describe(cursor, memory)

    def _reweigh(self, cursor: Cursor, memory: Memory, changes: "list[Use]") -> None:
        found = self._vectors(cursor, [change.query_id for change in changes if not _known(memory, change)])
        for change in changes:
            if self.model is None or _known(memory, change) or change.query_id in found:
                memory.reweigh(change, found.get(change.query_id))

    def _describe(self, cursor: Cursor, memory: Memory) -> None:
        described = history.described(cursor)
        found = self._vectors(cursor, [one.query_id for one in described])
        self._undescribed = {}
        memory.describe_only({one.skill_name for one in described})
        for one in described:
            if self.model is None or one.query_id in found:
                memory.describe(one.skill_name, one.query_id, one.text, found.get(one.query_id))
            else:
                memory.undescribe(one.skill_name)
                self._undescribed[one.query_id] = (one.skill_name, one.text)

    def _vectors(self, cursor: Cursor, ids: list[UUID]) -> "dict[UUID, Vector]":
        return vectors.of(cursor, self.model, ids) if self.model and ids else {}


@contextmanager
def _snapshot(cursor: Cursor) -> Iterator[None]:
    """All reads in it see the same rows."""
    cursor.begin()
    try:
        yield
    finally:
        cursor.rollback()


def _much_newer(now: Mark, seen: Mark | None) -> bool:
    if seen is None or now.problems != seen.problems:
        return True
    return max(now.invocations - seen.invocations, now.vectors - seen.vectors) > MOST_NEW


def _known(memory: Memory, use: Use) -> bool:
    return memory.examples.find(memory.skill(use.skill_name), use.query_id) is not None


def _change(event: Event) -> Use | None:
    """What an event changes in its text's uses: a beginning counts as good until its end says otherwise."""
    if event.query_id is None:
        return None
    if event.example.outcome is None:
        good, bad = 1, 0
    else:
        worse = (event.before not in (None, COMPLETED)) - (event.example.outcome != COMPLETED)
        good, bad = worse, -worse
    return Use(event.skill_name, event.query_id, good, bad, event.example)

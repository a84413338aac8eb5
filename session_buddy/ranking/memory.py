"""What the hub knows of every skill, so that a recommendation reads no rows: bounded by the number of skills."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np

from session_buddy.ranking import scoring
from session_buddy.ranking.counts import Counts
from session_buddy.ranking.examples import EMPTY, Examples, Kept, grouped
from session_buddy.ranking.growing import Growing
from session_buddy.ranking.lexicon import Lexicon
from session_buddy.ranking.matching import NOT_THERE, Matched, best_mean, cosine_without
from session_buddy.ranking.parameters import BAD_WEIGHT
from session_buddy.ranking.tokens import words
from session_buddy.store.history import Event, PhaseTally, Use
from session_buddy.store.invocations import Example, Tally

Numbers = np.ndarray[Any, np.dtype[Any]]
# The lexicon is built anew when so large a share of its texts is dead.
MOST_DEAD = 0.25


class Memory:
    """Skills by number, in the order in which they became known; examples, words and counts of each.

    `dimension` is that of the vectors, 0 for a memory of words only.
    """

    def __init__(self, dimension: int) -> None:
        self.names: list[str] = []
        self.counts: list[Counts] = []
        self.examples = Examples(dimension)
        self.shown: dict[int, Example] = {}
        self.texts: dict[int, str] = {}
        self.changes = 0
        self._numbers: dict[str, int] = {}
        self._sums = Growing(np.float32, dimension)
        self._lexicon = Lexicon()
        self._norms = Growing(np.float64)
        self._stale: set[int] = set()
        self._words = [0, 0]
        self._unindexed: set[int] = set()

    def skill(self, name: str) -> int:
        """The number of a skill, which becomes known by this."""
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
            self.counts.append(Counts())
            self.examples.add_skill()
            self._sums.append(0.0)
            self._norms.append(0.0)
        return self._numbers[name]

    def recount(self, rows: list[PhaseTally]) -> None:
        """Put these counts in the place of all there were."""
        self.counts = [Counts() for _ in self.names]
        for row in rows:
            self.counts[self.skill(row.skill_name)].add(row.phase, Tally(row.invocations, row.completed, row.ended))

    def began(self, event: Event) -> None:
        """Count an invocation that has begun."""
        self.counts[self.skill(event.skill_name)].add(event.example.workflow_phase, Tally(1, 0, 0))

    def ended(self, event: Event) -> None:
        """Count an invocation that has ended."""
        completed = int(event.example.outcome == "completed")
        counted = Tally(0, completed, 1)
        if event.before is not None:
            counted = Tally(0, completed - int(event.before == "completed"), 0)
        self.counts[self.skill(event.skill_name)].add(event.example.workflow_phase, counted)

    def learn(self, uses: list[Use], vector: Callable[[UUID], Numbers | None]) -> None:
        """Take in texts that the memory does not have yet, with all their uses."""
        fresh = [self._keep(use, vector(use.query_id)) for use in uses]
        self._trim({int(self.examples.owner.values[row]) for row in fresh})
        self._index()

    def describe(self, name: str, query_id: UUID, text: str, vector: Numbers | None) -> None:
        """Let a text stand for a skill, in the place of an earlier one."""
        skill = self.skill(name)
        if self.examples.find(skill, query_id, description=True) is not None:
            return
        self.undescribe(name)
        row = self.examples.put(Kept(skill, query_id), 1, 0, EMPTY, vector, description=True)
        self.texts[row] = text
        self._unindexed.add(row)
        self._add(skill, 1.0, vector)
        self._index()

    def undescribe(self, name: str) -> None:
        """Let a skill be without the text that stood for it."""
        skill = self.skill(name)
        row = self.examples.description(skill)
        if row is not None:
            self._add(skill, -1.0, self.examples.vector(row))
            self._drop(row)

    def describe_only(self, names: set[str]) -> None:
        """Let no other skills have a text that stands for them."""
        described = np.flatnonzero(self.examples.is_description.values)
        for skill in np.unique(self.examples.owner.values[described]).tolist():
            if skill != EMPTY and self.names[skill] not in names:
                self.undescribe(self.names[skill])

    def reweigh(self, use: Use, vector: Numbers | None) -> None:
        """Change what a text's uses by a skill weigh, by `use.good` and `use.bad`; it becomes an example if it is
        none."""
        skill = self.skill(use.skill_name)
        row = self.examples.find(skill, use.query_id)
        if row is None:
            if use.good + use.bad > 0:
                self.learn([use], lambda _: vector)
            else:
                self._add(skill, use.good + BAD_WEIGHT * use.bad, vector)
            return
        self._add(skill, use.good + BAD_WEIGHT * use.bad, self.examples.vector(row))
        self.examples.good.values[row] += use.good
        self.examples.bad.values[row] += use.bad
        if _tells_more(use.example, self.shown.get(row)):
            self.shown[row] = use.example
        self._stale.add(skill)
        self.changes += 1

    def show(self, use: Use) -> None:
        """Show another invocation for a text."""
        row = self.examples.find(self.skill(use.skill_name), use.query_id)
        if row is not None:
            self.shown[row] = use.example

    @property
    def mean_words(self) -> float:
        """The mean number of words of an example."""
        return self._words[0] / self._words[1] if self._words[1] else 0.0

    @property
    def per_skill(self) -> float:
        """The mean number of past queries among a skill's examples, of the skills that have any."""
        counts = self.past()
        return float(counts.sum() / max(1, (counts > 0).sum()))

    def past(self) -> Numbers:
        """How many past queries each skill has among its examples."""
        used = self.examples.good.values + self.examples.bad.values > 0
        rows = self.examples.owner.values[used & ~self.examples.is_description.values]
        return np.bincount(rows, minlength=len(self.names))

    def cold(self) -> Numbers:
        """Which skills have no past query among their examples."""
        return np.asarray(self.past() == 0)

    def match(self, text: str, vector: Numbers | None, without: int | None = None) -> Matched:
        """How a text, and in a memory with vectors its vector, matches every skill that has examples; as if one of
        these, of which text and vector are, had not been there."""
        self._renorm()
        places, document = self.examples.places(), self.examples.document.values
        found = self._lexicon.match(text)
        bm25, cosine = (np.append(one, 0.0)[document] for one in found)
        tfidf = self._tfidf(cosine)
        bm25 *= np.where(self.examples.good.values > 0, 1.0, BAD_WEIGHT)
        similar, half, centroid, nearest = cosine, None, None, None
        if self.examples.dimension and vector is not None:
            similar = self.examples.vectors.values @ vector
            centroid = self.centroids() @ vector
        if without is not None:
            similar[without] = bm25[without] = NOT_THERE
            self._leave_out(without, tfidf, centroid)
        if centroid is not None:
            good = np.where(self.examples.good.values > 0, similar, NOT_THERE)
            nearest = np.maximum(grouped(good, places, NOT_THERE).max(axis=1), 0.0)
            half = scoring.half(nearest, centroid, self.per_skill)
        near = grouped(similar, places, NOT_THERE)
        best, every = near.argmax(axis=1), np.arange(len(places))
        row = np.where(near[every, best] > NOT_THERE, places[every, best], EMPTY)
        best_bm25 = best_mean(grouped(bm25, places, NOT_THERE))
        return Matched(half, np.clip(near[every, best], 0.0, 1.0), row, best_bm25, tfidf, similar, nearest, centroid)

    def centroids(self) -> Numbers:
        """Each skill's weighted mean vector, at length 1 (skills x dimension); 0 for a skill without examples."""
        lengths = np.linalg.norm(self._sums.values, axis=1, keepdims=True)
        return np.asarray(self._sums.values / np.maximum(lengths, 1e-9))

    def _leave_out(self, row: int, tfidf: Numbers, centroid: Numbers | None) -> None:
        """Take an example out of its own skill's centroids. For a sum s of which x is a part with weight w, and a
        cosine c with x, |s - wx|^2 = |s|^2 - 2w c|s| + w^2."""
        skill, weight = int(self.examples.owner.values[row]), float(self.examples.weight()[row])
        tfidf[skill] = cosine_without(float(tfidf[skill]), float(self._norms.values[skill]), weight)
        if centroid is not None:
            length = float(np.linalg.norm(self._sums.values[skill]))
            centroid[skill] = cosine_without(float(centroid[skill]), length, weight)

    def _tfidf(self, cosine: Numbers) -> Numbers:
        owner = self.examples.owner.values
        weighed = np.bincount(np.maximum(owner, 0), cosine * self.examples.weight(), len(self.names))
        return np.minimum(weighed[: len(self.names)] / np.maximum(self._norms.values, 1e-9), 1.0)

    def _keep(self, use: Use, vector: Numbers | None) -> int:
        skill = self.skill(use.skill_name)
        row = self.examples.put(Kept(skill, use.query_id), use.good, use.bad, EMPTY, vector)
        self.shown[row], self.texts[row] = use.example, use.example.user_query
        self._unindexed.add(row)
        self._add(skill, use.good + BAD_WEIGHT * use.bad, vector)
        return row

    def _add(self, skill: int, weight: float, vector: Numbers | None) -> None:
        if vector is not None and self.examples.dimension:
            self._sums.values[skill] += weight * vector
        self._stale.add(skill)
        self.changes += 1

    def _trim(self, skills: set[int]) -> None:
        for skill in skills:
            for row in self.examples.surplus(skill):
                self._drop(row)

    def _drop(self, row: int) -> None:
        self._forget_words(row)
        self.examples.drop(row)
        self.shown.pop(row, None)
        self.texts.pop(row, None)
        self._unindexed.discard(row)

    def _forget_words(self, row: int) -> None:
        document = int(self.examples.document.values[row])
        if document != EMPTY:
            self._lexicon.remove(document)
            self._words[0] -= len(words(self.texts[row]))
            self._words[1] -= 1
            self.examples.document.values[row] = EMPTY

    def _index(self) -> None:
        """Give every example its place in the lexicon, a new one when too much of it is dead."""
        if self._lexicon.dead > MOST_DEAD * self._lexicon.documents + 64:
            self._lexicon = Lexicon()
            self._unindexed, self._words = set(self.texts), [0, 0]
        for row in sorted(self._unindexed):
            text = self.texts[row]
            self.examples.document.values[row] = self._lexicon.add(text)
            self._words[0] += len(words(text))
            self._words[1] += 1
            self._stale.add(int(self.examples.owner.values[row]))
        self._unindexed.clear()

    def _renorm(self) -> None:
        """Bring the lengths of the TF-IDF centroids up to date."""
        if self._lexicon.refresh():
            self._stale.update(range(len(self.names)))
        weight = self.examples.weight() if self._stale else None
        for skill in self._stale:
            assert weight is not None
            rows = self.examples.rows(skill)
            documents = self.examples.document.values[rows].tolist()
            self._norms.values[skill] = self._lexicon.centroid_norm(documents, weight[rows])
        self._stale.clear()


def _tells_more(new: Example, shown: Example | None) -> bool:
    """Whether an invocation is the one to show: a completed one before others, the latest of them."""
    if shown is None:
        return True
    return (new.outcome == "completed", new.invoked_us) >= (shown.outcome == "completed", shown.invoked_us)

"""How good the ranking is on a store's own history: past queries, each left out once and asked for."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from session_buddy.ranking import scoring
from session_buddy.ranking.examples import EMPTY
from session_buddy.ranking.judging import evidence_for
from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.ranking.recollection import Recollection
from session_buddy.ranking.scoring import Evidence
from session_buddy.store.invocations import Tally

LISTED = 5
BINS = 5
# The 97.5 % quantile of the normal distribution, for intervals of 95 %.
NORMAL = 1.959964


class Trial(NamedTuple):
    """One past query, left out: at which rank its skill comes, from 1, by session_buddy's ranking, by the same with the
    classifier (None: there is none), by the number of uses, and by the nearest past query; how well the first skill
    fits, and how well the first fits when the right one is taken away."""

    ours: int
    with_classifier: int | None
    most_used: int
    nearest: int
    fit: float
    fit_without: float


class Asked(NamedTuple):
    """What is said of an example that is left out: the skills that anything stands for, by number, and for each the
    evidence, the similarity of its nearest example, and how often it was used."""

    chosen: Numbers
    evidence: Evidence
    nearest: Numbers
    uses: Numbers


class Share(NamedTuple):
    """A share of `n` in percent, with Wilson's interval of 95 % (Wilson, 1927); None of nothing."""

    percent: float | None
    low: float | None
    high: float | None
    n: int


class Bin(NamedTuple):
    """Trials whose first skill fits so well (`low` to `high`, fractions), and how often it is right."""

    low: float
    high: float
    right: Share


def attempt(recollection: Recollection, memory: Memory, row: int, logits: Numbers | None) -> Trial | None:
    """Ask for a past query as if it had never been there; None when nothing else stands for its skill. `logits` are
    those of a classifier that has not seen it, of all skills."""
    skill = int(memory.examples.owner.values[row])
    asked = left_out(recollection, memory, row)
    if skill not in asked.chosen:
        return None
    own = int(np.flatnonzero(asked.chosen == skill)[0])
    evidence, setting = asked.evidence, recollection.calibration.setting
    values = scoring.values(evidence, setting)
    fits = scoring.fit(evidence.similarity, evidence.tfidf)
    others = np.delete(np.arange(len(asked.chosen)), own)
    taught = None if logits is None else scoring.values(evidence._replace(logit=logits[asked.chosen]), setting)
    return Trial(
        rank(values, own),
        None if taught is None else rank(taught, own),
        rank(asked.uses, own),
        rank(asked.nearest, own),
        float(fits[values.argmax()]),
        float(fits[others[values[others].argmax()]]) if len(others) else 0.0,
    )


def left_out(recollection: Recollection, memory: Memory, row: int) -> Asked:
    """Ask for an example as if neither it nor any use of its text by its skill had been there. The memory has to be
    current: its counts are others meanwhile. What cannot be undone is the part of its lists in the standings."""
    vector = memory.examples.vector(row) if memory.examples.dimension else None
    matched = memory.match(memory.texts[row], vector, row)
    chosen = np.flatnonzero(matched.row != EMPTY)
    with _uncounted(memory, row):
        evidence = evidence_for(recollection, memory, matched, None, chosen)
        uses = np.array([memory.counts[skill].overall.invocations for skill in chosen], float)
    past = memory.past()
    past[memory.examples.owner.values[row]] -= 1
    return Asked(chosen, evidence._replace(cold=past[chosen] == 0), matched.nearest[chosen], uses)


@contextmanager
def _uncounted(memory: Memory, row: int) -> Iterator[None]:
    """For as long as it lasts, the uses of an example are not counted."""
    counts = memory.counts[int(memory.examples.owner.values[row])]
    good, bad = int(memory.examples.good.values[row]), int(memory.examples.bad.values[row])
    completed = good if memory.shown[row].outcome == "completed" else 0
    kept = counts.overall
    fewer = (kept.invocations - good - bad, kept.completed - completed, kept.ended - completed - bad)
    counts.overall = Tally(*(max(0, number) for number in fewer))
    try:
        yield
    finally:
        counts.overall = kept


def rank(values: Numbers, own: int) -> int:
    """The rank of one among equals and others: in the middle of those with the same value, rounded up."""
    higher, same = int((values > values[own]).sum()), int((values == values[own]).sum())
    return 1 + higher + same // 2


def within(ranks: Sequence[int], most: int) -> Share:
    """The share of ranks up to `most`: recall at so many."""
    return share(sum(one <= most for one in ranks), len(ranks))


def reciprocal(ranks: Sequence[int]) -> float | None:
    """The mean reciprocal rank, between 0 and 1."""
    return sum(1 / one for one in ranks) / len(ranks) if ranks else None


def share(hits: int, n: int) -> Share:
    """Hits of n as a share with its interval."""
    if not n:
        return Share(None, None, None, 0)
    rate, squared = hits / n, NORMAL * NORMAL
    middle = (rate + squared / (2 * n)) / (1 + squared / n)
    half = NORMAL * math.sqrt(rate * (1 - rate) / n + squared / (4 * n * n)) / (1 + squared / n)
    return Share(100 * rate, 100 * max(0.0, middle - half), 100 * min(1.0, middle + half), n)


def reliability(trials: Sequence[Trial]) -> list[Bin]:
    """The trials in bins of how well the first skill fits, each with about as many."""
    ordered = sorted(trials, key=lambda one: one.fit)
    parts = [ordered[len(ordered) * at // BINS : len(ordered) * (at + 1) // BINS] for at in range(BINS)]
    return [
        Bin(part[0].fit, part[-1].fit, share(sum(one.ours == 1 for one in part), len(part))) for part in parts if part
    ]

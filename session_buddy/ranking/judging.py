"""A recollection's answer to one query: every skill that has an example, judged."""

from typing import NamedTuple
from uuid import UUID

import numpy as np

from session_buddy.ranking import scoring
from session_buddy.ranking.examples import EMPTY
from session_buddy.ranking.matching import Matched
from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.ranking.parameters import (
    RATE_PSEUDO_OBSERVATIONS,
    STANDING_PSEUDO_OBSERVATIONS,
    UNKNOWN_RATE,
)
from session_buddy.ranking.recollection import Recollection
from session_buddy.ranking.scoring import Evidence
from session_buddy.store.invocations import Example, Tally
from session_buddy.store.recommendations import Standing


class Candidate(NamedTuple):
    """A skill as it is judged for a query. `score` and `similarity` are fractions; `value` orders; `example` is the
    nearest past invocation (None: the description is nearer), `text` what it is near to."""

    skill_name: str
    value: float
    score: float
    similarity: float
    tally: Tally
    example: Example | None
    text: str
    identical: int = 0


class Judgement(NamedTuple):
    """All candidates, unordered, how well the best fits, and how well it has to."""

    candidates: list[Candidate]
    fit: float
    threshold: float


class Weighed(NamedTuple):
    """How a query matches every skill, the numbers of those that are judged, and what speaks for each of these."""

    matched: Matched
    chosen: Numbers
    evidence: Evidence


class Phase(NamedTuple):
    """A phase that was asked for, and how much it counts (0 to 1)."""

    name: str
    weight: float


def judge(
    recollection: Recollection,
    memory: Memory,
    text: str,
    vector: Numbers | None,
    identical: dict[str, int],
    phase: Phase | None,
    query_id: UUID,
) -> Judgement:
    """Judge every skill for a text. `identical` counts how often each was completed for exactly this text: these
    come first, with similarity 1."""
    threshold = recollection.calibration.threshold.value
    found = weighed(recollection, memory, text, vector, identical)
    if found is None:
        return Judgement([], 0.0, threshold)
    matched, chosen, evidence = found
    value = scoring.values(evidence, recollection.calibration.setting)
    fits = scoring.fit(evidence.similarity, evidence.tfidf)
    score = scoring.scores(value, fits)
    candidates = []
    for place, skill in enumerate(chosen.tolist()):
        one = _candidate(memory, matched, skill)._replace(value=float(value[place]), score=float(score[place]))
        candidates.append(
            _identical(memory, one, identical[one.skill_name], query_id) if one.skill_name in identical else one
        )
    fit = 1.0 if any(one.identical for one in candidates) else float(fits[int(value.argmax())])
    return Judgement(_in_phase(memory, candidates, phase) if phase else candidates, fit, threshold)


def weighed(
    recollection: Recollection, memory: Memory, text: str, vector: Numbers | None, identical: dict[str, int]
) -> Weighed | None:
    """How a text matches, which skills are judged for it, and what speaks for them; None where none is."""
    matched = memory.match(text, vector)
    chosen = np.flatnonzero(matched.row != EMPTY)
    if not memory.examples.dimension:
        chosen = chosen[[matched.bm25[skill] > 0 or memory.names[skill] in identical for skill in chosen]]
    if not len(chosen):
        return None
    logits = None
    if recollection.classifier and matched.half is not None and vector is not None:
        logits = recollection.classifier.logits(vector, memory.names)
    return Weighed(matched, chosen, evidence_for(recollection, memory, matched, logits, chosen))


def best(candidates: list[Candidate], min_similarity: float, limit: int) -> list[Candidate]:
    """The best `limit` candidates that are similar enough, in order."""
    enough = [one for one in candidates if one.similarity >= min_similarity]
    return sorted(enough, key=lambda one: (-one.score, -one.identical, -one.value, one.skill_name))[:limit]


def evidence_for(
    recollection: Recollection, memory: Memory, matched: Matched, logits: Numbers | None, chosen: Numbers
) -> Evidence:
    """What speaks for the chosen skills; `logits` are the classifier's, of all skills, or None without one."""
    return Evidence(
        similarity=None if matched.half is None else matched.half[chosen],
        bm25=matched.bm25[chosen],
        tfidf=matched.tfidf[chosen],
        logit=None if logits is None else logits[chosen],
        cold=memory.cold()[chosen],
        rate=_rates(memory)[chosen],
        standing=_standings(memory, recollection.standings)[chosen],
    )


def _rates(memory: Memory) -> Numbers:
    """Each skill's completion rate, shrunk towards the store's, less the store's."""
    overall = np.array([(counts.overall.completed, counts.overall.ended) for counts in memory.counts], float)
    completed, ended = overall.sum(axis=0)
    store = completed / ended if ended else UNKNOWN_RATE
    shrunk = (overall[:, 0] + RATE_PSEUDO_OBSERVATIONS * store) / (overall[:, 1] + RATE_PSEUDO_OBSERVATIONS)
    return np.asarray(shrunk - store)


def _standings(memory: Memory, standings: dict[str, Standing]) -> Numbers:
    """How much less often than others at its ranks a shown skill is chosen: 0 (not less) to -1 (never)."""
    made = np.zeros(len(memory.names))
    for skill, name in enumerate(memory.names) if standings else ():
        if one := standings.get(name):
            share = (one.chosen + STANDING_PSEUDO_OBSERVATIONS) / (one.expected + STANDING_PSEUDO_OBSERVATIONS)
            made[skill] = min(0.0, share - 1.0)
    return made


def _candidate(memory: Memory, matched: Matched, skill: int) -> Candidate:
    row = int(matched.row[skill])
    described = bool(memory.examples.is_description.values[row])
    return Candidate(
        memory.names[skill],
        0.0,
        0.0,
        float(matched.nearest[skill]),
        memory.counts[skill].overall,
        None if described else memory.shown.get(row),
        memory.texts[row],
    )


def _identical(memory: Memory, one: Candidate, times: int, query_id: UUID) -> Candidate:
    row = memory.examples.find(memory.skill(one.skill_name), query_id)
    example = one.example if row is None else memory.shown.get(row)
    return one._replace(score=1.0, similarity=1.0, identical=times, example=example)


def rates_in(memory: Memory, phase: str) -> dict[str, float]:
    """How likely each skill is completed in a phase (0 to 1)."""
    completed, ended = (sum(getattr(one.overall, name) for one in memory.counts) for name in ("completed", "ended"))
    store_rate = completed / ended if ended else None
    rates = {}
    for name, known in zip(memory.names, memory.counts, strict=True):
        there, overall = known.phases.get(phase, Tally(0, 0, 0)), known.overall
        rates[name] = scoring.phase_rate((there.completed, there.ended), (overall.completed, overall.ended), store_rate)
    return rates


def _in_phase(memory: Memory, candidates: list[Candidate], phase: Phase) -> list[Candidate]:
    rates = rates_in(memory, phase.name)
    return [
        one._replace(score=(1 - phase.weight) * one.score + phase.weight * rates[one.skill_name]) for one in candidates
    ]

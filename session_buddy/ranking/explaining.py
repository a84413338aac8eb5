"""Why a skill is recommended: the ranking value in the parts of which it was made, in words for a person.

A part is above 0 where it speaks for the skill more than for the mean of the skills that were judged.
"""

from typing import NamedTuple

import numpy as np

from session_buddy.ranking import judging, scoring
from session_buddy.ranking import parameters as p
from session_buddy.ranking.judging import Candidate, Phase, Weighed
from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.ranking.recollection import Recollection
from session_buddy.ranking.scoring import Evidence, Setting
from session_buddy.store.invocations import Example, Tally

NEAREST, OTHERS, NEW, CLASSIFIER, WORDS, SUCCESS, CHOICE = (
    "nearest past problem", "its other problems", "new skill", "classifier", "words", "success", "choice",
)  # fmt: skip
FIT, PHASE = "fit", "phase"
MOST_EXAMPLES = 3


class Part(NamedTuple):
    """One part of a sum, and what it is made of."""

    name: str
    value: float
    note: str


class Why(NamedTuple):
    """The parts sum up to the ranking value, the parts of the score to the score; with the nearest past uses, each
    with its similarity (0 to 1)."""

    value: float
    parts: list[Part]
    score_parts: list[Part]
    examples: list[tuple[Example, float]]


def explain(
    recollection: Recollection,
    memory: Memory,
    text: str,
    vector: Numbers | None,
    identical: dict[str, int],
    phase: Phase | None,
    candidates: list[Candidate],
) -> dict[str, Why]:
    """Why each of these candidates was judged as it was by `judging.judge`, which is given the same; the memory must
    be as it was then."""
    weighed = judging.weighed(recollection, memory, text, vector, identical)
    if weighed is None:
        return {}
    setting = recollection.calibration.setting
    split = parts(weighed.evidence, setting, _halves(weighed, scoring.nearest_share(memory.per_skill)))
    value = scoring.values(weighed.evidence, setting)
    score = scoring.scores(value, scoring.fit(weighed.evidence.similarity, weighed.evidence.tfidf))
    rates = judging.rates_in(memory, phase.name) if phase else {}
    places = {memory.names[skill]: place for place, skill in enumerate(weighed.chosen.tolist())}
    found = {}
    for one in candidates:
        place = places[one.skill_name]
        found[one.skill_name] = Why(
            one.value,
            [
                Part(name, float(values[place]), _note(name, weighed, place, one.tally))
                for name, values in split.items()
            ],
            _of_score(one, float(score[place]), phase, rates.get(one.skill_name, 0.0)),
            _examples(memory, weighed, memory.skill(one.skill_name)),
        )
    return found


def parts(evidence: Evidence, setting: Setting, halves: tuple[Numbers, Numbers] | None) -> dict[str, Numbers]:
    """What `scoring.values` adds up, by name. `halves` are the two summands of the similarity: what the nearest example
    and what the others give (None: words only)."""
    if evidence.similarity is None or halves is None:
        scale = scoring.spread(evidence.tfidf) / (p.LEXICAL_BM25 + p.LEXICAL_TFIDF)
        words = _words(evidence, p.LEXICAL_BM25, p.LEXICAL_TFIDF)
        return _scaled({WORDS: words, **_own(evidence)}, scale)
    bias = setting.cold_bias * evidence.cold
    similarity = evidence.similarity + bias
    deviation, weights = scoring.spread(similarity), 1.0
    found = dict(zip((NEAREST, OTHERS), (_centred(half, deviation) for half in halves), strict=True))
    if bias.any():
        found[NEW] = _centred(bias, deviation)
    if evidence.logit is not None:
        logit = scoring.imputed(evidence.logit, similarity)
        found[CLASSIFIER] = p.CLASSIFIER_WEIGHT * scoring.standardised(logit)
        weights += p.CLASSIFIER_WEIGHT
    found[WORDS] = setting.words * _words(evidence, p.BM25_WEIGHT, p.TFIDF_WEIGHT)
    weights += setting.words * (p.BM25_WEIGHT + p.TFIDF_WEIGHT)
    return _scaled(found | _own(evidence), deviation / weights)


def _halves(weighed: Weighed, share: float) -> tuple[Numbers, Numbers] | None:
    good, centroid = weighed.matched.good, weighed.matched.centroid
    if good is None or centroid is None:
        return None
    return share * good[weighed.chosen], (1 - share) * centroid[weighed.chosen]


def _centred(part: Numbers, deviation: float) -> Numbers:
    return (part - part.mean()) / deviation if deviation > scoring.LEAST_SPREAD else np.zeros_like(part)


def _words(evidence: Evidence, bm25: float, tfidf: float) -> Numbers:
    found: Numbers = bm25 * scoring.standardised(evidence.bm25) + tfidf * scoring.standardised(evidence.tfidf)
    return found


def _own(evidence: Evidence) -> dict[str, Numbers]:
    return {SUCCESS: p.RATE_WEIGHT * evidence.rate, CHOICE: p.STANDING_WEIGHT * evidence.standing}


def _scaled(found: dict[str, Numbers], scale: float) -> dict[str, Numbers]:
    return {name: values * scale for name, values in found.items()}


def _note(name: str, weighed: Weighed, place: int, tally: Tally) -> str:
    evidence, matched, skill = weighed.evidence, weighed.matched, weighed.chosen[place]
    if name in (NEAREST, OTHERS):
        values = matched.good if name == NEAREST else matched.centroid
        assert values is not None
        return f"similarity {values[skill]:.2f}; the mean of all skills is {values[weighed.chosen].mean():.2f}"
    if name == NEW:
        return "it has no past problems yet, and such skills are raised" if evidence.cold[place] else "it is not new"
    if name == CLASSIFIER:
        assert evidence.logit is not None
        known = not np.isnan(evidence.logit[place])
        return "how much the problem looks like its past ones" if known else "not known to it; judged as similar skills"
    if name == WORDS:
        return f"BM25 {evidence.bm25[place]:.2f}, TF-IDF {evidence.tfidf[place]:.2f}"
    if name == SUCCESS:
        return (
            f"{tally.completed} of {tally.ended} ended uses were completed" if tally.ended else "no use has ended yet"
        )
    return "chosen less often than others where it was shown" if evidence.standing[place] < 0 else "nothing against it"


def _of_score(one: Candidate, score: float, phase: Phase | None, rate: float) -> list[Part]:
    fit, weight = 1.0 if one.identical else score, phase.weight if phase else 0.0
    note = "completed for exactly this problem" if one.identical else "how well it fits, fallen off with the value"
    found = [Part(FIT, (1 - weight) * fit, note)]
    if phase:
        found.append(Part(PHASE, weight * rate, f"completed in {phase.name!r} with a chance of {100 * rate:.0f} %"))
    return found


def _examples(memory: Memory, weighed: Weighed, skill: int) -> list[tuple[Example, float]]:
    rows = [row for row in memory.examples.rows(skill) if row in memory.shown]
    similar = weighed.matched.similar
    nearest = sorted(rows, key=lambda row: -float(similar[row]))[:MOST_EXAMPLES]
    return [(memory.shown[row], float(np.clip(similar[row], 0.0, 1.0))) for row in nearest]

"""From what is known of each skill to an order. Pure functions over arrays with one value per skill."""

from typing import Any, NamedTuple

import numpy as np

from session_buddy.ranking import parameters as p

Numbers = np.ndarray[Any, np.dtype[Any]]
# A part whose values differ by less than this says nothing.
LEAST_SPREAD = 1e-6


class Evidence(NamedTuple):
    """What speaks for each skill. `similarity` is the raw one, of nearest and centroid (None: words only), `logit` the
    classifier's, NaN where it does not know the skill (None: no classifier); `rate` the shrunk completion rate less
    the store's, `standing` how much more often than chance a shown skill is chosen, at most 0 and at least -1."""

    similarity: Numbers | None
    bm25: Numbers
    tfidf: Numbers
    logit: Numbers | None
    cold: Numbers
    rate: Numbers
    standing: Numbers


class Setting(NamedTuple):
    """What the store's own history says about how to rank it: the bias of skills without history (a cosine), and the
    share in which words count."""

    cold_bias: float = 0.0
    words: float = 1.0


def values(evidence: Evidence, setting: Setting) -> Numbers:
    """The ranking value of each skill, in cosines for a ranking by meaning: differences count, not the height."""
    if evidence.similarity is None:
        total = p.LEXICAL_BM25 * standardised(evidence.bm25) + p.LEXICAL_TFIDF * standardised(evidence.tfidf)
        return (total + _own(evidence)) * (spread(evidence.tfidf) / (p.LEXICAL_BM25 + p.LEXICAL_TFIDF))
    similarity = evidence.similarity + setting.cold_bias * evidence.cold
    total, weights = standardised(similarity), 1.0
    if evidence.logit is not None:
        total = total + p.CLASSIFIER_WEIGHT * standardised(imputed(evidence.logit, similarity))
        weights += p.CLASSIFIER_WEIGHT
    for weight, part in ((p.BM25_WEIGHT, evidence.bm25), (p.TFIDF_WEIGHT, evidence.tfidf)):
        total = total + setting.words * weight * standardised(part)
        weights += setting.words * weight
    return (total + _own(evidence)) * (spread(similarity) / weights)


def standardised(part: Numbers) -> Numbers:
    """(part - mean) / standard deviation over the skills; 0 everywhere when they do not differ."""
    deviation = spread(part)
    return (part - part.mean()) / deviation if deviation > LEAST_SPREAD else np.zeros_like(part)


def spread(part: Numbers) -> float:
    return float(part.std()) if len(part) else 0.0


def half(nearest: Numbers, centroid: Numbers, examples_per_skill: float) -> Numbers:
    """The similarity: the cosines to the nearest example and to the centroid, weighed by how many past queries a
    skill has on the mean."""
    share = nearest_share(examples_per_skill)
    return np.asarray(share * nearest + (1 - share) * centroid)


def nearest_share(examples_per_skill: float) -> float:
    """How much of the similarity is the nearest example's."""
    least, most = p.NEAREST_SHARE
    return least + (most - least) * min(1.0, examples_per_skill / p.KEPT)


def fit(similarity: Numbers | None, tfidf: Numbers) -> Numbers:
    """How well each skill fits, from 0 to 1, to be compared with a threshold: the raw similarity and some of the
    words' cosine; by words alone, that cosine."""
    if similarity is None:
        return np.clip(tfidf, 0.0, 1.0)
    return np.clip((similarity + p.FIT_TFIDF * tfidf) / (1 + p.FIT_TFIDF), 0.0, 1.0)


def scores(value: Numbers, fits: Numbers) -> Numbers:
    """The ranking values as fractions, in the same order: the best skill's is how well it fits, and the others fall off
    exponentially with what they are behind."""
    if not len(value):
        return value
    best = int(value.argmax())
    height = max(float(fits[best]), LEAST_SPREAD)
    return np.asarray(height * np.exp(p.SCORE_FALL * (value - value[best]) / height))


def phase_rate(in_phase: tuple[int, int], overall: tuple[int, int], store_rate: float | None) -> float:
    """The completion rate in a phase, from (completed, ended) there, shrunk to the skill's overall rate by five
    pseudo-observations; without any ended invocation the store's rate stands in for it, and 0.5 for that."""
    completed, ended = in_phase
    prior = p.UNKNOWN_RATE if store_rate is None else store_rate
    if overall[1]:
        prior = overall[0] / overall[1]
    return (completed + p.PHASE_PSEUDO_OBSERVATIONS * prior) / (ended + p.PHASE_PSEUDO_OBSERVATIONS)


def _own(evidence: Evidence) -> Numbers:
    return p.RATE_WEIGHT * evidence.rate + p.STANDING_WEIGHT * evidence.standing


def imputed(logit: Numbers, similarity: Numbers) -> Numbers:
    """The classifier's values, and for skills that it does not know what it says of others that are as similar:
    a line fitted through those it knows."""
    known = ~np.isnan(logit)
    if known.all():
        return logit
    if known.sum() < 2 or spread(similarity[known]) <= LEAST_SPREAD:
        return np.where(known, logit, logit[known].mean() if known.any() else 0.0)
    centred = similarity[known] - similarity[known].mean()
    slope = float(centred @ logit[known]) / float(centred @ centred)
    expected: Numbers = logit[known].mean() + slope * (similarity - similarity[known].mean())
    return np.where(known, logit, expected)

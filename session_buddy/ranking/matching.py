"""How a query matches each skill, and the sums behind it."""

import math
from typing import Any, NamedTuple

import numpy as np

from session_buddy.ranking.parameters import BEST_TEXTS

Numbers = np.ndarray[Any, np.dtype[Any]]
# The value of an example that is not there, below every cosine and every BM25.
NOT_THERE = -2.0
NOTHING_LEFT = 1e-6


class Matched(NamedTuple):
    """How a query matches each skill: the raw similarity (None without vectors), the nearest example's
    similarity and row (`EMPTY`: none), BM25 of the best texts, and the cosine with the TF-IDF centroid. `similar` is
    the similarity of each example; `good` and `centroid` are what the raw similarity is made of: the nearest good
    example's, and that with the centroid."""

    half: Numbers | None
    nearest: Numbers
    row: Numbers
    bm25: Numbers
    tfidf: Numbers
    similar: Numbers
    good: Numbers | None = None
    centroid: Numbers | None = None


def cosine_without(cosine: float, length: float, weight: float) -> float:
    """The cosine with a sum of which a unit vector was a part, without that; 0 when nothing is left."""
    rest = length * length - 2 * weight * cosine * length + weight * weight
    return (cosine * length - weight) / math.sqrt(rest) if rest > NOTHING_LEFT else 0.0


def best_mean(scores: Numbers) -> Numbers:
    """The mean of each row's best three, or of as many as there are; negative numbers stand for none."""
    best = np.sort(np.partition(scores, -min(BEST_TEXTS, scores.shape[1]), axis=1)[:, -BEST_TEXTS:], axis=1)
    there = best >= 0
    return np.asarray(np.where(there, best, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1))

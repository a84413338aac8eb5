"""The process that fits a classifier to a store's examples, so that the hub's memory stays small and its calls quick.

It reads one JSON line {"examples", "dimension"}, then for each example its skill's number (int32), whether it is a
description (uint8) and its vector (32-bit floats); it writes one JSON line {"skills", "joins"} and, for each of these
skills, weights and a constant (32-bit floats). It ends when the pipe from the hub closes.
"""

import json
import os
import sys
import threading
import warnings
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from session_buddy.ranking.parameters import CLASSIFIER_C, CLASSIFIER_WEIGHT
from session_buddy.ranking.scoring import half, standardised

Numbers = np.ndarray[Any, np.dtype[Any]]
ITERATIONS = 100
# So many past queries, at most a quarter of them, are held out to see whether the classifier helps.
HELD_OUT, HELD_SHARE = 1_000, 0.25


class Examples(NamedTuple):
    """What there is to learn from: each row's skill, whether it is the skill's description, and its vector."""

    skill: Numbers
    described: Numbers
    vectors: Numbers


def main() -> int:
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    give_way()
    examples = read(sys.stdin.buffer)
    threading.Thread(target=end_with_the_hub, args=(sys.stdin.buffer,), daemon=True).start()
    skills, weights = fit(examples)
    head = {"skills": skills.tolist(), "joins": helps(examples)}
    replies.write(json.dumps(head).encode() + b"\n" + weights.astype("<f4").tobytes())
    replies.flush()
    return 0


def read(stream: BinaryIO) -> Examples:
    """The examples of a request."""
    head = json.loads(stream.readline())
    count, dimension = head["examples"], head["dimension"]
    skill = np.frombuffer(stream.read(4 * count), "<i4")
    described = np.frombuffer(stream.read(count), np.uint8).astype(bool)
    vectors = np.frombuffer(stream.read(4 * count * dimension), "<f4").reshape(count, dimension)
    return Examples(skill, described, vectors)


def fit(examples: Examples) -> tuple[Numbers, Numbers]:
    """Multinomial logistic regression in which every skill weighs the same.

    Returns:
        The skills' numbers, and for each its weights and its constant (skills x dimension + 1).
    """
    from sklearn.linear_model import LogisticRegression

    counts = np.bincount(examples.skill)
    weight = 1.0 / counts[examples.skill]
    weight *= len(weight) / weight.sum()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not converged after these iterations is good enough
        model = LogisticRegression(C=CLASSIFIER_C, max_iter=ITERATIONS)
        model.fit(examples.vectors, examples.skill, sample_weight=weight)
    weights = np.column_stack([model.coef_, model.intercept_])
    return model.classes_, weights if len(model.classes_) > 2 else np.concatenate([-weights, weights]) / 2


def helps(examples: Examples) -> bool:
    """Whether the ranking is at least as often right with the classifier, on past queries that neither has seen: it
    is not when those it spoils outnumber those it mends by more than chance (one standard error)."""
    order = np.random.default_rng(0).permutation(np.flatnonzero(~examples.described))
    held = order[: min(HELD_OUT, int(HELD_SHARE * len(order)))]
    rest = np.ones(len(examples.skill), bool)
    rest[held] = False
    seen = Examples(examples.skill[rest], examples.described[rest], examples.vectors[rest])
    held = held[np.isin(examples.skill[held], seen.skill)]
    if len(np.unique(seen.skill)) < 2 or not len(held):
        return False
    skills, weights = fit(seen)
    queries, truth = examples.vectors[held], np.searchsorted(skills, examples.skill[held])
    logits = queries @ weights[:, :-1].T + weights[:, -1]
    similar = _half(seen, skills, queries)
    alone, both = (np.zeros(len(held), bool) for _ in range(2))
    for row in range(len(held)):
        known = standardised(similar[row])
        alone[row] = known.argmax() == truth[row]
        both[row] = (known + CLASSIFIER_WEIGHT * standardised(logits[row])).argmax() == truth[row]
    mended, spoilt = int((both & ~alone).sum()), int((alone & ~both).sum())
    return bool(spoilt - mended <= np.sqrt(spoilt + mended))


def _half(seen: Examples, skills: Numbers, queries: Numbers) -> Numbers:
    """The similarity of each query to each skill (queries x skills)."""
    order = np.argsort(seen.skill, kind="stable")
    starts = np.searchsorted(seen.skill[order], skills)
    sums = np.add.reduceat(seen.vectors[order], starts, axis=0)
    centroid = queries @ (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)).T
    nearest = np.maximum.reduceat(queries @ seen.vectors[order].T, starts, axis=1)
    return half(nearest, centroid, float((~seen.described).sum() / len(skills)))


def give_way() -> None:
    """Work only while nothing else wants the processors."""
    if hasattr(os, "nice"):
        os.nice(19)


def end_with_the_hub(stream: BinaryIO) -> None:
    """End this process when the pipe from the hub closes."""
    stream.read(1)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())

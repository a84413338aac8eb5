"""What a store's own history says about its ranking, each example left out once."""

from typing import Any, NamedTuple

import numpy as np

from session_buddy.ranking import scoring
from session_buddy.ranking.examples import EMPTY
from session_buddy.ranking.memory import Memory
from session_buddy.ranking.parameters import COLD_BIAS, FULL_LENGTH
from session_buddy.ranking.scoring import Setting

Numbers = np.ndarray[Any, np.dtype[Any]]

# So many past queries are left out, drawn at random when there are more.
MOST = 400
# With fewer past queries or skills than this the threshold is the constant below.
LEAST_QUERIES, LEAST_SKILLS = 40, 5
ANSWERED, REFUSED = 0.9, 0.5
# Where the fit of queries that have an answer and of queries that have none parts, on CLINC150's validation rows.
DEFAULT_THRESHOLD = {True: 0.40, False: 0.20}


class Threshold(NamedTuple):
    """The least fit with which the best skill is an answer. `queries` is of how many past queries it was learned, 0
    where there were too few; `answered` and `refused` are the shares that it judges rightly: of past queries with
    their skill there, and of past queries whose skill is taken away."""

    value: float
    queries: int = 0
    answered: float | None = None
    refused: float | None = None


class Calibration(NamedTuple):
    """How to rank this store, and when its best skill is an answer."""

    setting: Setting
    threshold: Threshold


class LeftOut(NamedTuple):
    """Past queries, each compared with everything but itself (queries x skills), and the number of its own skill."""

    row: Numbers
    skill: Numbers
    half: Numbers | None
    tfidf: Numbers


def uncalibrated(memory: Memory) -> Calibration:
    """What holds as long as nothing was left out."""
    return Calibration(Setting(0.0, _word_share(memory)), Threshold(DEFAULT_THRESHOLD[memory.examples.dimension > 0]))


def calibrate(memory: Memory) -> Calibration:
    """Leave past queries out, and learn the bias of skills without history and the threshold of confidence."""
    rows = sampled(memory, MOST)
    return learned(memory, [leave_out(memory, rows)] if len(rows) else [])


def learned(memory: Memory, parts: list[LeftOut]) -> Calibration:
    """What past queries that were left out, part by part, say."""
    if not parts:
        return uncalibrated(memory)
    skills = len(memory.names)
    halves = [_widened(part.half, skills) for part in parts if part.half is not None]
    found = LeftOut(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.skill for part in parts]),
        np.concatenate(halves) if halves else None,
        np.concatenate([_widened(part.tfidf, skills) for part in parts]),
    )
    return Calibration(Setting(_cold_bias(memory, found), _word_share(memory)), _threshold(memory, found))


def sampled(memory: Memory, most: int) -> Numbers:
    """Rows of good past queries, at most so many."""
    rows = np.flatnonzero((memory.examples.good.values > 0) & ~memory.examples.is_description.values)
    return np.sort(np.random.default_rng(0).permutation(rows)[:most])


def leave_out(memory: Memory, rows: Numbers) -> LeftOut:
    """Compare each of these examples with every skill as if it had not been there itself."""
    semantic, vectors = memory.examples.dimension > 0, memory.examples.vectors.values
    found = [memory.match(memory.texts[int(row)], vectors[row] if semantic else None, int(row)) for row in rows]
    half = np.stack([one.half for one in found if one.half is not None]) if semantic else None
    return LeftOut(rows, memory.examples.owner.values[rows], half, np.stack([one.tfidf for one in found]))


def _cold_bias(memory: Memory, found: LeftOut) -> float:
    """By how much past queries are nearer to their own skill than to its description, in part."""
    if found.half is None or not memory.cold().any():
        return 0.0
    described = np.array([_or_empty(memory.examples.description(int(skill))) for skill in found.skill])
    known = np.flatnonzero(described != EMPTY)
    if not len(known):
        return 0.0
    vectors = memory.examples.vectors.values
    to_description = (vectors[found.row[known]] * vectors[described[known]]).sum(axis=1)
    return COLD_BIAS * max(0.0, float((found.half[known, found.skill[known]] - to_description).mean()))


def _threshold(memory: Memory, found: LeftOut) -> Threshold:
    """The fit that nine in ten past queries reach, but no less than what half of the same queries reach when their
    skill is taken away."""
    counts = np.bincount(found.skill, minlength=len(memory.names))
    if len(found.row) < LEAST_QUERIES or (counts > 0).sum() < LEAST_SKILLS:
        return Threshold(DEFAULT_THRESHOLD[memory.examples.dimension > 0])
    fits = scoring.fit(found.half, found.tfidf)
    answered = fits.max(axis=1)
    fits[np.arange(len(fits)), found.skill] = 0.0
    unanswered = fits.max(axis=1)
    value = float(max(np.quantile(answered, 1 - ANSWERED), np.quantile(unanswered, REFUSED)))
    return Threshold(value, len(fits), float((answered >= value).mean()), float((unanswered < value).mean()))


def _widened(part: Numbers, skills: int) -> Numbers:
    """With a column for each skill that became known meanwhile."""
    return np.pad(part, ((0, 0), (0, skills - part.shape[1])))


def _word_share(memory: Memory) -> float:
    return min(1.0, memory.mean_words / FULL_LENGTH)


def _or_empty(row: int | None) -> int:
    return EMPTY if row is None else row

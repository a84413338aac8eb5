"""Tests of whether a difference is more than chance, and the correction for testing many.

Public formulas, each with its source; nothing here knows what is compared.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import exp, log, sqrt

import numpy as np

from session_buddy.skills.intervals import Z95

Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]

# Random orders for a permutation test: the smallest p it can give is 1 / (ORDERS + 1).
ORDERS = 19_999
BATCH = 1_000
# Where so many random orders were as extreme as the data, p is known to a fifth of itself.
ENOUGH_EXTREME = 30
SEED = 13


def fisher(successes: tuple[int, int], trials: tuple[int, int]) -> float:
    """Two-sided p of Fisher's exact test that two groups have the same share of successes: the sum of the
    probabilities of all tables with these margins that are no likelier than the one seen.

    R. A. Fisher, "The logic of inductive inference", JRSS 98 (1935), 39-82.
    """
    tables, first = _hypergeometric(sum(successes), trials[0], sum(trials))
    seen = tables[successes[0] - first]
    return min(1.0, float(tables[tables <= seen * (1 + 1e-7)].sum()))


def more_together(strata: Iterable[tuple[int, int, int, int]]) -> float:
    """One-sided p that two things meet so often, or more often, by chance. Each stratum holds in how many cases both
    are, the first is, the second is, and how many cases there are. With one stratum this is Fisher's exact test.

    D. R. Cox, "A simple example of a comparison involving quantal data", Biometrika 53 (1966), 215-220; the same
    statistic as in N. Mantel, W. Haenszel, JNCI 22 (1959), 719-748, with its exact distribution.
    """
    chances, fewest, met = np.ones(1), 0, 0
    for together, first, second, total in strata:
        tables, least = _hypergeometric(first, second, total)
        chances, fewest, met = np.convolve(chances, tables), fewest + least, met + together
    return min(1.0, float(chances[met - fewest :].sum()))


def lift(together: int, first: int, second: int, total: int) -> tuple[float, float, float]:
    """(lift, low, high): how many times as often as by chance two things meet, with a 95 % interval by the delta
    method on its logarithm, the four cells being multinomial.

    P. D. McNicholas, T. B. Murphy, M. O'Regan, "Standardising the lift of an association rule", CSDA 52 (2008),
    for the lift; the variance follows from its definition p11 / (p1. p.1).
    """
    value = together * total / (first * second)
    both, left, right = together / total, first / total, second / total
    slope = 1 / both - 1 / left - 1 / right
    variance = (slope * slope * both + (left - both) / left**2 + (right - both) / right**2 - 1) / total
    half = Z95 * sqrt(max(0.0, variance))
    return value, value * exp(-half), value * exp(half)


def permutation(before: Sequence[float], after: Sequence[float]) -> float:
    """Two-sided p that the means of two samples differ by chance: the share of random orders of all values in which
    they differ at least as much, the data itself counted as one. Stops early where it is known well enough.

    B. Phipson, G. K. Smyth, "Permutation p-values should never be zero", SAGMB 9 (2010), article 39; for stopping:
    J. Besag, P. Clifford, "Sequential Monte Carlo p-values", Biometrika 78 (1991), 301-304.
    """
    values: Numbers = np.array([*before, *after], dtype=np.float64)
    values -= values.mean()
    seen = abs(values[len(before) :].sum())
    random, extreme, tried = np.random.default_rng(SEED), 0, 0
    while tried < ORDERS and extreme < ENOUGH_EXTREME:
        size = min(BATCH, ORDERS - tried)
        orders = random.permuted(np.broadcast_to(values, (size, len(values))), axis=1)
        sums = np.abs(orders[:, : len(after)].sum(axis=1))
        extreme += int((sums >= seen - 1e-9 * (1 + seen)).sum())
        tried += size
    return (extreme + 1) / (tried + 1)


def holm(values: Sequence[float], others: int = 0) -> list[float]:
    """The p-values corrected for being many, so that believing those below 0.05 makes one wrong statement or more in
    at most 5 % of cases. `others` tests belong to the same family and have larger p-values than all of these.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979), 65-70.
    """
    corrected, least, many = [0.0] * len(values), 0.0, len(values) + others
    for place, number in enumerate(sorted(range(len(values)), key=lambda one: values[one])):
        least = max(least, min(1.0, (many - place) * values[number]))
        corrected[number] = least
    return corrected


def _hypergeometric(marked: int, drawn: int, total: int) -> tuple[Numbers, int]:
    """The probabilities of every possible number of marked ones among those drawn, and the smallest such number."""
    least, most = max(0, marked + drawn - total), min(marked, drawn)
    logs = _log_factorials(1 << total.bit_length())
    k = np.arange(least, most + 1)
    logged = (
        logs[marked] - logs[k] - logs[marked - k]
        + logs[total - marked] - logs[drawn - k] - logs[total - marked - drawn + k]
        - logs[total] + logs[drawn] + logs[total - drawn]
    )  # fmt: skip
    return np.exp(logged), least


@lru_cache(maxsize=2)
def _log_factorials(size: int) -> Numbers:
    """log(n!) for n from 0 to `size`."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size + 1)))])


def log_ratio(before: Sequence[float], after: Sequence[float]) -> float:
    """How many times as large the geometric mean of `after` is as that of `before`."""
    return exp(sum(map(log, after)) / len(after) - sum(map(log, before)) / len(before))

"""What changed lately, what goes together, and what is never used: few statements, each tested.

Two windows are compared, the last four weeks in which anything was used and the twelve weeks before them. A skill is
tested where both hold enough uses; all tests of a report are corrected together.
"""

from collections import defaultdict
from math import log
from typing import Any, NamedTuple

import numpy as np

from session_buddy.skills import significance
from session_buddy.skills.metrics import percent, seconds
from session_buddy.store import changes
from session_buddy.store.changes import Company, Durations, Ended, Sizes, Windows
from session_buddy.store.figures import WEEK_US
from session_buddy.store.scope import Scope
from session_buddy.store.times import iso
from session_buddy.store.writing import Cursor

LATE_WEEKS, EARLY_WEEKS = 4, 12
# So many uses each window must hold for a skill to be tested, and so many durations are read of each.
ENOUGH, MOST_DURATIONS = 5, 200
# A duration below this, in seconds, is as good as nothing: logarithms need a floor.
SHORTEST = 0.001
# Pairs are looked for in the latest sessions, where there are enough of them.
ENOUGH_SESSIONS, MOST_SESSIONS, LEAST_TOGETHER = 10, 5_000, 3
BELIEVED = 0.05
MOST_UNUSED = 50

Result = dict[str, Any]
Counts = np.ndarray[tuple[int], np.dtype[np.int64]]


class Pair(NamedTuple):
    """In how many sessions two skills were used together, and in how many each was."""

    first: str
    second: str
    together: int
    first_sessions: int
    second_sessions: int


def found(cursor: Cursor, scope: Scope) -> Result:
    """Everything that can be said, and what there is too little data for."""
    company = changes.together(cursor, MOST_SESSIONS, LEAST_TOGETHER)
    sessions = sum(company.sessions.values())
    unused = changes.never_used(cursor)
    return _changed(cursor, scope) | {
        "sessions": sessions,
        "enough_sessions": sessions >= ENOUGH_SESSIONS,
        "together": _together(company, sessions) if sessions >= ENOUGH_SESSIONS else [],
        "never_used": [one._asdict() for one in unused[:MOST_UNUSED]],
        "all_never_used": len(unused),
    }


def _changed(cursor: Cursor, scope: Scope) -> Result:
    last = changes.last_use(cursor, scope)
    if last is None:
        return {"windows": None, "tests": 0, "changed": []}
    cut = last - LATE_WEEKS * WEEK_US
    windows = Windows(cut - EARLY_WEEKS * WEEK_US, cut, last)
    rates = [_rate(*two) for two in _both(changes.outcomes(cursor, scope, windows)) if _enough(*two)]
    times = [_time(*two) for two in _both(changes.durations(cursor, windows, MOST_DURATIONS)) if _enough(*two)]
    tests = [*rates, *times]
    for one, corrected in zip(tests, significance.holm([test["p"] for test in tests]), strict=True):
        one["corrected_p"] = corrected
    changed = [test for test in tests if test["corrected_p"] < BELIEVED]
    return {
        "windows": {name: iso(moment) for name, moment in windows._asdict().items()},
        "tests": len(tests),
        "changed": sorted(changed, key=lambda one: (one["p"], one["skill_name"], one["what"])),
    }


def _both(rows: list[Ended] | list[Durations]) -> list[tuple[Any, Any]]:
    """(before, after) of each skill that was used in both windows."""
    found: dict[str, dict[bool, Any]] = defaultdict(dict)
    for row in rows:
        found[row.skill_name][row.late] = row
    return [(two[False], two[True]) for _, two in sorted(found.items()) if len(two) == 2]


def _enough(before: Ended | Durations, after: Ended | Durations) -> bool:
    return min(_size(before), _size(after)) >= ENOUGH


def _size(one: Ended | Durations) -> int:
    return one.ended if isinstance(one, Ended) else len(one.seconds)


def _rate(before: Ended, after: Ended) -> Result:
    """The completion rates, their difference in percentage points, and Fisher's exact test."""
    was, now = (100 * one.completed / one.ended for one in (before, after))
    return {
        "skill_name": before.skill_name,
        "what": "completion_rate",
        "before": percent(was),
        "after": percent(now),
        "effect": percent(now - was),
        "n_before": before.ended,
        "n_after": after.ended,
        "p": significance.fisher((before.completed, after.completed), (before.ended, after.ended)),
    }


def _time(before: Durations, after: Durations) -> Result:
    """The geometric means of the durations, how many times as large the later one is, and a permutation test of their
    logarithms."""
    earlier, later = ([max(SHORTEST, value) for value in one.seconds] for one in (before, after))
    ratio = significance.log_ratio(earlier, later)
    was, now = (_geometric_mean(values) for values in (earlier, later))
    return {
        "skill_name": before.skill_name,
        "what": "duration",
        "before": seconds(was),
        "after": seconds(now),
        "effect": round(ratio, 6),
        "n_before": len(earlier),
        "n_after": len(later),
        "p": significance.permutation([log(value) for value in earlier], [log(value) for value in later]),
    }


def _geometric_mean(values: list[float]) -> float:
    return significance.log_ratio([1.0], values)


def _together(company: Company, sessions: int) -> list[Result]:
    """The pairs that meet more often than by chance, the strongest first. Two tests must agree: one over all sessions,
    and one that compares sessions of about the same size, since in long sessions everything meets. The correction is
    for all pairs there are, since those that meet seldom were left out for what they showed."""
    skills = len(company.with_skill)
    pairs = [_pair(company, first, second) for first, second in company.with_both]
    lifts = {pair: significance.lift(*pair[2:], sessions) for pair in pairs}
    values = {pair: significance.more_together([(*pair[2:], sessions)]) for pair in pairs if lifts[pair][1] > 1}
    classes, tests = _Classes(company), skills * (skills - 1) // 2
    likely = _believed(values, tests)
    again = {pair: max(values[pair], classes.chance(pair)) for pair in likely}
    found = [
        pair._asdict()
        | {"sessions": sessions, "corrected_p": p}
        | {name: round(value, 6) for name, value in zip(("lift", "low", "high"), lifts[pair], strict=True)}
        for pair, p in _believed(again, tests).items()
    ]
    return sorted(found, key=lambda one: (-one["low"], one["first"], one["second"]))


def _believed(values: dict[Pair, float], tests: int) -> dict[Pair, float]:
    """The corrected p of those pairs of which it is small, among so many tests in all."""
    corrected = significance.holm(list(values.values()), tests - len(values))
    return {pair: p for pair, p in zip(values, corrected, strict=True) if p < BELIEVED}


def _pair(company: Company, first: str, second: str) -> Pair:
    sizes = (company.with_both[first, second], company.with_skill[first], company.with_skill[second])
    return Pair(first, second, *(sum(one.values()) for one in sizes))


class _Classes:
    """The sessions in classes by how many other skills than a pair they use: at most 1, 2 or 3, 4 to 7 and so on. The
    others are counted, because a pair that goes together makes its own sessions larger."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._sizes = range(max(company.sessions) + 1)
        self._sessions = self._row(company.sessions)
        # The class of a session of each size that uses neither of the pair, one of it, or both.
        self._classes = [np.array([max(1, size - used).bit_length() for size in self._sizes]) for used in range(3)]

    def chance(self, pair: Pair) -> float:
        """One-sided p that the pair meets so often by chance in sessions that use so many others."""
        met = self._row(self._company.with_both[pair.first, pair.second])
        first, second = (self._row(self._company.with_skill[name]) - met for name in pair[:2])
        both = self._counted(met, 2)
        one, other = both + self._counted(first, 1), both + self._counted(second, 1)
        every = one + other - both + self._counted(self._sessions - first - second - met, 0)
        return significance.more_together(zip(*(row.tolist() for row in (both, one, other, every)), strict=True))

    def _row(self, sizes: Sizes) -> Counts:
        return np.array([sizes.get(size, 0) for size in self._sizes])

    def _counted(self, sessions: Counts, used: int) -> Counts:
        most = len(self._sizes).bit_length() + 1
        return np.bincount(self._classes[used], weights=sessions, minlength=most).astype(np.int64)

"""What changed lately, what goes together, and what is never used: few statements, each tested.

Two windows are compared, the last four weeks in which anything was used and the twelve weeks before them. A skill is
tested where both hold enough uses; all tests of a report are corrected together.
"""

from collections import defaultdict
from math import log
from typing import Any

from session_buddy.skills import significance
from session_buddy.skills.metrics import percent, seconds
from session_buddy.store import changes
from session_buddy.store.changes import Company, Durations, Ended, Windows
from session_buddy.store.figures import WEEK_US, Scope
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


def found(cursor: Cursor, scope: Scope) -> Result:
    """Everything that can be said, and what there is too little data for."""
    company = changes.together(cursor, MOST_SESSIONS, LEAST_TOGETHER)
    unused = changes.never_used(cursor)
    return _changed(cursor, scope) | {
        "sessions": company.sessions,
        "enough_sessions": company.sessions >= ENOUGH_SESSIONS,
        "together": _together(company) if company.sessions >= ENOUGH_SESSIONS else [],
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


def _together(company: Company) -> list[Result]:
    """The pairs that meet more often than by chance, the strongest first. The correction is for all pairs there are,
    since those that meet seldom were left out for what they showed."""
    tested = [(pair, significance.lift(*pair[2:], company.sessions)) for pair in company.pairs]
    likely = [(pair, lift) for pair, lift in tested if lift[1] > 1]
    values = [significance.more_together(*pair[2:], company.sessions) for pair, _ in likely]
    others = company.skills * (company.skills - 1) // 2 - len(values)
    corrected = significance.holm(values, others)
    found = [
        pair._asdict()
        | {"sessions": company.sessions, "corrected_p": p}
        | {name: round(value, 6) for name, value in zip(("lift", "low", "high"), lift, strict=True)}
        for (pair, lift), p in zip(likely, corrected, strict=True)
        if p < BELIEVED
    ]
    return sorted(found, key=lambda one: (-one["low"], one["first"], one["second"]))

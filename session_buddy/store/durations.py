"""How long completed uses took."""

from typing import Any, NamedTuple

import numpy as np

from session_buddy.store.scope import Scope
from session_buddy.store.writing import Cursor

Numbers = np.ndarray[Any, np.dtype[Any]]
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
# Sorting these here takes a quarter of the time that quantiles by group take in DuckDB.
_TIMED = """
    SELECT {column}, duration FROM memory.main.use
    WHERE outcome = 1 AND duration IS NOT NULL AND {column} IS NOT NULL AND {where}
"""
_USED = """
    SELECT code, text
    FROM (
        SELECT {column} AS code, count(*) AS uses, count(duration) FILTER (outcome = 1) AS timed
        FROM memory.main.use WHERE {where} GROUP BY {column}
    ) JOIN memory.main.word USING (code)
    WHERE timed > 0 ORDER BY uses DESC, text LIMIT $limit
"""


class Durations(NamedTuple):
    """How long the completed uses of a skill, or in a phase, took that have a duration (`timed` of them), in seconds;
    percentiles are interpolated linearly."""

    name: str
    timed: int
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    average: float


def of_skills(cursor: Cursor, scope: Scope, limit: int) -> list[Durations]:
    """Of the skills with such uses the most used ones."""
    return _found(cursor, scope, "skill", limit)


def of_phases(cursor: Cursor, scope: Scope, limit: int) -> list[Durations]:
    """Of the phases with such uses the most used ones."""
    return _found(cursor, scope, "phase", limit)


def _found(cursor: Cursor, scope: Scope, column: str, limit: int) -> list[Durations]:
    used = cursor.execute(_USED.format(column=column, where=scope.where), scope.values(limit=limit)).fetchall()
    columns = cursor.execute(_TIMED.format(column=column, where=scope.where), scope.values()).fetchnumpy()
    codes, seconds = np.asarray(columns[column]), np.asarray(columns["duration"])
    if not len(codes):
        return []
    # Small numbers are put in order without comparing them.
    order = np.argsort(codes.astype(np.min_scalar_type(int(codes.max()))), kind="stable")
    codes, seconds = codes[order], seconds[order]
    begins, ends = (np.searchsorted(codes, [code for code, _ in used], side) for side in ("left", "right"))
    return [_of(name, seconds[begin:end]) for (_, name), begin, end in zip(used, begins, ends, strict=True)]


def _of(name: str, seconds: Numbers) -> Durations:
    ordered = np.sort(seconds)
    places = np.array(_SHARES) * (len(ordered) - 1)
    low = places.astype(int)
    high = np.minimum(low + 1, len(ordered) - 1)
    values = ordered[low] + (places - low) * (ordered[high] - ordered[low])
    return Durations._make([name, len(ordered), *values.tolist(), float(ordered.mean())])

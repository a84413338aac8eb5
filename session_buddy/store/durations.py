"""How long completed uses took."""

from typing import NamedTuple

from session_buddy.store.scope import Scope
from session_buddy.store.writing import Cursor

_DURATIONS = """
    WITH used AS MATERIALIZED (
        SELECT {column} AS code, text, count(*) AS uses
        FROM memory.main.use JOIN memory.main.word ON word.code = {column}
        WHERE {where} GROUP BY ALL HAVING count(duration) FILTER (outcome = 1) > 0
        ORDER BY uses DESC, text LIMIT $limit
    )
    SELECT text, timed, quantiles[1], quantiles[2], quantiles[3], quantiles[4], quantiles[5], seconds / timed
    FROM (
        SELECT {column} AS code, count(*) AS timed, fsum(duration) AS seconds,
               quantile_cont(duration, [0.05, 0.25, 0.5, 0.75, 0.95]) AS quantiles
        FROM memory.main.use
        WHERE outcome = 1 AND duration IS NOT NULL AND {where} AND {column} IN (SELECT code FROM used)
        GROUP BY {column}
    ) JOIN used USING (code)
    ORDER BY uses DESC, text
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
    sql = _DURATIONS.format(column=column, where=scope.where)
    return [Durations(*row) for row in cursor.execute(sql, scope.values(limit=limit)).fetchall()]

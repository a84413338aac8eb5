"""How the uses of each skill went from week to week."""

from typing import NamedTuple

from session_buddy.store.figures import WEEK_US
from session_buddy.store.scope import STANDS, Scope
from session_buddy.store.writing import Cursor

_BY_WEEK = f"""
    SELECT word.text, week, uses, completed, ended
    FROM (
        SELECT skill, (moment - $begin) // {WEEK_US} AS week, count(*) AS uses,
               count(*) FILTER (outcome = 1) AS completed, count(*) FILTER (outcome > 0) AS ended
        FROM (
            SELECT skill, moment, {STANDS} AS outcome FROM memory.main.use
            WHERE moment >= $begin AND moment < $begin + $weeks * {WEEK_US} AND {{where}}
        ) GROUP BY ALL
    )
    JOIN memory.main.word ON word.code = skill
"""


class Week(NamedTuple):
    """A skill's uses that began in a week, counted from 0, and how many of them were completed and have ended."""

    skill_name: str
    week: int
    uses: int
    completed: int
    ended: int


def by_week(cursor: Cursor, scope: Scope, begin: int, weeks: int) -> list[Week]:
    """The uses in the weeks from `begin` on (microseconds since 1970); weeks without any are left out."""
    values = scope.values("stale", begin=begin, weeks=weeks)
    return [Week(*row) for row in cursor.execute(_BY_WEEK.format(where=scope.where), values).fetchall()]

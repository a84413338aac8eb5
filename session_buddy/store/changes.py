"""What statements about changes and habits are tested on, counted from the table of uses and the catalogue."""

from typing import NamedTuple

from session_buddy.store.rows import first
from session_buddy.store.scope import Scope
from session_buddy.store.writing import Cursor

_LAST = "SELECT max(moment) FROM memory.main.use WHERE moment <= $now"
_OUTCOMES = """
    SELECT word.text, moment > $cut AS late, count(*) FILTER (outcome = 1), count(*)
    FROM (SELECT skill, moment, if(outcome = 0 AND moment < $stale, 5, outcome) AS outcome FROM memory.main.use)
    JOIN memory.main.word ON word.code = skill
    WHERE outcome BETWEEN 1 AND 5 AND moment > $begin AND moment <= $end
    GROUP BY ALL
"""
_DURATIONS = """
    SELECT word.text, moment > $cut AS late, list(duration ORDER BY moment DESC)[:$most]
    FROM memory.main.use JOIN memory.main.word ON word.code = skill
    WHERE outcome = 1 AND duration IS NOT NULL AND moment > $begin AND moment <= $end
    GROUP BY ALL
"""
_LATEST_SESSIONS = """
    latest AS MATERIALIZED (
        SELECT session FROM memory.main.use GROUP BY session ORDER BY max(moment) DESC, session LIMIT $most
    ),
    used AS MATERIALIZED (
        SELECT session, skill, count(*) OVER (PARTITION BY session) AS size
        FROM (SELECT DISTINCT session, skill FROM memory.main.use WHERE session IN (FROM latest))
    )
"""
_SESSIONS = f"""
    WITH {_LATEST_SESSIONS}
    SELECT size, count(DISTINCT session) FROM used GROUP BY size
"""
_WITH_SKILL = f"""
    WITH {_LATEST_SESSIONS}
    SELECT word.text, histogram(size) FROM used JOIN memory.main.word ON word.code = skill GROUP BY ALL
"""
_WITH_BOTH = f"""
    WITH {_LATEST_SESSIONS},
    pair AS (
        SELECT a.skill AS first, b.skill AS second, histogram(a.size) AS sizes
        FROM used a JOIN used b ON a.session = b.session AND a.skill < b.skill
        GROUP BY ALL HAVING count(*) >= $least
    )
    SELECT x.text, y.text, sizes
    FROM pair JOIN memory.main.word x ON x.code = first JOIN memory.main.word y ON y.code = second
"""
_NEVER_USED = """
    WITH shown AS (
        SELECT skill_name, count(*) AS times
        FROM (SELECT DISTINCT recommendation_id, unnest(skills) AS skill_name FROM recommendation) GROUP BY skill_name
    ),
    known AS (SELECT skill_name, true AS described FROM skill GROUP BY skill_name)
    SELECT skill_name, coalesce(described, false), coalesce(times, 0)
    FROM known FULL JOIN shown USING (skill_name)
    WHERE skill_name NOT IN (SELECT skill_name FROM invocation)
    ORDER BY 3 DESC, 1
"""


class Windows(NamedTuple):
    """Two periods that touch, in microseconds since 1970: (begin, cut] and (cut, end]."""

    begin: int
    cut: int
    end: int


class Ended(NamedTuple):
    """A skill's ended uses in one window."""

    skill_name: str
    late: bool
    completed: int
    ended: int


class Durations(NamedTuple):
    """How long a skill's completed uses took in one window, in seconds, the latest ones."""

    skill_name: str
    late: bool
    seconds: list[float]


# How many sessions there are that use so many different skills.
Sizes = dict[int, int]


class Company(NamedTuple):
    """Which skills are used in the same sessions: all the sessions that were looked at, those that use a skill, and
    those that use two skills both."""

    sessions: Sizes
    with_skill: dict[str, Sizes]
    with_both: dict[tuple[str, str], Sizes]


class Unused(NamedTuple):
    """A skill that was never used, whether it is in the catalogue, and how many lists have recommended it."""

    skill_name: str
    described: bool
    recommended: int


def last_use(cursor: Cursor, scope: Scope) -> int | None:
    """When a skill was used last, in microseconds since 1970."""
    row = first(cursor, _LAST, {"now": scope.now})
    return row[0] if row else None


def outcomes(cursor: Cursor, scope: Scope, windows: Windows) -> list[Ended]:
    rows = cursor.execute(_OUTCOMES, windows._asdict() | {"stale": scope.stale}).fetchall()
    return [Ended(*row) for row in rows]


def durations(cursor: Cursor, windows: Windows, most: int) -> list[Durations]:
    """At most `most` durations for each skill and window."""
    rows = cursor.execute(_DURATIONS, windows._asdict() | {"most": most}).fetchall()
    return [Durations(*row) for row in rows]


def together(cursor: Cursor, most_sessions: int, least: int) -> Company:
    """The company that skills keep in the latest sessions; pairs are those that share at least `least` of them."""
    sessions = cursor.execute(_SESSIONS, {"most": most_sessions}).fetchall()
    skills = cursor.execute(_WITH_SKILL, {"most": most_sessions}).fetchall()
    pairs = cursor.execute(_WITH_BOTH, {"most": most_sessions, "least": least}).fetchall()
    return Company(dict(sessions), dict(skills), {(first, second): sizes for first, second, sizes in pairs})


def never_used(cursor: Cursor) -> list[Unused]:
    """Skills that are described or were recommended, the most recommended first."""
    return [Unused(*row) for row in cursor.execute(_NEVER_USED).fetchall()]

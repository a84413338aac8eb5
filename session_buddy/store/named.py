"""The texts that come most often in a column of the table of uses."""

from typing import NamedTuple

from session_buddy.store.scope import Scope
from session_buddy.store.writing import Cursor

_COLUMNS = ("path", "error", "phase", "skill", "session", "action")
_NAMED = """
    SELECT word.text, times, count(*) OVER ()
    FROM (SELECT {column} AS code, count(*) AS times FROM {table} WHERE {column} IS NOT NULL AND {where} GROUP BY code)
    JOIN {words} AS word USING (code)
    WHERE {having}
    ORDER BY times DESC, word.text LIMIT $limit OFFSET $offset
"""
_HOLDS = "contains(lower(word.text), lower($part))"
_NAMED_BY_SKILL = """
    SELECT skill.text, word.text, times
    FROM (
        SELECT skill, {column} AS code, count(*) AS times
        FROM {table} WHERE {column} IS NOT NULL AND {where} GROUP BY ALL
    ) AS named
    JOIN memory.main.word USING (code)
    JOIN memory.main.word skill ON skill.code = named.skill
    QUALIFY row_number() OVER (PARTITION BY skill ORDER BY times DESC, word.text) <= $limit
    ORDER BY times DESC, word.text
"""


class Named(NamedTuple):
    """The most frequent texts of a column with how often they come, and how many different ones there are."""

    counts: dict[str, int]
    different: int


def named(cursor: Cursor, scope: Scope, column: str, limit: int, offset: int = 0, part: str | None = None) -> Named:
    """The texts of a column (path, error, phase, skill, session or action), the most frequent first, then by name; of
    those that hold `part`, in small letters or large, if one is given."""
    table, where = _table(scope, column)
    words = "memory.main.session_word" if column == "session" else "memory.main.word"
    having = "true" if part is None else _HOLDS
    sql = _NAMED.format(column=column, table=table, words=words, where=where, having=having)
    values = scope.values(limit=limit, offset=offset) | ({} if part is None else {"part": part})
    rows = cursor.execute(sql, values).fetchall()
    return Named({text: times for text, times, _ in rows}, rows[0][2] if rows else 0)


def named_by_skill(cursor: Cursor, scope: Scope, column: str, limit: int) -> dict[str, dict[str, int]]:
    """The same for each skill."""
    table, where = _table(scope, column)
    sql = _NAMED_BY_SKILL.format(column=column, table=table, where=where)
    found: dict[str, dict[str, int]] = {}
    for skill, text, times in cursor.execute(sql, scope.values(limit=limit)).fetchall():
        found.setdefault(skill, {})[text] = times
    return found


def _table(scope: Scope, column: str) -> tuple[str, str]:
    """Where a column stands, and the condition on the rows there."""
    assert column in _COLUMNS
    if column == "action":
        return "memory.main.action", scope.where_of_actions
    return "memory.main.use", scope.where

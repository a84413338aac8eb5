"""Every use of a skill in one table in memory: what all figures are counted from.

It is made of the store's rows, holds nothing of its own, and follows them by row number: the sessions of which
anything is new are made anew. So a report of a long history reads one narrow table of numbers.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import duckdb

from session_buddy.store import use_rows
from session_buddy.store.rows import first, number
from session_buddy.store.writing import Cursor

# How a use stands, as it is kept in the table; the last one is not kept, since it depends on the time of asking.
OPEN, COMPLETED, FAILED, ABANDONED, SESSION_ENDED, TIMED_OUT = range(6)

_CREATE = """
    CREATE TABLE memory.main.word (code INTEGER, text VARCHAR);
    CREATE TABLE memory.main.session_word (code INTEGER, text VARCHAR);
    CREATE TABLE memory.main.use (
        use_row INTEGER, session INTEGER, project INTEGER, skill INTEGER, phase INTEGER, path INTEGER, moment BIGINT,
        rank INTEGER, outcome UTINYINT, basis UTINYINT, duration DOUBLE, error INTEGER, next_phase INTEGER,
        next_skill INTEGER
    );
    CREATE TABLE memory.main.action (use_row INTEGER, session INTEGER, skill INTEGER, action INTEGER);
"""
_DROP = "; ".join(f"DROP TABLE IF EXISTS memory.main.{table}" for table in ("word", "session_word", "use", "action"))
_FORGET = """
    DELETE FROM memory.main.{0}
    WHERE session IN (SELECT code FROM memory.main.session_word WHERE text IN (SELECT session_id FROM touched))
"""
_WORDS = """
    INSERT INTO memory.main.word
    SELECT (SELECT coalesce(max(code), 0) FROM memory.main.word) + row_number() OVER (), text
    FROM (
        SELECT skill AS text FROM fresh UNION SELECT phase FROM fresh UNION SELECT path FROM fresh
        UNION SELECT error FROM fresh UNION SELECT project FROM fresh UNION SELECT unnest(actions) FROM fresh
    )
    WHERE text IS NOT NULL AND text NOT IN (SELECT text FROM memory.main.word)
"""
_SESSIONS = """
    INSERT INTO memory.main.session_word
    SELECT (SELECT coalesce(max(code), 0) FROM memory.main.session_word) + row_number() OVER (), session
    FROM (SELECT DISTINCT session FROM fresh)
    WHERE session NOT IN (
        SELECT text FROM memory.main.session_word WHERE text IN (SELECT session FROM fresh)
    )
"""
_USES = """
    INSERT INTO memory.main.use
    SELECT use_row, session.code, project.code, skill.code, phase.code, path.code, moment, rank,
           CASE outcome WHEN 'completed' THEN 1 WHEN 'failed' THEN 2 WHEN 'abandoned' THEN 3
                        WHEN 'session_ended' THEN 4 ELSE 0 END,
           basis, duration, error.code, next_phase.code, next_skill.code
    FROM fresh
    JOIN memory.main.session_word session ON session.text = fresh.session
    JOIN memory.main.word skill ON skill.text = fresh.skill
    LEFT JOIN memory.main.word project ON project.text = fresh.project
    LEFT JOIN memory.main.word phase ON phase.text = fresh.phase
    LEFT JOIN memory.main.word path ON path.text = fresh.path
    LEFT JOIN memory.main.word error ON error.text = fresh.error
    LEFT JOIN memory.main.word next_phase ON next_phase.text = fresh.next_phase
    LEFT JOIN memory.main.word next_skill ON next_skill.text = fresh.next_skill
"""
_ACTIONS = """
    INSERT INTO memory.main.action
    SELECT use_row, session.code, skill.code, action.code
    FROM (SELECT use_row, session, skill, unnest(actions) AS action FROM fresh) AS fresh
    JOIN memory.main.session_word session ON session.text = fresh.session
    JOIN memory.main.word skill ON skill.text = fresh.skill
    JOIN memory.main.word action ON action.text = fresh.action
"""


class Mark(NamedTuple):
    """How far the rows were read: the last row of each table."""

    invocations: int
    completions: int
    recommendations: int
    events: int
    reports: int


_NOTHING = Mark(-1, -1, -1, -1, -1)


class UseTable:
    """The table `memory.main.use`, with codes for texts (in `memory.main.word`, and for sessions
    in `memory.main.session_word`, which there are many more of), and `memory.main.action` with one
    row for every follow-up action. Both know a use by its row in the table `invocation` (`use_row`).
    One for each open store."""

    def __init__(self) -> None:
        self._mark: Mark | None = None
        self._lock = threading.Lock()

    @property
    def is_made(self) -> bool:
        """Whether the table is in memory."""
        return self._mark is not None

    @contextmanager
    def current(self, cursor: Cursor) -> Iterator[None]:
        """Have the table up to date with the rows; nothing changes in it or in the rows, as seen here, meanwhile."""
        with self._lock:
            cursor.begin()
            try:
                mark = self._follow(cursor)
                yield
                cursor.commit()
            except BaseException:
                cursor.rollback()
                raise
            self._mark = mark

    def drop(self, cursor: Cursor) -> None:
        """Give the memory back; the next `current` makes the table anew."""
        with self._lock:
            cursor.execute(_DROP)
            self._mark = None

    def _follow(self, cursor: Cursor) -> Mark:
        mark = Mark(*(first(cursor, use_rows.MARK) or _NOTHING))
        if self._mark is None:
            _run(cursor, _DROP)
            _run(cursor, _CREATE)
        if mark != (self._mark or _NOTHING):
            _take_in(cursor, self._mark or _NOTHING)
        return mark


def _take_in(cursor: Cursor, since: Mark) -> None:
    """Make the uses of those sessions anew of which any row is new."""
    cursor.execute(use_rows.TOUCHED, since._asdict()).fetchall()
    _run(cursor, use_rows.BEGUN)
    _run(cursor, use_rows.FINISHED)
    for table, row in use_rows.ROWS.items():
        if number(cursor, use_rows.REPEATED.format(table)):
            _run(cursor, use_rows.ONCE.format(table, row))
    _run(cursor, use_rows.FRESH)
    if since != _NOTHING:
        _run(cursor, _FORGET.format("use"))
        _run(cursor, _FORGET.format("action"))
    for statement in (_SESSIONS, _WORDS, _USES, _ACTIONS):
        _run(cursor, statement)
    for table in use_rows.SCRATCH:
        _run(cursor, f"DROP TABLE temp.{table}")


def _run(cursor: Cursor, sql: str) -> None:
    result: duckdb.DuckDBPyConnection = cursor.execute(sql)
    result.fetchall()

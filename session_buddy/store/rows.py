"""Reading results. A result must be read to its end before its cursor can do anything else."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from session_buddy.store.writing import Cursor

Values = Sequence[Any] | Mapping[str, Any]

_parsed: dict[str, duckdb.Statement] = {}


def insert(cursor: Cursor, sql: str, values: Values) -> None:
    """Run a statement of the write queue. Each is parsed once, which saves a sixth of its time."""
    cursor.execute(parsed(cursor, sql), values)


def parsed(cursor: Cursor, sql: str) -> duckdb.Statement:
    """A statement that is run again and again, and is one of few."""
    if sql not in _parsed:
        _parsed[sql] = cursor.extract_statements(sql)[0]
    return _parsed[sql]


def first(cursor: Cursor, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
    """The first row of a query that gives few, or None."""
    rows = cursor.execute(sql, values).fetchall()
    return rows[0] if rows else None


def number(cursor: Cursor, sql: str, values: Values = ()) -> int:
    """The one number that a query gives."""
    row = first(cursor, sql, values)
    return int(row[0]) if row else 0

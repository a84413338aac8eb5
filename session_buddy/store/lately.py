"""What has happened lately, as events: made of the rows, which are only added, and followed by row number.

A position says how far the rows were read: the number of each table's last row, with the time at which that was
recorded, and which file it was. A file that was put in the store's place is known by its identity; where that was
given to a new file again, or rows were taken out, by the last row, which is another one then.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Any, NamedTuple

from session_buddy.store.event_rows import SOURCES, Event, Row, Source, names
from session_buddy.store.rows import first, number, parsed
from session_buddy.store.writing import Cursor

# So many rows of each table are read at once.
MOST = 500

# How many rows each table has, or had before some were taken out: a hint which of them is worth a question.
_SIZES = "SELECT table_name, estimated_size, database_name FROM duckdb_tables()"
_COUNT = "SELECT count(*) FROM {0} WHERE rowid <= $number"
_LAST = """
    SELECT rowid, epoch_us(recorded_at), (SELECT count(*) FROM {0})
    FROM {0} WHERE rowid = (SELECT max(rowid) FROM {0})
"""
_ROWS = "SELECT rowid, epoch_us(recorded_at), epoch_us({moment}), {columns} FROM {table}"
_SINCE = _ROWS + " WHERE rowid >= $first ORDER BY rowid LIMIT $most"
_NEWEST = _ROWS + " WHERE {condition} ORDER BY rowid DESC LIMIT $most"
_NEWEST_OF_ALL = "rowid > (SELECT max(rowid) FROM {0}) - $most"


class End(NamedTuple):
    """The last row that was read of a table, when it was recorded (microseconds since 1970), and how many rows there
    are up to it."""

    number: int
    recorded_us: int
    rows: int = 0


_EMPTY = End(-1, 0)


class Position(NamedTuple):
    """How far a store's rows were read."""

    file: tuple[int, int]
    ends: dict[str, End]

    @property
    def told(self) -> dict[str, Any]:
        """The position in JSON."""
        return {"file": list(self.file), "rows": {table: list(end) for table, end in self.ends.items()}}


class News(NamedTuple):
    """What came after a position, in order of time recorded, and the position after it. `reset`: the position is not
    of this store, so the news are unknown. `more`: there is more to read."""

    events: list[Event]
    position: Position
    reset: bool = False
    more: bool = False


class _ReplacedError(Exception):
    """The rows are not those that a position is of."""


def read(told: Any) -> Position | None:
    """A position out of JSON; None when it is none that this program knows."""
    try:
        device, file = told["file"]
        ends = {str(table): End(*map(int, end)) for table, end in told["rows"].items()}
        return Position((int(device), int(file)), ends)
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def position(cursor: Cursor, path: str) -> Position:
    """Where the rows of the store at `path` end now."""
    with _snapshot(cursor):
        return _position(cursor, path)


def since(cursor: Cursor, path: str, before: Position | None, thorough: bool = False, counted: bool = False) -> News:
    """What came after a position; `thorough` looks also into tables that seem to have nothing new, `counted` whether
    rows from before it were taken out, which whoever was away has not been told."""
    with _snapshot(cursor):
        try:
            if before is None or before.file != _identity(path):
                raise _ReplacedError
            if counted:
                _check_rows(cursor, before)
            return _since(cursor, before, thorough)
        except _ReplacedError:
            return News([], _position(cursor, path), reset=True)


def newest(cursor: Cursor, limit: int, project_id: str | None = None, session_id: str | None = None) -> list[Event]:
    """The newest events, the newest last: of all, or of one project, or of one session (also a coaching session)."""
    with _snapshot(cursor):
        found = {source.table: _newest(cursor, source, limit, project_id, session_id) for source in SOURCES}
        return _events(cursor, found)[-limit:]


def _position(cursor: Cursor, path: str) -> Position:
    return Position(_identity(path), {source.table: _end(cursor, source) for source in SOURCES})


def _end(cursor: Cursor, source: Source) -> End:
    row = first(cursor, _LAST.format(source.table))
    return End(row[0], row[1] or 0, row[2]) if row else _EMPTY


def _check_rows(cursor: Cursor, before: Position) -> None:
    for source in SOURCES:
        end = before.ends.get(source.table, _EMPTY)
        if number(cursor, _COUNT.format(source.table), {"number": end.number}) != end.rows:
            raise _ReplacedError


def _since(cursor: Cursor, before: Position, thorough: bool) -> News:
    sizes, found, ends = _sizes(cursor), {}, dict(before.ends)
    for source in SOURCES:
        end = before.ends.get(source.table)
        if end is None:  # a table that the program which gave the position did not know
            ends[source.table] = _end(cursor, source)
        elif thorough or sizes.get(source.table) != end.number + 1:
            found[source.table] = _after(cursor, source, end)
    more = _cut(found)
    ends |= {table: _moved(ends[table], rows) for table, rows in found.items() if rows}
    return News(_events(cursor, found), Position(before.file, ends), more=more)


def _moved(end: End, rows: list[Row]) -> End:
    return End(rows[-1].number, rows[-1].recorded_us, end.rows + len(rows))


def _sizes(cursor: Cursor) -> dict[str, int]:
    tables = cursor.execute(parsed(cursor, _SIZES)).fetchall()
    return {table: size for table, size, database in tables if database == "store"}


def _after(cursor: Cursor, source: Source, end: End) -> list[Row]:
    """The rows after the last one that was read, which has to be there still."""
    known = end != _EMPTY
    rows = _rows(cursor, source, _SINCE, {"first": end.number if known else 0, "most": MOST + known})
    if known and (not rows or (rows[0].number, rows[0].recorded_us) != end[:2]):
        raise _ReplacedError
    return rows[known:]


def _cut(found: dict[str, list[Row]]) -> bool:
    """Where not all rows of a table were read, leave of the others what was recorded later; tells whether so."""
    full = [max(row.recorded_us for row in rows) for rows in found.values() if len(rows) >= MOST]
    if not full:
        return False
    for table, rows in found.items():
        found[table] = list(takewhile(lambda row: row.recorded_us <= min(full), rows))
    return True


def _newest(cursor: Cursor, source: Source, limit: int, project_id: str | None, session_id: str | None) -> list[Row]:
    conditions: list[str] = []
    values: dict[str, Any] = {"most": limit}
    if project_id is not None:
        conditions.append(source.in_project)
        values["project"] = project_id
    if session_id is not None:
        conditions.append(source.in_session)
        values["session"] = session_id
    sql = _NEWEST.replace("{condition}", " AND ".join(conditions) or _NEWEST_OF_ALL.format(source.table))
    needed = {name: value for name, value in values.items() if f"${name}" in sql}
    return _rows(cursor, source, sql, needed)[::-1]


def _rows(cursor: Cursor, source: Source, sql: str, values: dict[str, Any]) -> list[Row]:
    statement = sql.format(table=source.table, moment=source.moment, columns=", ".join(source.columns.values()))
    rows = cursor.execute(parsed(cursor, statement), values).fetchall()
    return [
        Row(row[0], row[1] or 0, row[2] or row[1] or 0, dict(zip(source.columns, row[3:], strict=True))) for row in rows
    ]


def _events(cursor: Cursor, found: dict[str, list[Row]]) -> list[Event]:
    known = names(cursor, found)
    told: list[tuple[int, list[Event]]] = [
        (row.recorded_us, source.tell(row, known)) for source in SOURCES for row in found.get(source.table, ())
    ]
    told.sort(key=lambda one: one[0])
    return [event for _, events in told for event in events]


@contextmanager
def _snapshot(cursor: Cursor) -> Iterator[None]:
    """See the rows as they are at one moment."""
    cursor.begin()
    try:
        yield
    finally:
        cursor.rollback()  # nothing was written


def _identity(path: str) -> tuple[int, int]:
    """Which file the store is, nothing while there is none. Opening it would drop DuckDB's lock."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino

"""The tables of an open database, whatever they are: also those that a later layout adds."""

from typing import NamedTuple

from session_buddy.store.rows import number
from session_buddy.store.writing import Cursor

_TABLES = "SELECT table_name, sql FROM duckdb_tables() WHERE database_name = ? AND NOT temporary ORDER BY table_name"
_COLUMNS = """
    SELECT table_name, column_name, data_type FROM duckdb_columns()
    WHERE database_name = ? ORDER BY table_name, column_index
"""
_COUNT = "SELECT count(*) FROM {0}.{1}"
_READ = "SELECT count(*), bit_xor(hash(whole)) FROM {0}.{1} AS whole"


class Table(NamedTuple):
    """A table: its name, the statement that makes it, and the type of each column."""

    name: str
    sql: str
    columns: dict[str, str]

    @property
    def quoted(self) -> str:
        return quoted(self.name)


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def tables(cursor: Cursor, database: str = "store") -> list[Table]:
    """All tables of an attached database, by name."""
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in cursor.execute(_COLUMNS, [database]).fetchall():
        columns.setdefault(table, {})[column] = kind
    return [Table(name, sql, columns[name]) for name, sql in cursor.execute(_TABLES, [database]).fetchall()]


def counts(cursor: Cursor, database: str = "store") -> dict[str, int]:
    """How many rows each table holds."""
    return {table.name: number(cursor, _COUNT.format(database, table.quoted)) for table in tables(cursor, database)}


def read_all(cursor: Cursor, database: str = "store") -> dict[str, int]:
    """Read every value of every table; returns how many rows each holds.

    Raises:
        duckdb.Error: some of it cannot be read.
    """
    return {table.name: number(cursor, _READ.format(database, table.quoted)) for table in tables(cursor, database)}

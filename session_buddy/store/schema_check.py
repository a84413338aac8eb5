"""Reject a store that holds anything but the tables of the program's own layout.

A view, a macro or a default value runs inside the queries of whoever opens the file: a macro called `count` would
answer for the built-in function. The catalogue functions are called with their schema, since a macro in the file may
have their names too.
"""

import re

import duckdb

from session_buddy.errors import StoreError
from session_buddy.store import migrations
from session_buddy.store.layout import LAYOUT

_OBJECTS = (
    ("view", "SELECT view_name FROM system.main.duckdb_views() WHERE database_name = $database AND NOT internal"),
    ("macro", "SELECT function_name FROM system.main.duckdb_functions() WHERE database_name = $database"),
    ("type", "SELECT type_name FROM system.main.duckdb_types() WHERE database_name = $database AND NOT internal"),
    ("sequence", "SELECT sequence_name FROM system.main.duckdb_sequences() WHERE database_name = $database"),
    ("index", "SELECT index_name FROM system.main.duckdb_indexes() WHERE database_name = $database"),
    ("schema", "SELECT schema_name FROM system.main.duckdb_schemas() WHERE database_name = $database AND NOT internal"),
)
_TABLES = "SELECT table_name, sql, comment FROM system.main.duckdb_tables() WHERE database_name = $database"
_COLUMNS = """
    SELECT table_name, column_name, data_type FROM system.main.duckdb_columns()
    WHERE database_name = $database AND NOT internal
"""
_VECTORS = re.compile(r"CREATE TABLE vector_\d{1,9}\(query_id UUID, vector FLOAT\[\d{1,6}\]\);")
_COLUMN = re.compile(r'(?:"(?:[^"]|"")+"|\w+) [A-Z]+(?: WITH TIME ZONE)?(?:\[\d{0,6}\])?')
_MIGRATIONS = "store_migration"
_MIGRATIONS_SQL = (
    'CREATE TABLE store_migration(number INTEGER, "program" VARCHAR, applied_at TIMESTAMP WITH TIME ZONE);'
)
_NEWEST = "SELECT number, program FROM {database}.main.store_migration ORDER BY number DESC LIMIT 1"
_NOT_OURS = (
    "The file is a DuckDB database of another program. It was not touched. "
    "Set SESSION_BUDDY_STORE to a file of session_buddy's own."
)


def check_objects(connection: duckdb.DuckDBPyConnection, database: str = "store") -> None:
    """Reject views, macros, types, sequences, indexes and schemas. Call it before the first query on a table, and
    before `USE`.

    Raises:
        StoreError: names what was found; or the file is a database of another program.
    """
    tables = _tables(connection, database)
    for kind, sql in _OBJECTS:
        names = [name for (name,) in connection.execute(sql, {"database": database}).fetchall()]
        if names:
            raise _foreign(connection, database, kind, names)
    odd = [name for name, (sql, _) in tables.items() if not _has_plain_columns(sql)]
    if odd:
        raise _foreign(connection, database, "constraint, default or computed column in the table", odd)


def check_tables(connection: duckdb.DuckDBPyConnection, database: str = "store") -> None:
    """Reject tables and columns that no layout has had, and columns of another type.

    Raises:
        StoreError: names the tables.
    """
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(_COLUMNS, {"database": database}).fetchall():
        columns.setdefault(table, {})[column] = kind
    vectors = {name for name, (sql, _) in _tables(connection, database).items() if _VECTORS.fullmatch(sql)}
    unknown = [name for name, found in columns.items() if name not in vectors and not _is_known(name, found)]
    if unknown:
        raise StoreError(_unknown("table", sorted(unknown)))


def _is_known(table: str, columns: dict[str, str]) -> bool:
    return table in LAYOUT and columns.items() <= LAYOUT[table].items()


def key_of(connection: duckdb.DuckDBPyConnection, database: str = "store") -> "str | None":
    """The key that the program wrote into a store when it created it: the comment of the table of migrations."""
    table = _tables(connection, database).get(_MIGRATIONS)
    return table[1] if table else None


def set_key(connection: duckdb.DuckDBPyConnection, key: str, database: str = "store") -> None:
    """Write the key into a store; `key` has hexadecimal digits only.

    Raises:
        ValueError: it has other characters.
    """
    if not re.fullmatch(r"[0-9a-f]*", key):
        raise ValueError("The key of a store has hexadecimal digits only.")
    connection.execute(f"COMMENT ON TABLE {database}.{_MIGRATIONS} IS '{key}'")


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> "dict[str, tuple[str, str | None]]":
    rows = connection.execute(_TABLES, {"database": database}).fetchall()
    return {name: (sql, comment) for name, sql, comment in rows}


def _has_plain_columns(sql: str) -> bool:
    columns = sql[sql.find("(") + 1 : sql.rfind(")")]
    return all(_COLUMN.fullmatch(part.strip()) for part in columns.split(", "))


def _foreign(connection: duckdb.DuckDBPyConnection, database: str, kind: str, names: list[str]) -> StoreError:
    """The error for objects that this program does not create: a newer program, or another one, may create them."""
    table = _tables(connection, database).get(_MIGRATIONS)
    if table is None:
        return StoreError(_NOT_OURS)
    if table[0] == _MIGRATIONS_SQL:  # nothing in a table of this form can run
        newest = connection.execute(_NEWEST.format(database=database)).fetchall()
        if newest and newest[0][0] > migrations.shipped()[-1].number:
            return StoreError(migrations.newer(newest[0][1]))
    return StoreError(_unknown(kind, sorted(names)))


def _unknown(kind: str, names: list[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:5])
    return (
        f"It holds a {kind} that session_buddy does not create: {shown}. It was not read or changed. If you put it "
        "there, remove it with DuckDB; `session-buddy restore FILE` puts a backup in the store's place."
    )

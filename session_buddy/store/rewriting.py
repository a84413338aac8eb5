"""Copying what is to remain of a store into a new file: a database file keeps the bytes of deleted rows."""

from collections.abc import Callable

from session_buddy.errors import StoreError
from session_buddy.store import migrations, schema_check
from session_buddy.store.forgetting import QUERY, Selection, kept, needed, rewritten
from session_buddy.store.rows import number
from session_buddy.store.tables import Table, counts, quoted, tables
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_EMPTY = "DELETE FROM fresh.{0}"
_COPY = "INSERT INTO fresh.{0} BY NAME SELECT {1} FROM store.{0} WHERE {2}"
_IN_ORDER = " ORDER BY rowid"
_DOCUMENTS = """
    INSERT INTO fresh.query
    SELECT DISTINCT query_id, text, $now::TIMESTAMPTZ FROM new_document
    WHERE query_id IS NOT NULL AND query_id NOT IN (SELECT query_id FROM fresh.query)
"""
_TEXTS_LEFT = "SELECT count(*) FROM fresh.query WHERE query_id IN (FROM gone_query)"


def copy_remaining(cursor: Cursor, selection: Selection, progress: Callable[[int, int], None]) -> None:
    """Write what a selection leaves into the empty database `fresh`, and see that it is there and on the disk.

    `progress` is told how many rows are done, of how many. The store is not changed.

    Raises:
        StoreError: the new file does not hold what it should; do not use it.
    """
    before = counts(cursor)
    _lay_out(cursor, selection.tables)
    expected = {name: rows - selection.tallies[name].gone for name, rows in before.items()}
    done = 0
    for table in selection.tables:
        progress(done, sum(expected.values()))
        _copy(cursor, table, selection)
        done += expected[table.name]
    copied = counts(cursor, "fresh")
    cursor.execute(_DOCUMENTS, {"now": now()})
    for database in ("fresh", "store"):
        cursor.execute(f"CHECKPOINT {database}")
    if copied != expected or number(cursor, _TEXTS_LEFT):
        raise StoreError("The new file does not hold what should remain. Nothing was forgotten; try again.")


def _lay_out(cursor: Cursor, wanted: list[Table]) -> None:
    cursor.execute("USE fresh")
    migrations.apply(cursor, migrations.shipped(), lambda: cursor.execute("CHECKPOINT fresh"))
    made = {table.name for table in tables(cursor, "fresh")}
    for table in wanted:
        if table.name not in made:
            cursor.execute(table.sql)
        cursor.execute(_EMPTY.format(table.quoted))
    if key := schema_check.key_of(cursor):
        schema_check.set_key(cursor, key, "fresh")
    cursor.execute("USE store")


def _copy(cursor: Cursor, table: Table, selection: Selection) -> None:
    new = rewritten(table)
    columns = ", ".join(f"{new[name]} AS {quoted(name)}" if name in new else quoted(name) for name in table.columns)
    sql = _COPY.format(table.quoted, columns, kept(table))
    # Some statements ask for the order in which rows came; vectors are large, and nothing asks for theirs.
    if new or table.name == QUERY:
        sql += _IN_ORDER
    cursor.execute(sql, needed(sql, selection.values))

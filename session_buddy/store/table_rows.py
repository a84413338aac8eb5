"""The tables of the store as they are, for exports: found by the catalogue, each row as JSON."""

from collections.abc import Iterator
from typing import NamedTuple

from session_buddy.store.tables import quoted
from session_buddy.store.writing import Cursor

_FIND = """
    SELECT table_name, list(column_name ORDER BY column_index), list(data_type ORDER BY column_index)
    FROM duckdb_columns()
    WHERE database_name = 'store' AND schema_name = 'main' AND NOT internal
      AND table_name NOT IN ('classifier', 'model', 'served', 'store_migration', 'transcript')
      AND table_name NOT LIKE 'vector\\_%' ESCAPE '\\'
      AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' AND NOT temporary)
    GROUP BY table_name ORDER BY table_name
"""
_ROWS = "SELECT to_json(struct_pack({fields}))::VARCHAR FROM {table} AS t"
_WITH_TEXT = f"{_ROWS} LEFT JOIN (SELECT DISTINCT ON (query_id) query_id, text FROM query) AS q USING (query_id)"
_VALUES = {
    "TIMESTAMP WITH TIME ZONE": "strftime({0}, '%Y-%m-%dT%H:%M:%S.%f+00:00')",
    "BLOB": "base64({0})",
}
BATCH = 1_000


class Table(NamedTuple):
    """One table of the store: its columns' names and types, in order."""

    name: str
    columns: list[str]
    types: list[str]


def exported(cursor: Cursor) -> list[Table]:
    """All tables but those that are made anew from the others (vectors, classifier) or are the store's own."""
    return [Table(*row) for row in cursor.execute(_FIND).fetchall()]


def rows(cursor: Cursor, table: Table, with_text: bool = False) -> Iterator[list[str]]:
    """The rows of a table in batches, each a JSON object. Times are ISO 8601 in UTC, bytes base64. With `with_text`,
    the text that a `query_id` points to comes along as `user_query`."""
    fields = [value for _, value in values(table)]
    sql = _ROWS
    if with_text and "query_id" in table.columns:
        fields.append("user_query := q.text")
        sql = _WITH_TEXT
    result = cursor.execute(sql.format(fields=", ".join(fields), table=quoted(table.name)))
    while batch := result.fetchmany(BATCH):
        yield [row for (row,) in batch]


def values(table: Table) -> list[tuple[str, str]]:
    """Each column's name, and the expression of its value in a JSON object, for a table called `t`."""
    return [
        (name, f"{quoted(name)} := {_VALUES.get(kind, '{0}').format('t.' + quoted(name))}")
        for name, kind in zip(table.columns, table.types, strict=True)
    ]

"""What the export commands are sent: the store's rows in batches, all from one snapshot."""

from collections.abc import Iterator
from typing import Any

from session_buddy.store import catalogue, table_rows, transfer
from session_buddy.store.writing import Cursor

# What a document names in the shape of import lines.
_IN_LINES = {"completion", "invocation", "query", "skill"}


def lines(cursor: Cursor) -> Iterator[Any]:
    """Batches of what `import` reads: skills, then invocations."""
    if skills := catalogue.dump(cursor):
        yield skills
    yield from transfer.dump(cursor)


def document(cursor: Cursor) -> Iterator[Any]:
    """Named batches: the lines of an import file, and the rows of every other table as JSON texts."""
    yield {"name": "skills", "rows": [line["skill"] for line in catalogue.dump(cursor)]}
    yield {"name": "invocations", "rows": []}
    yield from ({"name": "invocations", "rows": batch} for batch in transfer.dump(cursor))
    for table in table_rows.exported(cursor):
        if table.name not in _IN_LINES:
            yield {"name": f"{table.name}s", "json": []}
            yield from ({"name": f"{table.name}s", "json": batch} for batch in table_rows.rows(cursor, table, True))


def tables(cursor: Cursor) -> Iterator[Any]:
    """Each table, then batches of its rows as JSON texts."""
    for table in table_rows.exported(cursor):
        yield table._asdict()
        yield from table_rows.rows(cursor, table)

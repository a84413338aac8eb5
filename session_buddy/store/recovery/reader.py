"""A process that reads a damaged copy of a store for another, which goes on when this one is ended by the damage.

It reads one request per line from standard input and writes one answer per line to standard output.
"""

import json
import sys
from typing import Any

import duckdb

from session_buddy.store.recovery.requests import LIMIT_BYTES, limit_memory
from session_buddy.store.schema_check import check_objects
from session_buddy.store.table_rows import Table, exported, values
from session_buddy.store.tables import quoted
from session_buddy.store.writing import Cursor

_MIGRATION = "SELECT number, program FROM store.store_migration ORDER BY number DESC LIMIT 1"
_TABLES = "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'store'"
_HAS_MIGRATION = f"{_TABLES} AND table_name = 'store_migration'"
_EXTENT = "SELECT count(*), max(rowid) FROM store.{table}"
_COUNT = "SELECT count(*) FROM store.{table}"
_ROWS = "SELECT rowid, to_json(struct_pack({fields}))::VARCHAR FROM store.{table} AS t WHERE rowid BETWEEN ? AND ?"
_METADATA = "SELECT block_id FROM pragma_metadata_info('store')"


class Reader:
    """Answers requests about one file."""

    def __init__(self, path: str) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": LIMIT_BYTES,
            "threads": 1,
        }
        self._connection: Cursor = duckdb.connect(":memory:", config=config)
        literal = path.replace("'", "''")
        self._connection.execute(f"ATTACH '{literal}' AS store (READ_ONLY)")
        check_objects(self._connection)
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET TimeZone = 'UTC'")

    def answer(self, request: dict[str, Any]) -> Any:
        if request["ask"] == "contents":
            return self._contents()
        if request["ask"] == "extent":
            return self._extent(request["table"])
        return self._rows(Table(*request["table"]), request["columns"], request["first"], request["last"])

    def _contents(self) -> dict[str, Any]:
        """What the catalogue holds; `migration` is [number, program], or null when that cannot be read."""
        foreign = bool(self._one(_TABLES)[0]) and not self._one(_HAS_MIGRATION)[0]
        try:
            migration = list(self._one(_MIGRATION))
        except Exception:
            migration = None
        try:
            metadata = [block for (block,) in self._connection.execute(_METADATA).fetchall()]
        except Exception:
            metadata = []
        tables = exported(self._connection)
        return {"foreign": foreign, "migration": migration, "metadata": metadata, "tables": tables}

    def _extent(self, table: str) -> list[int | None]:
        """How many rows a table has, and the highest number of one."""
        try:
            return list(self._one(_EXTENT.format(table=quoted(table))))
        except duckdb.Error:
            return [self._one(_COUNT.format(table=quoted(table)))[0], None]

    def _rows(self, table: Table, columns: list[str], first: int, last: int) -> list[list[Any]]:
        fields = ", ".join(value for name, value in values(table) if name in columns)
        sql = _ROWS.format(fields=fields, table=quoted(table.name))
        return [list(row) for row in self._connection.execute(sql, [first, last]).fetchall()]

    def _one(self, sql: str) -> tuple[Any, ...]:
        rows = self._connection.execute(sql).fetchall()
        return rows[0] if rows else (None, None)


def main() -> None:
    limit_memory()
    try:
        reader = Reader(sys.argv[1])
    except Exception as error:
        _say({"error": str(error)})
        return
    _say({"answer": None})
    for line in sys.stdin:
        try:
            reply = {"answer": reader.answer(json.loads(line))}
        except Exception as error:
            reply = {"error": str(error)}
        _say(reply)


def _say(reply: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

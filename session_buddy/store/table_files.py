"""Tables as CSV and Parquet files, made of rows in JSON in a process that holds no store."""

import duckdb

from session_buddy.errors import BuddyError
from session_buddy.store.table_rows import Table
from session_buddy.store.tables import quoted

# A row holds at most a hundred texts of 32,768 characters.
_LONGEST_ROW = 64 * 1024 * 1024
_COPY = (
    "COPY (SELECT {values} FROM read_json({source}, format = 'newline_delimited', columns = {{{columns}}}, "
    "maximum_object_size = " + str(_LONGEST_ROW) + ")) TO {target} ({options})"
)
_OPTIONS = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet"}


class TableFiles:
    """Writes files with a DuckDB in memory, which keeps no more of a table than it needs at a time."""

    def __init__(self, kind: str) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": "1GB",
            "threads": 1,
        }
        self._kind = kind
        self._connection = duckdb.connect(config=config)
        self._connection.execute("SET TimeZone = 'UTC'")

    def write(self, table: Table, source: str, target: str) -> None:
        """Write the rows in the file `source`, as `tables.rows` gives them, to `target`.

        Raises:
            BuddyError: it cannot be written.
        """
        sql = _COPY.format(
            values=", ".join(self._value(*column) for column in zip(table.columns, table.types, strict=True)),
            columns=", ".join(
                f"{_literal(name)}: {_literal(self._read_as(kind))}"
                for name, kind in zip(table.columns, table.types, strict=True)
            ),
            source=_literal(source),
            target=_literal(target),
            options=_OPTIONS[self._kind],
        )
        try:
            self._connection.execute(sql)
        except duckdb.Error as error:
            raise BuddyError(f"{table.name}.{self._kind} cannot be written: {str(error).splitlines()[0]}") from None

    def close(self) -> None:
        self._connection.close()

    def _read_as(self, kind: str) -> str:
        return "VARCHAR" if self._kind == "csv" or kind == "BLOB" else kind

    def _value(self, name: str, kind: str) -> str:
        if self._kind == "parquet" and kind == "BLOB":
            return f"from_base64({quoted(name)}) AS {quoted(name)}"
        return quoted(name)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""The SQLite file of an earlier tracker: its table `skill_invocation`, read without changing a byte of it."""

import os
import sqlite3
from typing import Any
from urllib.parse import quote

from session_buddy.errors import StoreError

MAGIC = b"SQLite format 3\0"
TABLE = "skill_invocation"
SHOWN = 5
_KIND = "SELECT type FROM sqlite_master WHERE name = ? AND rootpage > 0"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name LIMIT ?"
_COLUMNS = "SELECT name, hidden FROM pragma_table_xinfo(?)"
_ROWS = "SELECT {0} FROM skill_invocation ORDER BY rowid"
_ROWS_WITHOUT_ID = "SELECT {0} FROM skill_invocation"
_PAST_DAMAGE = "Nothing was imported. If the tracker can still open it, let it export its data."


def read(path: str, wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of the table, with those of the `wanted` columns that it has.

    Raises:
        StoreError: the file is damaged or another program's; the message says which.
    """
    try:
        return _read(path, wanted)
    except sqlite3.Error as error:
        raise StoreError(f"{path} is a damaged SQLite file: {error}. {_PAST_DAMAGE}") from None


def unread_changes(path: str) -> bool:
    """Whether a log beside the file may hold changes that are not in it yet."""
    try:
        return os.path.getsize(f"{path}-wal") > 0
    except OSError:
        return False


def _read(path: str, wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    address = f"file:{quote(os.fsencode(os.path.abspath(path)))}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True)
    try:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        connection.execute("PRAGMA trusted_schema = OFF")
        columns = _columns(connection, path)
        chosen = [name for name in wanted if name in columns]
        if "skill_name" not in chosen:
            raise StoreError(f"The table {TABLE} in {path} has no column skill_name. Nothing was imported.")
        named = ", ".join(f'"{name}"' for name in chosen)
        try:
            found = connection.execute(_ROWS.format(named)).fetchall()
        except sqlite3.OperationalError:
            found = connection.execute(_ROWS_WITHOUT_ID.format(named)).fetchall()
        return [dict(zip(chosen, row, strict=True)) for row in found]
    finally:
        connection.close()


def _columns(connection: sqlite3.Connection, path: str) -> set[str]:
    """The plain columns: of a view, or one that is computed, nobody knows how long it takes.

    Raises:
        StoreError: there is no such table.
    """
    kind = connection.execute(_KIND, [TABLE]).fetchone()
    if kind != ("table",):
        others = [_plain(row[0]) for row in connection.execute(_TABLES, [SHOWN]).fetchall()]
        there = f" (it has {', '.join(others)})" if others else ""
        raise StoreError(f"{path} is a SQLite file without a table {TABLE}{there}. Nothing was imported.")
    return {name for name, hidden in connection.execute(_COLUMNS, [TABLE]).fetchall() if not hidden}


def _plain(name: Any) -> str:
    return "".join(character if character.isprintable() else " " for character in str(name))[:64]

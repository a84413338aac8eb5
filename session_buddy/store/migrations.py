"""Bringing a store to the newest layout: numbered SQL files, one transaction each, a copy kept before."""

import os
import re
from collections.abc import Callable
from importlib import resources
from typing import NamedTuple

import duckdb

from session_buddy import __version__
from session_buddy.common.atomic_io import check_target, copy_file
from session_buddy.errors import StoreError, UnsafePathError
from session_buddy.store.rows import first, number
from session_buddy.store.times import now

_CREATE = "CREATE TABLE IF NOT EXISTS store_migration (number INTEGER, program VARCHAR, applied_at TIMESTAMPTZ)"
_EXISTS = "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'store' AND table_name = 'store_migration'"
_ANY_TABLE = "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'store'"
_NEWEST = "SELECT number, program FROM store_migration ORDER BY number DESC LIMIT 1"
_RECORD = "INSERT INTO store_migration VALUES (?, ?, ?)"


class Migration(NamedTuple):
    """One numbered step. Only constant defaults are allowed in it: DuckDB cannot replay others after a crash."""

    number: int
    sql: str


def shipped() -> list[Migration]:
    """The migrations of this program, in order."""
    folder = resources.files("session_buddy.store").joinpath("migrations")
    files = sorted(file.name for file in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", file.name))
    return [Migration(int(name[:4]), folder.joinpath(name).read_text(encoding="utf-8")) for name in files]


def version(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the newest migration applied to the attached store; 0 for an empty one.

    Raises:
        StoreError: it is a DuckDB file of some other program.
    """
    if number(connection, _EXISTS):
        row = first(connection, _NEWEST)
        if row is not None and not isinstance(row[0], int):
            raise StoreError("The file does not say which layout it has. It was not touched.")
        return row[0] if row else 0
    if number(connection, _ANY_TABLE):
        raise StoreError(
            "The file is a DuckDB database of another program. It was not touched. "
            "Set SESSION_BUDDY_STORE to a file of session_buddy's own."
        )
    return 0


def refuse_newer(connection: duckdb.DuckDBPyConnection, known: list[Migration]) -> None:
    """Refuse a store that a newer program has written.

    Raises:
        StoreError: it names that program's version.
    """
    if version(connection) > known[-1].number:
        row = first(connection, _NEWEST)
        raise StoreError(newer(row[1] if row else None))


def _version_text(program: str | None) -> str:
    """The version in a store as it may be shown: the file may be a stranger's."""
    return "".join(character for character in (program or "?")[:40] if character.isascii() and character.isprintable())


def newer(program: str | None) -> str:
    """What to tell of a store that `program` has written."""
    return (
        f"The store was written by session_buddy {_version_text(program)}, and this is {__version__}, "
        "which does not know its layout. It was not touched. Update session_buddy and restart this window."
    )


def apply(connection: duckdb.DuckDBPyConnection, pending: list[Migration], checkpoint: Callable[[], object]) -> None:
    """Apply `pending` migrations, each in one transaction, and checkpoint after each."""
    connection.execute(_CREATE)
    for migration in pending:
        connection.begin()
        try:
            connection.execute(migration.sql)
            connection.execute(_RECORD, [migration.number, __version__, now()])
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        checkpoint()


def keep_copy(path: str, number: int) -> None:
    """Copy the store and its log, which must not be open, to `<store>.before-<number>`; an existing copy stays.

    Raises:
        StoreError: the copy cannot be made.
    """
    copy = f"{path}.before-{number:04}"
    try:
        check_target(copy)
        if os.path.exists(copy):
            return
        if os.path.lexists(path + ".wal"):
            copy_file(path + ".wal", f"{copy}.wal", durable=True)
        copy_file(path, copy, durable=True)
    except (OSError, UnsafePathError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(
            f"{path} needs to be brought to a new layout, and a copy of it could not be kept: {reason}. "
            "It was not touched. Make room beside it and try again."
        ) from None

"""Whether a file is a whole store, and keeping other programs out of one while it changes its name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from session_buddy.errors import StoreBusyError, StoreError
from session_buddy.store import migrations, schema_check
from session_buddy.store.store import attach, explained
from session_buddy.store.tables import read_all
from session_buddy.store.writing import Cursor

INVOCATIONS = "invocation"


def inspect(path: str) -> dict[str, int]:
    """Read all of a store that is not open, with its log, and change nothing. Returns how many rows each table holds.

    Raises:
        StoreError: it is no store, newer than this program, damaged, or open elsewhere; the message says which.
    """
    connection = attach(path, "READ_ONLY")
    try:
        return _contents(connection, path)
    finally:
        connection.close()


def key_in(path: str) -> str | None:
    """The key that the program wrote into a store that is not open.

    Raises:
        StoreError: it cannot be opened.
    """
    connection = attach(path, "READ_ONLY")
    try:
        return schema_check.key_of(connection)
    finally:
        connection.close()


@contextmanager
def whole(path: str, key: str | None = None) -> Iterator[dict[str, int]]:
    """The same, with the file's log moved into it, and with the key of the registered store that it becomes, if one
    is passed. DuckDB's lock on the file is held as long as the context lasts."""
    connection = attach(path)
    try:
        if key:
            schema_check.set_key(connection, key)
        connection.execute("CHECKPOINT store")
        yield _contents(connection, path)
    except duckdb.Error as error:
        raise explained(path, error) from None
    finally:
        connection.close()


@contextmanager
def guarded(path: str) -> Iterator[int | None]:
    """Hold DuckDB's lock on the file at `path`, which may be absent or damaged. Gives the number of invocations in it;
    None where not all of it can be read, and then it is left as it is.

    Raises:
        StoreBusyError: another program has it open.
    """
    held, invocations = _held(path)
    try:
        yield invocations
    finally:
        if held:
            held.close()


def _held(path: str) -> tuple[Cursor | None, int | None]:
    if not os.path.exists(path):
        return None, None
    try:
        invocations = inspect(path)[INVOCATIONS]
        return _up_to_date(path), invocations
    except StoreBusyError:
        raise
    except StoreError:
        return _held_for_reading(path), None


def _up_to_date(path: str) -> Cursor:
    connection = attach(path)
    try:
        connection.execute("CHECKPOINT store")
    except duckdb.Error as error:
        connection.close()
        raise explained(path, error) from None
    return connection


def _held_for_reading(path: str) -> Cursor | None:
    """Opened for writing, a damaged file would be written when it is closed; many a one opens for nobody."""
    try:
        return attach(path, "READ_ONLY")
    except StoreBusyError:
        raise
    except StoreError:
        return None


def _contents(connection: Cursor, path: str) -> dict[str, int]:
    try:
        known = migrations.shipped()
        migrations.refuse_newer(connection, known)
        schema_check.check_tables(connection)
        if not migrations.version(connection):
            raise StoreError("The file is an empty DuckDB database and no store of session_buddy. It was not touched.")
        return read_all(connection)
    except StoreError as error:
        raise StoreError(f"{path}: {error}") from None
    except duckdb.Error as error:
        raise explained(path, error) from None

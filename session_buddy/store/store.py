"""The DuckDB file: opened by one process, written through one queue, read by many threads."""

import contextlib
import os
import re
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

import duckdb

from session_buddy.common.atomic_io import check_target
from session_buddy.errors import ForeignStoreError, StoreBusyError, StoreError, UnsafePathError
from session_buddy.store import migrations, schema_check
from session_buddy.store.rows import number
from session_buddy.store.writing import Cursor, Job, WriteQueue

Result = TypeVar("Result")

MEMORY_LIMIT = "1GB"
# Smaller row groups than DuckDB's own 122,880, so that two threads share a scan of a middling history.
ROW_GROUP_SIZE = 16_384
_WRITABLE = f"ROW_GROUP_SIZE {ROW_GROUP_SIZE}"
# Three headers come before the blocks.
_LEAST_SIZE = """
    SELECT 3 * 4096 + used_blocks * block_size FROM pragma_database_size() WHERE database_name = 'store'
"""
_ATTACH = "ATTACH {0} AS {1} ({2})"
# The allocator settings give memory back after a large query instead of keeping it for the next one.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "allocator_background_threads": True,
    "allocator_bulk_deallocation_flush_threshold": "1MB",
    "allocator_flush_threshold": "1MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": MEMORY_LIMIT,
    "threads": min(4, os.cpu_count() or 1),
}


class Store:
    """An open store. Use `open`."""

    def __init__(self, connection: Cursor, path: str, on_broken: Callable[[], None]) -> None:
        self.path = path
        self._connection = connection
        self._local = threading.local()
        self._reads = 0
        self._closed = False
        self._no_reads = threading.Condition()
        self._writes = WriteQueue(self._new_cursor(), on_broken)

    @classmethod
    def open(
        cls,
        path: str,
        on_broken: Callable[[], None] = lambda: None,
        known: list[migrations.Migration] | None = None,
        draft: str | None = None,
        key: str | None = None,
    ) -> "Store":
        """Open the store; create it, or migrate it to the newest layout, if necessary. `draft` is a new file that is
        opened with it, as the database `fresh`. `key` is the key of the registered store, which a file that exists
        must have; None and "" check nothing.

        Raises:
            ForeignStoreError: the file does not have the key, so this program did not write it there.
            StoreError: it is locked by another process, damaged, newer than this program, another program's, holds
                objects that this program does not create, or cannot be written. The message says which; the file
                was not changed.
        """
        _refuse_special(path)
        # Other migrations make another layout than the one that is known here.
        is_shipped, known = known is None, migrations.shipped() if known is None else known
        found = _look(path, known, key, is_shipped) if os.path.exists(path) else 0
        if 0 < found < known[-1].number:
            migrations.keep_copy(path, found)
        connection = attach(path, draft=draft, checked=True)
        try:
            _migrate(connection, [step for step in known if step.number > found])
            if key and not found:
                schema_check.set_key(connection, key)
                connection.execute("CHECKPOINT store")
        except duckdb.Error as error:
            connection.close()
            raise explained(path, error) from None
        _private(path)
        return cls(connection, path, on_broken)

    def read(self, job: Job[Result]) -> Result:
        """Run a reading job in this thread, on this thread's own cursor.

        Raises:
            StoreError: DuckDB could not answer.
        """
        try:
            with self._reading():
                return job(self._local.cursor)
        except duckdb.Error as error:
            raise self._unreadable(error) from error

    def write(self, job: Job[Result]) -> "Future[Result]":
        """Queue a writing job; see `WriteQueue.submit`."""
        return self._writes.submit(job)

    def pause(self) -> None:
        """Leave the file as it is until `resume`: everything committed is in it, or in its log; writes wait.

        Raises:
            StoreError: what is committed could not be moved from the log into the file.
        """
        self._writes.pause()
        try:
            with contextlib.suppress(duckdb.TransactionException):  # somebody reads; the log is as good
                self._new_cursor().execute("CHECKPOINT store")
        except duckdb.Error as error:
            self._writes.resume()
            raise StoreError(f"{self.path} could not be written: {str(error).splitlines()[0]}") from None

    def resume(self) -> None:
        """Let the writes go on after `pause`."""
        self._writes.resume()

    def cursor(self) -> Cursor:
        """A cursor of one's own, for a read that goes on over several calls."""
        return self._new_cursor()

    def stream(self, job: Job[Iterator[Result]]) -> Generator[Result, None, None]:
        """What a reading job gives piece by piece, all of it as the store is when the first is asked for.

        Raises:
            StoreError: DuckDB could not answer.
        """
        cursor = self._new_cursor()
        try:
            cursor.begin()
            migrations.version(cursor)  # a transaction sees the store as it is at its first read, not at its begin
            yield from job(cursor)
        except duckdb.Error as error:
            raise self._unreadable(error) from error
        finally:
            cursor.close()

    def close(self) -> None:
        """Finish the reads that go on and the writes that are queued, and close the file."""
        with self._no_reads:
            self._no_reads.wait_for(lambda: not self._reads)
            self._closed = True
        self._writes.close()
        self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Keep the file open meanwhile, and a cursor ready for this thread."""
        with self._no_reads:
            if self._closed:
                raise StoreError("The store is being closed. Try again.")
            self._reads += 1
        try:
            if not hasattr(self._local, "cursor"):
                self._local.cursor = self._new_cursor()
            yield
        finally:
            with self._no_reads:
                self._reads -= 1
                self._no_reads.notify_all()

    def _unreadable(self, error: duckdb.Error) -> StoreError:
        return StoreError(
            f"{self.path} could not be read: {str(error).splitlines()[0]} If the file is damaged, "
            "`session-buddy recover` copies what can be read into a new one."
        )

    def _new_cursor(self) -> Cursor:
        cursor = self._connection.cursor()
        cursor.execute("USE store")
        return cursor


def _refuse_special(path: str) -> None:
    """Refuse what DuckDB would follow or wait for: a link, a FIFO or another user's file as the store or its log."""
    for name in (path, path + ".wal"):
        try:
            check_target(name)
        except UnsafePathError as error:
            raise StoreError(str(error)) from None


def _look(path: str, known: list[migrations.Migration], key: str | None, is_shipped: bool) -> int:
    """The number of the newest migration applied to the file, which is opened for reading only, so that it stays as
    it is when it is refused."""
    connection = attach(path, "READ_ONLY")
    try:
        if key and schema_check.key_of(connection) != key:
            raise ForeignStoreError("The file is not the store that session_buddy wrote there.")
        migrations.refuse_newer(connection, known)
        if is_shipped:
            schema_check.check_tables(connection)
        _refuse_cut(connection, path)
        return migrations.version(connection)
    except StoreError as error:
        raise type(error)(f"{path}: {error}") from None
    except duckdb.Error as error:
        raise explained(path, error) from None
    finally:
        connection.close()


def _refuse_cut(connection: Cursor, path: str) -> None:
    """DuckDB opens a file that was cut off, and fails where it first misses something."""
    wanted, found = number(connection, _LEAST_SIZE), os.path.getsize(path)
    if found < wanted:
        raise StoreError(
            f"It was cut off: {found:,} bytes of at least {wanted:,} are there. It was not changed. "
            "`session-buddy recover` copies what can be read into a new one."
        )


def works() -> bool:
    """Whether this DuckDB does what the store needs of it."""
    with duckdb.connect() as connection:
        return connection.execute("SELECT array_inner_product([1, 2]::FLOAT[2], [3, 4]::FLOAT[2])").fetchall() == [
            (11,)
        ]


def attach(path: str, option: str = _WRITABLE, draft: str | None = None, *, checked: bool = False) -> Cursor:
    """Attach the file as `store`, and `draft` as `fresh`, to an otherwise empty DuckDB that can reach no other file.
    An existing file is searched for foreign objects before it becomes the default database, unless it was `checked`.

    Raises:
        StoreError: it cannot be opened, or holds foreign objects; StoreBusyError when another program has it open.
    """
    checked = checked or not os.path.exists(path)
    connection = duckdb.connect(":memory:", config=_CONFIG | {"temp_directory": path + ".tmp"})
    try:
        connection.execute(_ATTACH.format(_quoted(path), "store", option))
        if draft:
            connection.execute(_ATTACH.format(_quoted(draft), "fresh", _WRITABLE))
    except duckdb.Error as error:
        connection.close()
        raise explained(path, error) from None
    try:
        if not checked:
            schema_check.check_objects(connection)
    except StoreError as error:
        connection.close()
        raise StoreError(f"{path}: {error}") from None
    except duckdb.Error as error:
        connection.close()
        raise explained(path, error) from None
    connection.execute("SET enable_external_access = false")
    # Vectors of floats do not get smaller by these two, and are read back 40 % slower.
    connection.execute("SET disabled_compression_methods = 'alp,alprd'")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET lock_configuration = true")
    connection.execute("USE store")
    return connection


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"


def _migrate(connection: Cursor, pending: list[migrations.Migration]) -> None:
    if pending:
        migrations.apply(connection, pending, lambda: connection.execute("CHECKPOINT store"))


def _private(path: str) -> None:
    """Keep other users out. chmod opens nothing, so DuckDB's lock on the file stays."""
    for name in (path, path + ".wal"):
        if os.path.exists(name):
            os.chmod(name, 0o600)


def explained(path: str, error: duckdb.Error) -> StoreError:
    """What a person can do about a file that DuckDB cannot open."""
    text = str(error)
    if holder := re.search(r"Conflicting lock is held in (.*?) ?\(PID (\d+)\)", text):
        return StoreBusyError(
            f"{path} is open in another program: {holder[1] or 'unknown'} (PID {holder[2]}). Nothing was stored. "
            "Close it there and try again."
        )
    if isinstance(error, duckdb.IOException) and ("No space left" in text or "Permission denied" in text):
        return StoreError(f"{path} could not be opened: {text.splitlines()[0]} Nothing was stored.")
    return StoreError(
        f"{path} could not be opened: {text.splitlines()[0]} It was not changed. If the file is damaged, "
        "`session-buddy recover` copies what can be read into a new one."
    )

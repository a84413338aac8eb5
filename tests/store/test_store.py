"""One process owns the file; in it many threads read while one queue writes."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from session_buddy.errors import StoreError
from session_buddy.store import invocations
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor
from tests.store.filling import LIMIT, change, row_of, rows, used, write

OPEN_STORE = """
import sys
from session_buddy.store.store import Store
Store.open(sys.argv[1])
"""
OPEN_READING = "import duckdb, sys; duckdb.connect(sys.argv[1], read_only=True)"
HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE TABLE IF NOT EXISTS mine (a INTEGER)")
print("open", flush=True)
sys.stdin.read()
"""
COMMIT_AND_DIE = """
import os, signal, sys
from session_buddy.store.store import Store
from session_buddy.store import projects
store = Store.open(sys.argv[1])
store.write(lambda cursor: projects.remember(cursor, "committed", "/somewhere")).result()
os.kill(os.getpid(), signal.SIGKILL)
"""


def run(program: str, path: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False, timeout=60
    )


@contextmanager
def held_by_a_foreign_process(path: Path) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        try:
            assert process.stdout.readline() == "open\n"
            yield process
        finally:
            process.stdin.close()
            process.wait(LIMIT)


def test_a_second_process_is_refused_the_store(store: Store) -> None:
    done = run(OPEN_STORE, Path(store.path))
    assert done.returncode != 0
    assert f"PID {os.getpid()}" in done.stderr


def test_a_second_process_cannot_even_read_the_store(store: Store) -> None:
    used(store, "debugging")
    assert run(OPEN_READING, Path(store.path)).returncode != 0
    assert rows(store, "SELECT count(*) FROM invocation") == [(1,)]


def test_a_store_that_a_foreign_process_holds_is_refused_with_its_pid(path: Path) -> None:
    with held_by_a_foreign_process(path) as holder:
        before = path.read_bytes()
        with pytest.raises(StoreError, match=rf"PID {holder.pid}\b") as refused:
            Store.open(str(path))
        assert str(path) in str(refused.value)
        assert holder.poll() is None
        assert path.read_bytes() == before


def test_a_store_that_was_refused_to_a_second_process_can_be_opened_once_it_is_closed(path: Path) -> None:
    Store.open(str(path)).close()
    assert run(OPEN_STORE, path).returncode == 0


def test_what_was_committed_survives_a_kill(path: Path) -> None:
    run(COMMIT_AND_DIE, path)
    store = Store.open(str(path))
    try:
        assert rows(store, "SELECT project_id FROM project") == [("committed",)]
    finally:
        store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{0}/secret.csv')",
        "SELECT * FROM '{0}/secret.csv'",
        "SELECT * FROM read_text('{0}/secret.csv')",
        "SELECT * FROM glob('{0}/*')",
        "COPY (SELECT 1) TO '{0}/stolen.csv'",
        "COPY project FROM '{0}/secret.csv'",
        "EXPORT DATABASE '{0}/stolen'",
        "ATTACH '{0}/other.duckdb' AS other",
        "INSTALL httpfs",
        "LOAD '{0}/evil.duckdb_extension'",
        "SET enable_external_access = true",
        "SET autoload_known_extensions = true",
    ],
)
def test_a_statement_reaches_nothing_outside_the_store(store: Store, tmp_path: Path, statement: str) -> None:
    (tmp_path / "secret.csv").write_text("a,b,c\nsecret,secret,2026-01-01\n", encoding="utf-8")
    before = sorted(file.name for file in tmp_path.iterdir())
    sql = statement.format(tmp_path)
    with pytest.raises(StoreError):
        rows(store, sql)
    with pytest.raises(StoreError):
        change(store, sql)
    assert sorted(file.name for file in tmp_path.iterdir() if not file.name.endswith(".wal")) == before


def test_memory_and_threads_are_limited(store: Store) -> None:
    limit, threads = rows(store, "SELECT current_setting('memory_limit'), current_setting('threads')")[0]
    assert limit == "953.6 MiB"
    assert 1 <= threads <= 4


def test_many_threads_read_and_write_at_once(store: Store) -> None:
    def pair(cursor: Cursor) -> None:
        invocations.insert(cursor, row_of("debugging"))
        invocations.insert(cursor, row_of("testing"))

    def work(_: int) -> list[int]:
        seen = []
        for _ in range(20):
            write(store, pair)
            seen.append(store.read(invocations.count))
        return seen

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(work, range(8)))
    assert store.read(invocations.count) == 8 * 20 * 2
    assert all(count % 2 == 0 for counts in seen for count in counts), "a reader saw half of a transaction"
    assert all(counts == sorted(counts) for counts in seen)


def test_every_thread_reads_on_a_cursor_of_its_own(store: Store) -> None:
    both = threading.Barrier(2, timeout=LIMIT)

    def job(cursor: Cursor) -> Cursor:
        both.wait()
        return cursor

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: store.read(job), range(2))
    assert one is not other


def test_the_file_is_for_its_user_only(path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = Store.open(str(path))
        mode = stat.S_IMODE(path.stat().st_mode)
        store.close()
    finally:
        os.umask(before)
    assert mode == 0o600


def test_a_file_that_others_could_read_becomes_private_again(path: Path) -> None:
    Store.open(str(path)).close()
    path.chmod(0o644)
    Store.open(str(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_closing_finishes_the_writes_that_are_queued(path: Path) -> None:
    store = Store.open(str(path))
    futures = [store.write(lambda cursor: invocations.insert(cursor, row_of("debugging"))) for _ in range(150)]
    store.close()
    assert all(future.done() and future.exception() is None for future in futures)
    again = Store.open(str(path))
    assert again.read(invocations.count) == 150
    again.close()


def test_a_read_that_duckdb_refuses_says_so_and_the_next_one_works(store: Store) -> None:
    with pytest.raises(StoreError, match="could not be read"):
        rows(store, "SELECT nothing FROM nowhere")
    assert rows(store, "SELECT 1") == [(1,)]


def test_times_are_read_in_utc(store: Store) -> None:
    assert rows(store, "SELECT TIMESTAMPTZ '2026-03-01 09:00:00+02'::VARCHAR") == [("2026-03-01 07:00:00+00",)]


def test_a_path_with_a_quote_in_it_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "it's a store; -- .duckdb"
    Store.open(str(path)).close()
    assert path.is_file()


def test_a_store_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "s.duckdb"
    with pytest.raises(StoreError, match=r"s\.duckdb"):
        Store.open(str(path))
    assert not path.parent.exists()


def test_closing_waits_for_a_read_that_goes_on(path: Path) -> None:
    store = Store.open(str(path))
    reading, go_on = threading.Event(), threading.Event()

    def job(cursor: Cursor) -> list[tuple[int]]:
        reading.set()
        assert go_on.wait(LIMIT)
        return cursor.execute("SELECT 42").fetchall()

    found: list[list[tuple[int]]] = []
    reader = threading.Thread(target=lambda: found.append(store.read(job)))
    reader.start()
    assert reading.wait(LIMIT)
    closer = threading.Thread(target=store.close)
    closer.start()
    go_on.set()
    for thread in (reader, closer):
        thread.join(LIMIT)
        assert not thread.is_alive()
    assert found == [[(42,)]]


def test_a_store_that_is_closed_says_so_when_it_is_read(path: Path) -> None:
    store = Store.open(str(path))
    store.close()
    with pytest.raises(StoreError, match="being closed"):
        store.read(lambda cursor: cursor.execute("SELECT 1").fetchall())

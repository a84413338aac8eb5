"""The queue that all writes pass through."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import duckdb
import pytest

from session_buddy.errors import InvalidRequestError, StoreError
from session_buddy.store import projects, queries
from session_buddy.store.store import Store
from session_buddy.store.writing import GROUP, Cursor
from tests.store.filling import LIMIT, rows, write


class Held:
    """Keeps the queue busy, so that what is submitted meanwhile waits together."""

    def __init__(self, store: Store) -> None:
        self._started, self._free = threading.Event(), threading.Event()
        self._future = store.write(self._wait)
        assert self._started.wait(LIMIT)

    def _wait(self, cursor: Cursor) -> None:
        self._started.set()
        assert self._free.wait(LIMIT)

    def let_go(self) -> None:
        self._free.set()
        self._future.result(LIMIT)


class Keep:
    """A job that keeps a project, and counts how often it ran."""

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self.name = name
        self.runs = 0
        self._error = error

    def __call__(self, cursor: Cursor) -> str:
        self.runs += 1
        projects.remember(cursor, self.name, "/there")
        if self._error:
            raise self._error
        return self.name


def kept(store: Store) -> list[str]:
    return [name for (name,) in rows(store, "SELECT project_id FROM project ORDER BY rowid")]


def submit_together(store: Store, jobs: list[Keep]) -> "list[Future[str]]":
    held = Held(store)
    futures = [store.write(job) for job in jobs]
    held.let_go()
    return futures


def break_sql(cursor: Cursor) -> None:
    projects.remember(cursor, "before the error", "/there")
    cursor.execute("INSERT INTO nowhere VALUES (1)")


def test_a_job_gives_its_result_once_it_is_committed(store: Store) -> None:
    assert write(store, Keep("one")) == "one"
    assert kept(store) == ["one"]


def test_jobs_run_in_the_order_they_came_in(store: Store) -> None:
    names = [f"{number:03}" for number in range(GROUP * 2 + 5)]
    futures = submit_together(store, [Keep(name) for name in names])
    assert [future.result(LIMIT) for future in futures] == names
    assert kept(store) == names


def test_a_failing_job_rolls_back_only_itself_among_those_that_wait_together(store: Store) -> None:
    jobs = [Keep("one"), Keep("bad", InvalidRequestError("not like this")), Keep("two")]
    one, bad, two = submit_together(store, jobs)
    assert (one.result(LIMIT), two.result(LIMIT)) == ("one", "two")
    with pytest.raises(InvalidRequestError, match="not like this"):
        bad.result(LIMIT)
    assert kept(store) == ["one", "two"]
    assert jobs[0].runs == 2, "they did not share a transaction"


def test_a_statement_that_fails_rolls_back_only_its_own_job_among_others(store: Store) -> None:
    held = Held(store)
    before, broken, after = store.write(Keep("one")), store.write(break_sql), store.write(Keep("two"))
    held.let_go()
    assert (before.result(LIMIT), after.result(LIMIT)) == ("one", "two")
    with pytest.raises(StoreError):
        broken.result(LIMIT)
    assert kept(store) == ["one", "two"]


def test_the_jobs_of_a_group_see_what_those_before_them_wrote(store: Store) -> None:
    def count(cursor: Cursor) -> int:
        return len(cursor.execute("SELECT project_id FROM project").fetchall())

    held = Held(store)
    store.write(Keep("one"))
    counted = store.write(count)
    held.let_go()
    assert counted.result(LIMIT) == 1


def test_a_job_that_fails_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(InvalidRequestError):
        write(store, Keep("bad", InvalidRequestError("no")))
    assert kept(store) == []
    assert write(store, Keep("next")) == "next"


def test_a_statement_that_fails_becomes_a_message_and_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(StoreError, match="Nothing of this call was stored"):
        write(store, break_sql)
    assert kept(store) == []


def test_a_bug_in_a_job_reaches_whoever_waits_and_the_queue_goes_on(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        write(store, Keep("bad", ZeroDivisionError()))
    assert write(store, Keep("next")) == "next"
    assert kept(store) == ["next"]


def test_a_job_that_was_taken_back_before_its_turn_is_not_run(store: Store) -> None:
    held = Held(store)
    job = Keep("taken back")
    assert store.write(job).cancel()
    held.let_go()
    write(store, Keep("next"))
    assert job.runs == 0
    assert kept(store) == ["next"]


@pytest.mark.parametrize("together", [False, True])
def test_a_disk_that_cannot_be_written_is_told_to_the_owner_of_the_store(path: Path, together: bool) -> None:
    broken: list[str] = []
    store = Store.open(str(path), on_broken=lambda: broken.append("broken"))
    error = duckdb.IOException("IO Error: Could not write file: No space left on device")
    futures: list[Future[Any]] = submit_together(store, [Keep("a", error), *([Keep("b")] if together else [])])
    with pytest.raises(StoreError, match="Is the disk full"):
        futures[0].result(LIMIT)
    assert [future.result(LIMIT) for future in futures[1:]] == (["b"] if together else [])
    assert broken == ["broken"]
    assert kept(store) == (["b"] if together else [])
    store.close()


@pytest.mark.parametrize("error", [InvalidRequestError("no"), ValueError("bug"), duckdb.ConstraintException("no")])
def test_an_ordinary_error_does_not_make_the_store_look_broken(path: Path, error: Exception) -> None:
    broken: list[str] = []
    store = Store.open(str(path), on_broken=lambda: broken.append("broken"))
    with pytest.raises(Exception, match=r"no|bug"):
        write(store, Keep("a", error))
    store.close()
    assert broken == []


def test_every_writer_gets_the_result_of_its_own_job(store: Store) -> None:
    results: dict[int, str] = {}

    def writer(number: int) -> Callable[[], None]:
        def work() -> None:
            results[number] = write(store, Keep(str(number)))

        return work

    threads = [threading.Thread(target=writer(number)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert results == {number: str(number) for number in range(32)}
    assert sorted(kept(store), key=int) == [str(number) for number in range(32)]


def test_what_is_written_while_the_queue_pauses_waits_until_it_goes_on(store: Store) -> None:
    store.pause()
    waiting = store.write(lambda cursor: queries.remember(cursor, "waits"))
    assert not waiting.done()
    assert store.read(queries.count) == 0
    store.resume()
    waiting.result(30)
    assert store.read(queries.count) == 1


def test_a_paused_store_has_everything_committed_in_its_file(store: Store, path: Path) -> None:
    store.write(lambda cursor: queries.remember(cursor, "committed")).result(30)
    store.pause()
    try:
        log = Path(f"{path}.wal")
        assert not log.exists() or not log.stat().st_size
    finally:
        store.resume()

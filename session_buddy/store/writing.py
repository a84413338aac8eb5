"""The one queue that all writes to the store pass through."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import duckdb

from session_buddy.errors import BuddyError, StoreError
from session_buddy.store import remembering

Cursor = duckdb.DuckDBPyConnection
Result = TypeVar("Result")
Job = Callable[[Cursor], Result]

GROUP = 64


class WriteQueue:
    """Runs write jobs one after the other in a thread of its own.

    Jobs that wait together share one transaction, so that many windows writing at once pay for one flush to
    the disk. When one of them fails, all are rolled back and each is run again in a transaction of its own:
    a job may therefore run twice and must have no effect but its SQL.
    """

    def __init__(self, cursor: Cursor, on_broken: Callable[[], None]) -> None:
        self._cursor = cursor
        self._notes = remembering.begin(cursor)
        self._on_broken = on_broken
        self._closed = False
        self._writing = threading.Lock()
        self._jobs: queue.SimpleQueue[tuple[Job[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writes", daemon=True)
        self._thread.start()

    def submit(self, job: Job[Result]) -> "Future[Result]":
        """Queue a job. Its future gives the result once it is committed, BuddyError as the job raised it, or
        StoreError when the store could not be written."""
        future: Future[Result] = Future()
        if self._closed:
            future.set_exception(StoreError("The store is being closed. Nothing was stored; try again."))
        else:
            self._jobs.put((job, future))
        return future

    def pause(self) -> None:
        """Wait until nothing is being written, and write nothing until `resume`; jobs wait in the queue."""
        self._writing.acquire()

    def resume(self) -> None:
        """Go on after `pause`; any thread may call it, once."""
        self._writing.release()

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join()
        remembering.end(self._cursor)

    def _run(self) -> None:
        while True:
            waiting, last = self._take()
            with self._writing:
                self._write(waiting)
            if last:
                return

    def _write(self, waiting: list[tuple[Job[Any], Future[Any]]]) -> None:
        if waiting and not self._together(waiting):
            for job, future in waiting:
                self._alone(job, future)

    def _take(self) -> tuple[list[tuple[Job[Any], Future[Any]]], bool]:
        first = self._jobs.get()
        waiting = []
        while first is not None:
            if not first[1].cancelled():
                waiting.append(first)
            if len(waiting) == GROUP or self._jobs.empty():
                return waiting, False
            first = self._jobs.get()
        return waiting, True

    def _together(self, waiting: list[tuple[Job[Any], Future[Any]]]) -> bool:
        if len(waiting) == 1:
            return False
        try:
            self._cursor.begin()
            results = [job(self._cursor) for job, _ in waiting]
            self._commit()
        except Exception:
            self._roll_back()
            return False
        for (_, future), result in zip(waiting, results, strict=True):
            _settle(future, result)
        return True

    def _alone(self, job: Job[Any], future: "Future[Any]") -> None:
        try:
            self._cursor.begin()
            result = job(self._cursor)
            self._commit()
        except BuddyError as error:
            self._roll_back()
            _settle(future, error=error)
        except duckdb.Error as error:
            self._roll_back()
            _settle(future, error=self._explain(error))
        except Exception as error:
            self._roll_back()
            _settle(future, error=error)
        else:
            _settle(future, result)

    def _commit(self) -> None:
        self._cursor.commit()
        self._notes.changed = False

    def _roll_back(self) -> None:
        if self._notes.changed:
            self._notes.clear()
        try:
            self._cursor.rollback()
        except duckdb.Error:
            pass  # no transaction is open, or DuckDB has given the file up: `_explain` tells

    def _explain(self, error: duckdb.Error) -> StoreError:
        """What a person can do about an error of DuckDB; a file that DuckDB has given up needs a new hub."""
        text = str(error).splitlines()[0]
        if isinstance(error, duckdb.FatalException | duckdb.IOException) or "invalidated" in str(error):
            self._on_broken()
            return StoreError(
                f"The store could not be written: {text} Nothing of this call was stored. Is the disk full?"
            )
        return StoreError(f"The store refused this: {text} Nothing of this call was stored.")


def _settle(future: "Future[Any]", result: Any = None, error: Exception | None = None) -> None:
    """Give the future its end. Whoever waited may have left; the work is done all the same."""
    if not future.set_running_or_notify_cancel():
        return
    if error:
        future.set_exception(error)
    else:
        future.set_result(result)

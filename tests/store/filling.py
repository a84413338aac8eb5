"""A real store with uses of skills in it, for tests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from session_buddy.store import invocations, queries
from session_buddy.store.ids import new_id
from session_buddy.store.invocations import Completion, Invocation
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor

LIMIT = 30.0
BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

Result = TypeVar("Result")


def write(store: Store, job: Callable[[Cursor], Result]) -> Result:
    """Run a writing job and wait until it is committed."""
    return store.write(job).result(LIMIT)


def change(store: Store, sql: str, *values: Any) -> None:
    """Run a statement that changes something."""
    write(store, lambda cursor: bool(cursor.execute(sql, list(values))))


def rows(store: Store, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows that a statement gives."""
    return store.read(lambda cursor: cursor.execute(sql, list(values)).fetchall())


def row_of(skill: str, query_id: UUID | None = None, phase: str | None = None, minute: int = 0) -> Invocation:
    """The row of a use that began some minutes after `BEGIN`."""
    moment = BEGIN + timedelta(minutes=minute)
    return Invocation(new_id(), skill, query_id, "s", "p", moment, None, phase, None, None, "test", moment)


def ending_of(invocation_id: UUID, outcome: str, minute: int = 0) -> Completion:
    """The row of a use's end, ninety seconds after the given minute."""
    moment = BEGIN + timedelta(minutes=minute, seconds=90)
    error = "TimeoutError" if outcome == "failed" else None
    return Completion(invocation_id, moment, outcome, 90.0, None, error, "test", moment)


def use(
    cursor: Cursor,
    skill: str,
    text: str | None = None,
    outcome: str | None = None,
    phase: str | None = None,
    minute: int = 0,
) -> UUID:
    """Store one use of a skill, ended if an outcome is given, and return its id."""
    row = row_of(skill, queries.remember(cursor, text) if text else None, phase, minute)
    invocations.insert(cursor, row)
    if outcome:
        invocations.complete(cursor, ending_of(row.invocation_id, outcome, minute))
    return row.invocation_id


def used(
    store: Store,
    skill: str,
    text: str | None = None,
    outcome: str | None = None,
    phase: str | None = None,
    minute: int = 0,
) -> UUID:
    """The same in a transaction of its own."""
    return write(store, lambda cursor: use(cursor, skill, text, outcome, phase, minute))

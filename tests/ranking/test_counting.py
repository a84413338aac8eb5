"""Uses that nobody ended, in the counts of a memory."""

from datetime import UTC, datetime, timedelta

import pytest

from session_buddy.ranking.counting import Counting
from session_buddy.ranking.memory import Memory
from session_buddy.ranking.recollection import Recollection
from session_buddy.store import history, invocations, sessions
from session_buddy.store.invocations import Tally
from session_buddy.store.store import Store
from tests.ranking.history import looked_at
from tests.store.filling import BEGIN, ending_of, used, write

DAY = 86_400.0


def counted(store: Store, following: Recollection) -> Tally:
    """The counts of the one skill there is."""
    found = looked_at(store, following, lambda memory: memory.counts[memory.skill("debugging")].overall)
    assert isinstance(found, Tally)
    return found


@pytest.mark.parametrize(("patience", "ended"), [(None, 1), (DAY, 2), (1e9, 1)])
def test_a_use_that_is_open_for_too_long_counts_as_ended(store: Store, patience: float | None, ended: int) -> None:
    used(store, "debugging", "why?", "completed")
    used(store, "debugging", "why not?")
    assert counted(store, Recollection(None, patience)) == Tally(2, 1, ended)


def test_a_use_counts_as_ended_when_its_session_is_over_and_not_when_that_goes_on(store: Store) -> None:
    following, moment = Recollection(None, 1e9), BEGIN + timedelta(minutes=5)
    used(store, "debugging", "why?")
    assert counted(store, following) == Tally(1, 0, 0)
    assert write(store, lambda cursor: sessions.end(cursor, "s", moment, "test"))
    assert counted(store, following) == Tally(1, 0, 1)
    assert write(store, lambda cursor: sessions.resume(cursor, "s", moment + timedelta(minutes=1), "test"))
    assert counted(store, following) == Tally(1, 0, 0)


@pytest.mark.parametrize("over", ["too long", "its session"])
def test_a_use_that_is_ended_late_is_not_counted_as_ended_twice(store: Store, over: str) -> None:
    following = Recollection(None, DAY if over == "too long" else None)
    identity = used(store, "debugging", "why?")
    if over == "its session":
        write(store, lambda cursor: sessions.end(cursor, "s", datetime.now(UTC), "test"))
    assert counted(store, following) == Tally(1, 0, 1)
    write(store, lambda cursor: invocations.complete(cursor, ending_of(identity, "completed")))
    assert counted(store, following) == Tally(1, 1, 1)


def test_a_new_use_that_is_stale_already_is_due_to_be_counted_again(store: Store) -> None:
    counting, memory = Counting(DAY, late=0), Memory(0)
    store.read(lambda cursor: counting.count(cursor, memory))
    assert not counting.is_due()
    used(store, "debugging")
    started = store.read(lambda cursor: history.started(cursor, -1))
    counting.follow(memory, started, [])
    assert counting.is_due()
    store.read(lambda cursor: counting.count(cursor, memory))
    assert memory.counts[0].overall == Tally(1, 0, 1)
    assert not counting.is_due()


def test_a_use_that_is_not_stale_yet_is_not_due(store: Store) -> None:
    counting, memory = Counting(1e9, late=0), Memory(0)
    used(store, "debugging")
    store.read(lambda cursor: counting.count(cursor, memory))
    assert not counting.is_due()

"""Every skill that is described or was ever used."""

from session_buddy.store import overview, queries
from session_buddy.store.overview import Known
from session_buddy.store.store import Store
from tests.store.filling import BEGIN, change, used, write


def known(store: Store) -> list[Known]:
    return store.read(overview.every_skill)


def describe(store: Store, skill: str, text: str | None) -> None:
    identity = write(store, lambda cursor: queries.remember(cursor, text)) if text else None
    change(
        store, "INSERT INTO skill (skill_name, description_id, recorded_at) VALUES (?, ?, ?)", skill, identity, BEGIN
    )


def micros(minute: int) -> int:
    return int(BEGIN.timestamp() + 60 * minute) * 1_000_000


def test_an_empty_store_knows_no_skill(store: Store) -> None:
    assert known(store) == []


def test_a_skill_is_known_when_it_was_used_or_is_described(store: Store) -> None:
    used(store, "debugging", outcome="completed", minute=1)
    used(store, "debugging", outcome="failed", minute=3)
    used(store, "debugging", minute=2)
    describe(store, "debugging", "finds out why")
    describe(store, "planning", "thinks first")
    describe(store, "naming", None)
    used(store, "testing", minute=4)
    assert known(store) == [
        Known("debugging", "finds out why", 3, 1, 2, micros(3)),
        Known("testing", None, 1, 0, 0, micros(4)),
        Known("naming", None, 0, 0, 0, None),
        Known("planning", "thinks first", 0, 0, 0, None),
    ]


def test_rows_that_are_stored_twice_count_once_in_the_overview(store: Store) -> None:
    used(store, "debugging", "why?", outcome="completed")
    used(store, "debugging", "why?")
    describe(store, "debugging", "finds out why")
    before = known(store)
    for table in ("invocation", "completion", "skill", "query"):
        change(store, f"INSERT INTO {table} SELECT * FROM {table}")
    assert known(store) == before

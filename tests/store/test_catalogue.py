"""Skills that are known by name and description."""

from uuid import UUID

from session_buddy.store import catalogue, queries
from session_buddy.store.catalogue import Entry
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor
from tests.store.filling import rows, write


def put(store: Store, name: str, description: str | None) -> bool:
    def job(cursor: Cursor) -> bool:
        identity: UUID | None = queries.remember(cursor, description) if description else None
        return catalogue.put(cursor, Entry(name, identity, identity, "test", "p"))

    return write(store, job)


def described(store: Store, *names: str) -> dict[str, str]:
    return store.read(lambda cursor: catalogue.descriptions(cursor, list(names)))


def test_a_skill_is_known_by_its_description(store: Store) -> None:
    assert put(store, "debugging", "finds out why something fails")
    assert described(store, "debugging") == {"debugging": "finds out why something fails"}


def test_only_the_skills_asked_for_are_described(store: Store) -> None:
    put(store, "debugging", "finds out why")
    put(store, "testing", "writes tests")
    assert described(store, "testing", "unknown") == {"testing": "writes tests"}
    assert described(store) == {}


def test_the_same_skill_again_changes_nothing(store: Store) -> None:
    put(store, "debugging", "finds out why")
    assert not put(store, "debugging", "finds  out why")
    assert rows(store, "SELECT count(*) FROM skill") == [(1,)]


def test_a_new_description_takes_the_place_of_the_old_one(store: Store) -> None:
    put(store, "debugging", "finds out why")
    assert put(store, "debugging", "finds bugs")
    assert described(store, "debugging") == {"debugging": "finds bugs"}
    assert rows(store, "SELECT count(*) FROM skill") == [(1,)]


def test_a_skill_may_have_no_description(store: Store) -> None:
    assert put(store, "debugging", None)
    assert not put(store, "debugging", None)
    assert described(store, "debugging") == {}
    assert put(store, "debugging", "finds out why")


def test_two_skills_may_share_a_description(store: Store) -> None:
    put(store, "one", "does it")
    put(store, "two", "does it")
    assert described(store, "one", "two") == {"one": "does it", "two": "does it"}

"""What is installed, as the store knows it."""

from session_buddy.skills import describing, mirroring
from session_buddy.skills.installed import Found, Installed
from session_buddy.store import catalogue, history
from session_buddy.store.store import Store
from tests.store.conftest import empty_store, path, store
from tests.store.filling import rows, write

__all__ = ["empty_store", "path", "store"]


def installed(name: str, description: str | None = "Does it", may: bool = True) -> Installed:
    return Installed(name, "skill", description, f"/{name}/SKILL.md", "project", ("claude-code",), {}, may)


def mirror(store: Store, *there: Installed, project: str = "p") -> bool:
    """Mirror these; whether anything had to be written."""
    entries = mirroring.wanted(Found(there), mask_secrets=True)
    differs = store.read(lambda cursor: mirroring.differs(cursor, project, entries))
    if differs:
        write(store, lambda cursor: mirroring.mirror(cursor, project, f"/{project}", entries))
        assert not store.read(lambda cursor: mirroring.differs(cursor, project, entries))
    return differs


def imported(store: Store, name: str, description: str | None) -> bool:
    return write(store, lambda cursor: describing.describe(cursor, name, description, "import", "p"))


def known(store: Store) -> dict[str, str | None]:
    return store.read(catalogue.described)


def test_the_store_follows_what_is_installed(store: Store) -> None:
    assert mirror(store, installed("one"), installed("two", "Does that"))
    assert known(store) == {"one": "Does it", "two": "Does that"}
    assert mirror(store, installed("two", "Does other things"), installed("three", None))
    assert known(store) == {"two": "Does other things", "three": None}
    assert mirror(store)
    assert known(store) == {}


def test_nothing_is_written_while_nothing_has_changed(store: Store) -> None:
    assert mirror(store, installed("one"), installed("two", None))
    assert not mirror(store, installed("two", None), installed("one"))
    assert rows(store, "SELECT count(*) FROM skill") == [(2,)]


def test_what_was_imported_stays_as_it_is(store: Store) -> None:
    imported(store, "one", "as imported")
    assert mirror(store, installed("one"), installed("two"))
    assert known(store) == {"one": "as imported", "two": "Does it"}
    assert mirror(store)
    assert known(store) == {"one": "as imported"}


def test_what_is_imported_takes_the_place_of_what_is_installed_also_with_the_same_words(store: Store) -> None:
    mirror(store, installed("one"))
    assert imported(store, "one", "Does it")
    assert not imported(store, "one", "Does it")
    assert not mirror(store)
    assert known(store) == {"one": "Does it"}


def test_an_imported_name_without_description_is_described_by_what_is_installed(store: Store) -> None:
    imported(store, "one", None)
    mirror(store, installed("one"))
    assert known(store) == {"one": "Does it"}
    assert [one.text for one in store.read(history.described)] == ["one: Does it"]
    mirror(store)
    assert known(store) == {"one": None}


def test_projects_in_one_store_do_not_take_each_others_skills_away(store: Store) -> None:
    mirror(store, installed("shared"), installed("only-p"), project="p")
    mirror(store, installed("shared", "Does it elsewhere"), project="q")
    assert known(store) == {"shared": "Does it elsewhere", "only-p": "Does it"}
    assert len(store.read(history.described)) == 2
    mirror(store, project="q")
    assert known(store) == {"shared": "Does it", "only-p": "Does it"}


def test_what_a_model_may_not_start_is_not_recommended_to_it(store: Store) -> None:
    assert not mirror(store, installed("by-hand", may=False))
    assert known(store) == {}


def test_secrets_and_private_parts_of_a_description_are_not_stored(store: Store) -> None:
    mirror(store, installed("one", "Calls <private>the boss</private> with ghp_abcdefghijklmnopqrstuvwxyz0123456789"))
    stored = str(rows(store, "SELECT text FROM query"))
    assert "boss" not in stored
    assert "ghp_" not in stored
    assert not mirror(
        store, installed("one", "Calls <private>X</private> with ghp_abcdefghijklmnopqrstuvwxyz012345678")
    )


def test_what_is_installed_is_not_exported(store: Store) -> None:
    mirror(store, installed("one"))
    imported(store, "two", "as imported")
    assert store.read(catalogue.dump) == [{"skill": {"name": "two", "description": "as imported"}}]

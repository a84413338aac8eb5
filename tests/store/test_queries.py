"""Texts are kept once."""

from session_buddy.store import queries
from session_buddy.store.ids import query_id
from session_buddy.store.store import Store
from tests.store.filling import rows, write


def test_a_text_is_kept_once_however_often_it_comes(store: Store) -> None:
    ids = {write(store, lambda cursor: queries.remember(cursor, "fix the build")) for _ in range(3)}
    assert ids == {query_id("fix the build")}
    assert store.read(queries.count) == 1


def test_a_text_that_comes_twice_in_one_transaction_is_kept_once(store: Store) -> None:
    write(store, lambda cursor: (queries.remember(cursor, "same"), queries.remember(cursor, "same")))
    assert store.read(queries.count) == 1


def test_a_text_is_kept_in_its_normal_form(store: Store) -> None:
    one = write(store, lambda cursor: queries.remember(cursor, "  fix\n the   cafe\u0301 "))
    other = write(store, lambda cursor: queries.remember(cursor, "fix the caf\u00e9"))
    assert one == other
    assert rows(store, "SELECT query_id, text FROM query") == [(one, "fix the caf\u00e9")]


def test_different_texts_are_kept_apart(store: Store) -> None:
    for text in ("fix the build", "Fix the build", "fix the build!"):
        write(store, lambda cursor, text=text: queries.remember(cursor, text))  # type: ignore[misc]
    assert store.read(queries.count) == 3

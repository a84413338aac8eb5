"""A call that is sent again after a crash is not made twice."""

from typing import Any

import pytest

from session_buddy.errors import InvalidRequestError
from session_buddy.store import answers, projects
from session_buddy.store.answers import Call
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor
from tests.store.filling import change, rows, write


def make(store: Store, call: Call | None, name: str) -> dict[str, Any]:
    def job(cursor: Cursor) -> dict[str, Any]:
        projects.remember(cursor, name, "/there")
        return {"made": name, "notes": ["é", None, 0.1]}

    return write(store, answers.once(call, job))


def made(store: Store) -> list[str]:
    return [name for (name,) in rows(store, "SELECT project_id FROM project ORDER BY project_id")]


def test_a_resent_call_gets_the_first_answer_and_does_nothing(store: Store) -> None:
    first = make(store, Call("window", "1", False), "first")
    assert make(store, Call("window", "1", True), "second") == first
    assert made(store) == ["first"]


def test_a_resent_call_that_was_never_committed_is_made(store: Store) -> None:
    assert make(store, Call("window", "1", True), "first")["made"] == "first"
    assert make(store, Call("window", "1", True), "second")["made"] == "first"
    assert made(store) == ["first"]


def test_an_id_that_is_used_again_is_a_new_call(store: Store) -> None:
    make(store, Call("window", "1", False), "first")
    assert make(store, Call("window", "1", False), "second")["made"] == "second"
    assert make(store, Call("window", "1", True), "third")["made"] == "second"


def test_calls_of_other_windows_and_ids_of_other_types_are_other_calls(store: Store) -> None:
    make(store, Call("window", "1", False), "first")
    assert make(store, Call("other", "1", True), "second")["made"] == "second"
    assert make(store, Call("window", '"1"', True), "third")["made"] == "third"


def test_a_call_without_a_connection_is_always_made(store: Store) -> None:
    make(store, None, "first")
    make(store, None, "second")
    assert made(store) == ["first", "second"]
    assert rows(store, "SELECT count(*) FROM answer") == [(0,)]


def test_a_call_that_failed_keeps_no_answer(store: Store) -> None:
    def fail(cursor: Cursor) -> dict[str, Any]:
        raise InvalidRequestError("no")

    with pytest.raises(InvalidRequestError):
        write(store, answers.once(Call("window", "1", False), fail))
    assert make(store, Call("window", "1", True), "second")["made"] == "second"


def test_a_resent_call_finds_the_answer_of_its_own_transaction(store: Store) -> None:
    def both(cursor: Cursor) -> list[str]:
        first = answers.once(Call("window", "1", False), lambda _: {"made": "first"})
        second = answers.once(Call("window", "1", True), lambda _: {"made": "second"})
        return [first(cursor)["made"], second(cursor)["made"]]

    assert write(store, both) == ["first", "first"]


def test_what_a_closed_connection_was_answered_is_forgotten(store: Store) -> None:
    make(store, Call("window", "1", False), "first")
    make(store, Call("other", "1", False), "other")
    write(store, answers.forget("window"))
    assert rows(store, "SELECT connection_id FROM answer") == [("other",)]


def test_only_answers_older_than_a_day_are_forgotten_by_age(store: Store) -> None:
    for hours in (1, 23, 25, 300):
        change(store, "INSERT INTO answer VALUES (?, '1', '{}', now() - to_hours(?))", str(hours), hours)
    write(store, answers.forget_old())
    assert rows(store, "SELECT connection_id FROM answer ORDER BY 1") == [("1",), ("23",)]

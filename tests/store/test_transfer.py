"""Many invocations at once, in and out of the store."""

import json
from pathlib import Path
from typing import Any

import pytest

from session_buddy.errors import InvalidRequestError
from session_buddy.skills.records import InvocationLine, Rows, parse_line
from session_buddy.store import invocations, transfer
from session_buddy.store.ids import query_id
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor
from tests.store.filling import rows, used, write

ONE = "019a0000-0000-7000-8000-000000000001"
TWO = "019a0000-0000-7000-8000-000000000002"
FULL: dict[str, Any] = {
    "invocation_id": ONE,
    "skill_name": "debugging",
    "user_query": "why is the login slow?",
    "session_id": "s1",
    "invoked_at": "2026-02-03T04:05:06.789000+00:00",
    "completed": False,
    "duration_seconds": 12.5,
    "workflow_path": "fix/login",
    "workflow_phase": "verify",
    "alternatives_considered": ["testing", 'it\'s "quoted", ü'],
    "selection_rank": 2,
    "follow_up_actions": ["wrote a test"],
    "error_type": "TimeoutError",
}


def load(store: Store, records: list[dict[str, Any]], source: str = "import") -> int:
    return write(
        store, lambda cursor: transfer.load(cursor, "\n".join(json.dumps(one) for one in records), "p", source)
    )


def load_lines(store: Store, records: list[dict[str, Any]]) -> int:
    """Load as the import does: through the lines of a file."""
    maker = Rows()
    lines = [parse_line(json.dumps(record).encode()) for record in records]
    return load(store, [maker.row(line) for line in lines if isinstance(line, InvocationLine)])


def dumped(store: Store) -> list[dict[str, Any]]:
    return store.read(lambda cursor: [record for batch in transfer.dump(cursor) for record in batch])


def record(identity: str = ONE, **fields: Any) -> dict[str, Any]:
    return {"invocation_id": identity, "skill_name": "debugging", "session_id": "s", **fields}


def test_what_was_loaded_comes_out_as_it_went_in(store: Store) -> None:
    assert load_lines(store, [FULL]) == 1
    assert dumped(store) == [FULL]


def test_an_export_loaded_into_another_store_gives_the_same_export(store: Store, tmp_path: Path) -> None:
    for number, outcome in enumerate(("completed", "failed", "abandoned", None)):
        used(store, f"skill {number}", f"problem {number}", outcome, "verify", number)
    used(store, "without a text")
    exported = dumped(store)
    other = Store.open(str(tmp_path / "other.duckdb"))
    try:
        assert load_lines(other, exported) == 5
        assert dumped(other) == exported
        ended = "SELECT invocation_id, outcome, ended_at::VARCHAR, error_type FROM completion ORDER BY invocation_id"
        assert rows(other, ended) == rows(store, ended)
    finally:
        other.close()


def test_loading_the_same_again_changes_nothing(store: Store) -> None:
    load_lines(store, [FULL, FULL | {"invocation_id": TWO}])
    before = dumped(store)
    assert load_lines(store, [FULL, FULL | {"invocation_id": TWO, "skill_name": "other"}]) == 0
    assert dumped(store) == before
    assert rows(store, "SELECT count(*) FROM completion") == [(2,)]


def test_only_what_is_new_is_loaded(store: Store) -> None:
    load(store, [record(ONE)])
    assert load(store, [record(ONE), record(TWO)]) == 1
    assert store.read(invocations.count) == 2


def test_an_id_that_comes_twice_in_one_list_is_loaded_once_as_it_came_first(store: Store) -> None:
    assert load(store, [record(ONE, skill_name="first", outcome="completed"), record(ONE, skill_name="second")]) == 1
    assert [(one["skill_name"], one["completed"]) for one in dumped(store)] == [("first", True)]


def test_a_use_that_was_stored_while_open_is_not_ended_by_a_load(store: Store) -> None:
    load(store, [record(ONE)])
    assert load(store, [record(ONE, outcome="completed")]) == 0
    assert [one["completed"] for one in dumped(store)] == [None]


def test_a_text_is_kept_once_for_all_uses(store: Store) -> None:
    used(store, "debugging", "why?")
    same = {"user_query": "why?", "query_id": str(query_id("why?"))}
    load(store, [record(ONE, **same), record(TWO, **same)])
    assert rows(store, "SELECT text FROM query") == [("why?",)]
    assert [one["user_query"] for one in dumped(store)] == ["why?"] * 3


@pytest.mark.parametrize(
    ("outcome", "completed"), [("completed", True), ("failed", False), ("abandoned", False), (None, None)]
)
def test_every_outcome_is_exported_as_true_false_or_null(store: Store, outcome: str | None, completed: object) -> None:
    load(store, [record(outcome=outcome)])
    assert [one["completed"] for one in dumped(store)] == [completed]


def test_what_has_no_value_is_left_out_of_the_export(store: Store) -> None:
    load(store, [record(invoked_at="2026-01-01T00:00:00Z")])
    assert dumped(store) == [record(completed=None, invoked_at="2026-01-01T00:00:00+00:00")]


def test_times_with_an_offset_are_kept_as_the_moment_they_mean(store: Store) -> None:
    load(store, [record(invoked_at="2026-06-01T12:00:00.123456+05:30")])
    assert [one["invoked_at"] for one in dumped(store)] == ["2026-06-01T06:30:00.123456+00:00"]


def test_an_end_without_a_time_is_taken_to_be_at_the_beginning(store: Store) -> None:
    load(store, [record(invoked_at="2026-06-01T12:00:00Z", outcome="completed")])
    assert rows(store, "SELECT ended_at = invoked_at FROM completion JOIN invocation USING (invocation_id)") == [
        (True,)
    ]


def test_the_end_is_the_beginning_and_the_duration(store: Store) -> None:
    load(store, [record(invoked_at="2026-06-01T12:00:00Z", outcome="completed", duration_seconds=90.5)])
    assert rows(store, "SELECT ended_at::VARCHAR FROM completion") == [("2026-06-01 12:01:30.5+00",)]


def test_an_end_beyond_the_calendar_is_taken_to_be_at_the_beginning(store: Store) -> None:
    far = "294247-01-01T00:00:00Z"
    load(store, [record(invoked_at=far, outcome="completed", duration_seconds=1e9)])
    assert rows(store, "SELECT ended_at = invoked_at FROM completion JOIN invocation USING (invocation_id)") == [
        (True,)
    ]


def test_the_oldest_comes_first_in_an_export(store: Store) -> None:
    load(store, [record(ONE, invoked_at="2026-06-02T00:00:00Z"), record(TWO, invoked_at="2026-06-01T00:00:00Z")])
    assert [one["invocation_id"] for one in dumped(store)] == [TWO, ONE]


def test_a_long_history_is_exported_in_batches_without_a_gap(store: Store) -> None:
    many = [record(f"019a0000-0000-7000-8000-{number:012x}") for number in range(transfer.BATCH + 3)]
    assert load(store, many) == len(many)
    batches = store.read(lambda cursor: list(transfer.dump(cursor)))
    assert [len(batch) for batch in batches] == [transfer.BATCH, 3]
    assert {one["invocation_id"] for batch in batches for one in batch} == {one["invocation_id"] for one in many}


def test_a_load_that_is_given_up_leaves_nothing_behind(store: Store) -> None:
    def job(cursor: Cursor) -> None:
        transfer.load(cursor, json.dumps([record(ONE, user_query="x", query_id=str(query_id("x")))]), "p", "import")
        raise InvalidRequestError("a later line is bad")

    with pytest.raises(InvalidRequestError):
        write(store, job)
    assert dumped(store) == []
    assert rows(store, "SELECT count(*) FROM query") == [(0,)]
    assert load(store, [record(TWO)]) == 1


def test_what_was_loaded_names_its_project_and_source(store: Store) -> None:
    load(store, [record(outcome="completed")], source="claude-code")
    assert rows(store, "SELECT project_id, source FROM invocation") == [("p", "claude-code")]
    assert rows(store, "SELECT source FROM completion") == [("claude-code",)]


def test_an_empty_list_loads_nothing(store: Store) -> None:
    assert load(store, []) == 0


def test_an_end_that_is_stored_twice_is_exported_once(store: Store) -> None:
    load(store, [record(outcome="completed")])
    write(store, lambda cursor: bool(cursor.execute("INSERT INTO completion SELECT * FROM completion")))
    assert len(dumped(store)) == 1

"""Recording uses of skills in a real store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from session_buddy.errors import InvalidRequestError
from session_buddy.skills import tracking
from session_buddy.skills.privacy import MAX_TEXT
from session_buddy.skills.tracking import Ending, Origin, Stamp, Use
from session_buddy.store import transfer
from session_buddy.store.ids import new_id
from session_buddy.store.store import Store

ORIGIN = Origin("session 1", "project 1", "/there")
BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SECRET = "AK" + "IAIOSFODNN7EXAMPLE"
LIMIT = 30.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(str(tmp_path / "session_buddy.duckdb"))
    yield store
    store.close()


def track(store: Store, origin: Origin = ORIGIN, stamp: Stamp | None = None, **fields: Any) -> dict[str, Any]:
    use = Use(**({"skill_name": "debugging"} | fields))
    return store.write(lambda cursor: tracking.track(cursor, use, origin, stamp)).result(LIMIT)


def complete(store: Store, identity: str, stamp: Stamp | None = None, **fields: Any) -> dict[str, Any]:
    return store.write(lambda cursor: tracking.complete(cursor, Ending(identity, **fields), True, stamp)).result(LIMIT)


def stored(store: Store) -> list[dict[str, Any]]:
    return store.read(lambda cursor: [one for batch in transfer.dump(cursor) for one in batch])


def test_a_use_is_stored_as_it_was_reported(store: Store) -> None:
    given: dict[str, Any] = {
        "user_query": "why is it slow?",
        "workflow_path": "fix/login",
        "workflow_phase": "verify",
        "alternatives_considered": ["testing", "reviewing"],
        "selection_rank": 2,
    }
    answer = track(store, **given)
    known = {"invocation_id": answer["invocation_id"], "session_id": "session 1", "invoked_at": answer["invoked_at"]}
    assert stored(store) == [{"skill_name": "debugging", "completed": None} | known | given]
    assert answer["notes"] == []


def test_the_answer_names_the_use_its_session_and_its_time(store: Store) -> None:
    before = datetime.now(UTC)
    answer = track(store)
    assert (answer["skill_name"], answer["session_id"]) == ("debugging", "session 1")
    assert UUID(answer["invocation_id"]).version == 7
    assert before <= datetime.fromisoformat(answer["invoked_at"]) <= datetime.now(UTC)


def test_two_uses_are_two_even_when_they_are_alike(store: Store) -> None:
    assert track(store)["invocation_id"] != track(store)["invocation_id"]
    assert len(stored(store)) == 2


def test_a_use_may_come_with_its_senders_id_and_time(store: Store) -> None:
    identity = new_id()
    stamp = Stamp(BEGIN, "spool")
    store.write(lambda cursor: tracking.track(cursor, Use("debugging"), ORIGIN, stamp, identity)).result(LIMIT)
    assert [(one["invocation_id"], one["invoked_at"]) for one in stored(store)] == [(str(identity), BEGIN.isoformat())]


def test_private_parts_are_left_out_everywhere_and_it_is_said_once(store: Store) -> None:
    private = "keep <private>hunter2</private>"
    answer = track(store, user_query=private, workflow_path=private, alternatives_considered=[private])
    assert answer["notes"] == ["1 private part was left out."]
    [one] = stored(store)
    assert (one["user_query"], one["workflow_path"], one["alternatives_considered"]) == ("keep", "keep", ["keep"])


def test_secrets_are_masked_unless_that_is_switched_off(store: Store) -> None:
    assert track(store, user_query=f"use {SECRET}")["notes"] == ["1 secret was masked."]
    assert track(store, ORIGIN._replace(mask_secrets=False), user_query=f"use {SECRET}")["notes"] == []
    assert {one["user_query"] for one in stored(store)} == {"use [masked: AWS access key]", f"use {SECRET}"}


def test_a_query_that_is_all_private_is_stored_as_none(store: Store) -> None:
    track(store, user_query="<private>all</private>", alternatives_considered=["<private>all</private>"])
    [one] = stored(store)
    assert "user_query" not in one
    assert one["alternatives_considered"] == []


def test_a_long_text_is_cut_and_it_is_said(store: Store) -> None:
    answer = track(store, user_query="word " * MAX_TEXT)
    assert answer["notes"] == ["The text was cut at 32,768 characters."]
    assert len(stored(store)[0]["user_query"]) <= MAX_TEXT


@pytest.mark.parametrize(
    ("fields", "outcome", "completed"),
    [
        ({}, "completed", True),
        ({"completed": True}, "completed", True),
        ({"completed": False}, "abandoned", False),
        ({"error_type": "TimeoutError"}, "failed", False),
        ({"completed": False, "error_type": "TimeoutError"}, "failed", False),
    ],
)
def test_the_outcome_follows_from_completed_and_error(
    store: Store, fields: dict[str, Any], outcome: str, completed: bool
) -> None:
    identity = track(store)["invocation_id"]
    answer = complete(store, identity, **fields)
    assert (answer["outcome"], answer["skill_name"], answer["invocation_id"]) == (outcome, "debugging", identity)
    assert [one["completed"] for one in stored(store)] == [completed]


def test_completed_together_with_an_error_is_refused_and_changes_nothing(store: Store) -> None:
    identity = track(store)["invocation_id"]
    with pytest.raises(InvalidRequestError, match="Nothing was stored"):
        complete(store, identity, completed=True, error_type="TimeoutError")
    assert [one["completed"] for one in stored(store)] == [None]
    complete(store, identity)


def test_the_duration_is_what_was_reported_or_else_the_time_since_the_beginning(store: Store) -> None:
    first = track(store, stamp=Stamp(BEGIN, "tool"))["invocation_id"]
    second = track(store, stamp=Stamp(BEGIN, "tool"))["invocation_id"]
    end = Stamp(BEGIN + timedelta(seconds=75.5), "tool")
    assert complete(store, first, end)["duration_seconds"] == 75.5
    assert complete(store, second, end, duration_seconds=3.0)["duration_seconds"] == 3.0


def test_a_clock_that_went_back_gives_no_negative_duration(store: Store) -> None:
    identity = track(store, stamp=Stamp(BEGIN, "tool"))["invocation_id"]
    assert complete(store, identity, Stamp(BEGIN - timedelta(hours=1), "tool"))["duration_seconds"] == 0.0


def test_follow_ups_and_errors_are_cleaned(store: Store) -> None:
    identity = track(store)["invocation_id"]
    answer = complete(
        store,
        identity,
        error_type=f"Denied {SECRET}",
        follow_up_actions=["a <private>x</private>", "<private>y</private>"],
    )
    [one] = stored(store)
    assert (one["error_type"], one["follow_up_actions"]) == ("Denied [masked: AWS access key]", ["a"])
    assert "1 secret was masked." in answer["notes"]


def test_a_failure_stays_a_failure_when_all_of_its_error_was_private(store: Store) -> None:
    identity = track(store)["invocation_id"]
    assert complete(store, identity, error_type="<private>all</private>")["outcome"] == "failed"
    assert stored(store)[0]["error_type"]


def test_an_end_that_came_already_is_not_changed_and_the_message_says_which(store: Store) -> None:
    identity = track(store)["invocation_id"]
    complete(store, identity, Stamp(BEGIN, "tool"), error_type="TimeoutError")
    with pytest.raises(
        InvalidRequestError, match=r"already ended at 2026-03-01T09:00:00\+00:00: failed \(TimeoutError\)"
    ):
        complete(store, identity)
    assert [one["completed"] for one in stored(store)] == [False]


def test_an_unknown_use_cannot_be_completed(store: Store) -> None:
    unknown = str(new_id())
    with pytest.raises(InvalidRequestError, match=unknown):
        complete(store, unknown)
    assert stored(store) == []


@pytest.mark.parametrize("identity", ["", "1", "not an id", "019a0000-0000-7000-8000-00000000000g"])
def test_what_is_no_id_is_refused_with_where_to_get_one(store: Store, identity: str) -> None:
    with pytest.raises(InvalidRequestError, match="track_skill"):
        complete(store, identity)


def test_an_id_may_be_written_in_capitals(store: Store) -> None:
    identity = track(store)["invocation_id"]
    assert complete(store, identity.upper())["invocation_id"] == identity

"""Lines of an import file, and the rows they become."""

import json
from typing import Any
from uuid import UUID

import pytest

from session_buddy.errors import InvalidRequestError
from session_buddy.skills.records import InvocationLine, Rows, SkillLine, parse_line
from session_buddy.store.ids import query_id

WHEN = "2026-02-03T04:05:06+02:00"


def parse(**fields: Any) -> InvocationLine:
    line = parse_line(json.dumps({"skill_name": "debugging", **fields}).encode())
    assert isinstance(line, InvocationLine)
    return line


def row(**fields: Any) -> dict[str, Any]:
    return Rows().row(parse(**fields))


def refused(line: bytes) -> str:
    with pytest.raises(InvalidRequestError) as wrong:
        parse_line(line)
    return str(wrong.value)


def test_the_name_of_a_skill_is_enough() -> None:
    made = row()
    assert {key: value for key, value in made.items() if key != "invocation_id"} == {
        "skill_name": "debugging",
        "session_id": "imported",
    }
    assert UUID(made["invocation_id"]).version == 7


def test_a_skill_of_the_catalogue_is_a_line_too() -> None:
    line = parse_line(b'{"skill": {"name": "debugging", "description": "finds out why"}}')
    assert isinstance(line, SkillLine)
    assert (line.skill.name, line.skill.description) == ("debugging", "finds out why")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{}", "skill_name is missing"),
        (b"hello", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "object"),
        (b'{"skill_name": ""}', "skill_name"),
        (b'{"skill_name": "x", "colour": "red"}', "colour is not a known field"),
        (b'{"skill_name": "x", "completed": "yes"}', "completed"),
        (b'{"skill_name": "x", "completed": 1}', "completed"),
        (b'{"skill_name": "x", "selection_rank": 0}', "selection_rank"),
        (b'{"skill_name": "x", "duration_seconds": -1}', "duration_seconds"),
        (b'{"skill_name": "x", "duration_seconds": NaN}', "duration_seconds"),
        (b'{"skill_name": "x", "invoked_at": "2026-02-03T04:05:06"}', "invoked_at"),
        (b'{"skill_name": "x", "invoked_at": "yesterday"}', "invoked_at"),
        (b'{"skill_name": "x", "invocation_id": "1"}', "invocation_id"),
        (b'{"skill_name": "x", "completed": true, "error_type": "E"}', "cannot be completed"),
        (b'{"skill": {"description": "no name"}}', "skill.name is missing"),
        (b'{"skill": "debugging"}', "skill"),
    ],
)
def test_a_bad_line_is_refused_with_what_is_wrong(line: bytes, words: str) -> None:
    assert words in refused(line)


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, None),
        ({"completed": None}, None),
        ({"completed": True}, "completed"),
        ({"completed": False}, "abandoned"),
        ({"completed": False, "error_type": "TimeoutError"}, "failed"),
        ({"error_type": "TimeoutError"}, "failed"),
    ],
)
def test_how_it_ended_follows_from_completed_and_error(fields: dict[str, Any], outcome: str | None) -> None:
    assert parse(**fields).outcome == outcome
    assert row(**fields).get("outcome") == outcome


def test_the_text_is_normalised_and_points_to_its_id() -> None:
    made = row(user_query="  why is\nthe cafe\u0301 slow ")
    assert made["user_query"] == "why is the caf\u00e9 slow"
    assert made["query_id"] == str(query_id("why is the caf\u00e9 slow"))


def test_private_parts_and_secrets_do_not_come_in() -> None:
    secret = "AK" + "IAIOSFODNN7EXAMPLE"
    made = row(user_query=f"why <private>hunter2</private> {secret}", error_type=f"Denied {secret}", completed=False)
    assert "hunter2" not in json.dumps(made)
    assert secret not in json.dumps(made)
    unmasked = Rows(mask_secrets=False).row(parse(user_query=f"why <private>hunter2</private> {secret}"))
    assert unmasked["user_query"] == f"why {secret}"


def test_a_text_of_which_nothing_is_left_is_left_out() -> None:
    made = row(user_query="<private>all of it</private>")
    assert "user_query" not in made
    assert "query_id" not in made


@pytest.mark.parametrize("field", ["workflow_path", "workflow_phase"])
def test_another_field_of_which_nothing_is_left_is_left_out_too(field: str) -> None:
    assert row(**{field: "<private>all of it</private>"}).get(field) is None


@pytest.mark.parametrize("field", ["alternatives_considered", "follow_up_actions"])
def test_an_item_of_which_nothing_is_left_is_left_out(field: str) -> None:
    assert row(**{field: ["kept", "<private>all of it</private>"]})[field] == ["kept"]


def test_a_failure_keeps_an_error_type_even_when_all_of_it_was_private() -> None:
    made = row(completed=False, error_type="<private>all of it</private>")
    assert made["outcome"] == "failed"
    assert made["error_type"].strip()


def test_an_id_that_is_given_is_kept() -> None:
    given = "019a0000-0000-7000-8000-000000000001"
    assert row(invocation_id=given)["invocation_id"] == given


def test_the_same_file_gives_the_same_ids_again() -> None:
    lines = [parse(user_query="a"), parse(user_query="a"), parse(user_query="b", invoked_at=WHEN)]
    first, second = Rows(), Rows()
    ids = [first.row(line)["invocation_id"] for line in lines]
    assert [second.row(line)["invocation_id"] for line in lines] == ids
    assert len(set(ids)) == 3


def test_equal_lines_keep_their_ids_when_other_lines_come_between() -> None:
    same, other = parse(user_query="a"), parse(user_query="b")
    together, apart = Rows(), Rows()
    ids = [together.row(line)["invocation_id"] for line in (same, same)]
    spread = [apart.row(line)["invocation_id"] for line in (same, other, same)]
    assert [spread[0], spread[2]] == ids


def test_an_id_that_was_made_sorts_by_the_time_of_the_use() -> None:
    early, late = row(invoked_at="2026-01-01T00:00:00Z"), row(invoked_at="2026-01-01T00:00:01Z")
    assert early["invocation_id"] < late["invocation_id"]
    assert UUID(early["invocation_id"]).int >> 80 == 1_767_225_600_000

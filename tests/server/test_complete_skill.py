"""complete_skill: how a use of a skill ends, once."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import anyio
import pytest

from tests.server.buddy import Tools

pytestmark = pytest.mark.anyio

TOKEN = "ghp_" + "a1B2c3D4e5" * 4
UNKNOWN = "01a1fbd6-7942-7d3e-b0d1-c7242642af9f"


async def _stored(tools: Tools) -> dict[str, Any]:
    (row,) = await tools.buddy.stored()
    return row


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        ({}, "completed"),
        ({"completed": True}, "completed"),
        ({"completed": False}, "abandoned"),
        ({"error_type": "TestFailure"}, "failed"),
        ({"error_type": "TestFailure", "completed": False}, "failed"),
        ({"completed": None, "error_type": None, "follow_up_actions": None, "duration_seconds": None}, "completed"),
        ({"completed": None, "error_type": "TestFailure"}, "failed"),
        ({"completed": False, "error_type": None}, "abandoned"),
    ],
)
async def test_the_outcome_follows_from_what_is_given(tools: Tools, ending: dict[str, Any], outcome: str) -> None:
    invocation = await tools.track("debugging")
    ended = await tools.call("complete_skill", invocation_id=invocation, **ending)
    assert {"invocation_id", "skill_name", "outcome", "duration_seconds"} <= ended.keys()
    assert ended["invocation_id"] == invocation
    assert ended["skill_name"] == "debugging"
    assert ended["outcome"] == outcome
    row = await _stored(tools)
    assert row["completed"] is (outcome == "completed")
    assert row.get("error_type") == ("TestFailure" if outcome == "failed" else None)


async def test_every_argument_is_stored(tools: Tools) -> None:
    invocation = await tools.track("debugging")
    actions = ["git commit", '["open", "a pull request"]']
    ended = await tools.call(
        "complete_skill",
        invocation_id=invocation,
        completed=False,
        follow_up_actions=actions,
        error_type="null",
        duration_seconds=312.5,
    )
    assert ended["duration_seconds"] == 312.5
    row = await _stored(tools)
    assert row["follow_up_actions"] == actions
    assert row["error_type"] == "null"
    assert row["duration_seconds"] == 312.5


async def test_the_duration_is_the_time_since_tracking_unless_it_is_given(tools: Tools) -> None:
    tracked = await tools.call("track_skill", skill_name="debugging")
    ended = await tools.call("complete_skill", invocation_id=tracked["invocation_id"])
    most = datetime.now(UTC) - datetime.fromisoformat(tracked["invoked_at"])
    assert 0 <= ended["duration_seconds"] <= most.total_seconds()
    assert (await _stored(tools))["duration_seconds"] == ended["duration_seconds"]


async def test_a_second_completion_is_refused_saying_when_and_how_it_ended(tools: Tools) -> None:
    invocation = await tools.track("debugging")
    begun = datetime.now(UTC)
    await tools.call("complete_skill", invocation_id=invocation, error_type="TestFailure", duration_seconds=3)
    finished = datetime.now(UTC)
    before = await _stored(tools)
    endings: list[dict[str, Any]] = [{}, {"completed": False}, {"error_type": "Timeout"}]
    for second in endings:
        refusal = await tools.refused("complete_skill", invocation_id=invocation, **second)
        assert "failed (TestFailure)" in refusal
        assert "not changed" in refusal
        when = re.search(r"\d{4}-\d\d-\d\dT[\d:.]+\+\d\d:\d\d", refusal)
        assert when
        assert begun <= datetime.fromisoformat(when[0]) <= finished
    assert await _stored(tools) == before


async def test_of_many_completions_at_once_one_counts(tools: Tools) -> None:
    invocation = await tools.track("debugging")
    outcomes: list[bool] = []

    async def complete(error: str) -> None:
        result = await tools.raw("complete_skill", {"invocation_id": invocation, "error_type": error})
        outcomes.append(not result.is_error)

    async with anyio.create_task_group() as group:
        for number in range(10):
            group.start_soon(complete, f"Error{number}")
    assert sorted(outcomes) == [False] * 9 + [True]
    assert len(await tools.buddy.stored()) == 1


async def test_completed_together_with_an_error_is_refused_and_leaves_it_open(tools: Tools) -> None:
    invocation = await tools.track("debugging")
    refusal = await tools.refused("complete_skill", invocation_id=invocation, completed=True, error_type="TestFailure")
    assert "completed" in refusal
    assert "error_type" in refusal
    assert "Nothing was stored" in refusal
    assert (await _stored(tools))["completed"] is None
    assert (await tools.call("complete_skill", invocation_id=invocation))["outcome"] == "completed"


async def test_an_unknown_id_is_refused(tools: Tools) -> None:
    refusal = await tools.refused("complete_skill", invocation_id=UNKNOWN)
    assert UNKNOWN in refusal
    assert "track_skill" in refusal
    assert "Nothing was stored" in refusal


async def test_what_is_no_id_is_refused(tools: Tools) -> None:
    for bad in ("", "   ", "no-id", UNKNOWN[:-1], "x" * 36, "null", "{}", "1", "x" * 100_000):
        refusal = await tools.refused("complete_skill", invocation_id=bad)
        assert "invocation_id" in refusal
        assert "track_skill" in refusal
        assert "Nothing was stored" in refusal
        assert len(refusal) < 500


async def test_a_call_without_an_id_is_refused(tools: Tools) -> None:
    calls: list[dict[str, Any]] = [{}, {"invocation_id": None}, {"invocation_id": 7}, {"invocation_id": ["a"]}]
    for arguments in calls:
        refusal = await tools.refused("complete_skill", **arguments)
        assert "invocation_id" in refusal.lower()
        assert "Nothing was stored" in refusal


async def test_an_id_may_be_written_in_every_usual_form(tools: Tools) -> None:
    for form in ("{}", "{{{}}}", "urn:uuid:{}"):
        invocation = await tools.track("debugging")
        ended = await tools.call("complete_skill", invocation_id=form.format(invocation.upper()))
        assert ended["invocation_id"] == invocation
    ended = await tools.call("complete_skill", invocation_id=(await tools.track()).replace("-", ""))
    assert str(UUID(ended["invocation_id"])) == ended["invocation_id"]


async def test_a_duration_that_is_none_is_refused(tools: Tools) -> None:
    invocation = await tools.track("debugging")
    for seconds in (-1, -0.001, 1e300, "soon", [1], 10**400):
        refusal = await tools.refused("complete_skill", invocation_id=invocation, duration_seconds=seconds)
        assert "duration_seconds" in refusal.lower()
        assert "Nothing was stored" in refusal
    assert (await _stored(tools))["completed"] is None


async def test_an_unknown_argument_is_refused_with_the_known_ones(tools: Tools) -> None:
    invocation = await tools.track("debugging")
    refusal = await tools.refused("complete_skill", invocation_id=invocation, success=True)
    assert "'success'" in refusal
    assert "completed" in refusal
    assert "Nothing was stored" in refusal


async def test_private_parts_and_secrets_of_an_ending_are_not_stored_and_the_answer_says_so(tools: Tools) -> None:
    invocation = await tools.track("debugging")
    ended = await tools.call(
        "complete_skill",
        invocation_id=invocation,
        follow_up_actions=[f"revoke {TOKEN}", "tell <private>Jane</private> about it", "<private>all</private>"],
        error_type="Timeout <private>at Acme</private>",
    )
    row = await _stored(tools)
    assert row["follow_up_actions"] == ["revoke [masked: GitHub token]", "tell about it"]
    assert row["error_type"] == "Timeout"
    assert any("private" in note for note in ended["notes"])
    assert any("masked" in note for note in ended["notes"])
    assert "private" in ended["text"]


async def test_a_failure_whose_error_is_all_private_is_still_a_failure(tools: Tools) -> None:
    invocation = await tools.track("debugging")
    ended = await tools.call("complete_skill", invocation_id=invocation, error_type="<private>Acme</private>")
    assert ended["outcome"] == "failed"
    assert "Acme" not in str(await _stored(tools))


async def test_an_ending_that_is_too_long_is_cut_and_the_answer_says_so(tools: Tools) -> None:
    invocation = await tools.track("debugging")
    ended = await tools.call("complete_skill", invocation_id=invocation, follow_up_actions=["y" * 40_000])
    assert (await _stored(tools))["follow_up_actions"] == ["y" * 32_768]
    assert any("32,768" in note for note in ended["notes"])


async def test_uses_of_other_sessions_can_be_completed(tools: Tools) -> None:
    invocation = await tools.track("debugging", session_id="another")
    assert (await tools.call("complete_skill", invocation_id=invocation))["outcome"] == "completed"
    assert (await _stored(tools))["session_id"] == "another"

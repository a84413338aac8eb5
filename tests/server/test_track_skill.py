"""track_skill: what it answers, what it stores, what it refuses."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.server.buddy import CONNECTION_SESSION, Tools, serving, speaking

pytestmark = pytest.mark.anyio

TOKEN = "ghp_" + "a1B2c3D4e5" * 4
LONGEST = 32_768


async def _stored(tools: Tools) -> dict[str, Any]:
    (row,) = await tools.buddy.stored()
    return row


async def test_the_answer_has_the_id_the_skill_the_session_and_the_time(tools: Tools) -> None:
    begun = datetime.now(UTC)
    tracked = await tools.call("track_skill", skill_name="debugging", user_query="why is the build red")
    assert {"invocation_id", "skill_name", "session_id", "invoked_at"} <= tracked.keys()
    assert UUID(tracked["invocation_id"]).version == 7
    assert tracked["skill_name"] == "debugging"
    invoked = datetime.fromisoformat(tracked["invoked_at"])
    assert invoked.utcoffset() is not None
    assert begun <= invoked <= datetime.now(UTC)


async def test_the_text_for_people_is_short_and_is_not_the_data_again(tools: Tools) -> None:
    tracked = await tools.call("track_skill", skill_name="debugging", user_query="why is the build red")
    assert "debugging" in tracked["text"]
    assert tracked["invocation_id"] in tracked["text"]
    assert "{" not in tracked["text"]
    assert len(tracked["text"]) < 200


async def test_every_argument_is_stored(tools: Tools) -> None:
    given = {
        "skill_name": "debugging",
        "user_query": "tests fail only on CI",
        "workflow_path": "TDD",
        "workflow_phase": "verification",
        "alternatives_considered": ["code-review", "refactoring"],
        "selection_rank": 2,
        "session_id": "monday",
    }
    tracked = await tools.call("track_skill", **given)
    kept = {"invocation_id": tracked["invocation_id"], "invoked_at": tracked["invoked_at"], "completed": None}
    assert await _stored(tools) == given | kept


async def test_only_the_name_of_the_skill_is_needed(tools: Tools) -> None:
    await tools.track("debugging")
    assert (await _stored(tools)).keys() == {"invocation_id", "skill_name", "session_id", "invoked_at", "completed"}


async def test_arguments_that_are_null_count_as_not_given(tools: Tools) -> None:
    optional = (
        "user_query",
        "workflow_path",
        "workflow_phase",
        "alternatives_considered",
        "selection_rank",
        "session_id",
    )
    await tools.track("debugging", **dict.fromkeys(optional))
    assert (await _stored(tools)).keys() == {"invocation_id", "skill_name", "session_id", "invoked_at", "completed"}


async def test_the_session_is_that_of_the_connection(tools: Tools) -> None:
    tracked = await tools.call("track_skill", skill_name="debugging")
    assert tracked["session_id"] == CONNECTION_SESSION
    assert (await _stored(tools))["session_id"] == CONNECTION_SESSION


async def test_a_session_that_is_named_is_the_session(tools: Tools) -> None:
    tracked = await tools.call("track_skill", skill_name="debugging", session_id="another")
    assert tracked["session_id"] == "another"
    assert (await _stored(tools))["session_id"] == "another"


async def test_a_text_that_happens_to_be_json_is_stored_as_it_is(tools: Tools) -> None:
    texts = ['{"a": 1}', '["x"]', "null", "true", "12", '"quoted"', "[]", "1e5"]
    names = ("skill_name", "user_query", "workflow_path", "workflow_phase", "session_id")
    for text in texts:
        tracked = await tools.call("track_skill", **dict.fromkeys(names, text), alternatives_considered=[text])
        assert tracked["skill_name"] == text
    rows = await tools.buddy.stored()
    assert [[row[name] for name in names] for row in rows] == [[text] * len(names) for text in texts]
    assert [row["alternatives_considered"] for row in rows] == [[text] for text in texts]


async def test_private_parts_are_left_out_and_the_answer_says_so(tools: Tools) -> None:
    tracked = await tools.call(
        "track_skill", skill_name="debugging", user_query="the build <private>of Acme Inc.</private> is red"
    )
    assert (await _stored(tools))["user_query"] == "the build is red"
    assert any("private" in note for note in tracked["notes"])
    assert "private" in tracked["text"]
    assert "Acme" not in str(tracked)


async def test_a_text_that_is_all_private_is_not_stored(tools: Tools) -> None:
    tracked = await tools.call("track_skill", skill_name="debugging", user_query="<private>Acme Inc.</private>")
    assert "user_query" not in await _stored(tools)
    assert any("private" in note for note in tracked["notes"])


async def test_secrets_are_masked_and_the_answer_says_so(tools: Tools) -> None:
    tracked = await tools.call(
        "track_skill",
        skill_name="debugging",
        user_query=f"push with {TOKEN} fails",
        workflow_path=f"push {TOKEN}",
        alternatives_considered=[f"pull {TOKEN}"],
    )
    row = await _stored(tools)
    assert row["user_query"] == "push with [masked: GitHub token] fails"
    assert TOKEN not in str(row)
    assert any("secret" in note and "masked" in note for note in tracked["notes"])
    assert "masked" in tracked["text"]


async def test_secrets_stay_where_masking_is_turned_off(tmp_path: Path) -> None:
    async with serving(tmp_path, "off", mask_secrets=False) as buddy, speaking(buddy, "auto") as tools:
        tracked = await tools.call("track_skill", skill_name="debugging", user_query=f"push with {TOKEN} fails")
        assert (await _stored(tools))["user_query"] == f"push with {TOKEN} fails"
        assert tracked["notes"] == []


async def test_an_ordinary_text_brings_no_notes(tools: Tools) -> None:
    tracked = await tools.call("track_skill", skill_name="debugging", user_query="why is the build red")
    assert tracked["notes"] == []


async def test_a_text_that_is_too_long_is_cut_and_the_answer_says_so(tools: Tools) -> None:
    tracked = await tools.call("track_skill", skill_name="debugging", user_query="x" * (LONGEST + 1))
    assert (await _stored(tools))["user_query"] == "x" * LONGEST
    assert any("32,768" in note for note in tracked["notes"])
    assert "32,768" in tracked["text"]


async def test_a_text_of_the_greatest_length_is_kept_whole(tools: Tools) -> None:
    tracked = await tools.call("track_skill", skill_name="debugging", user_query="x" * LONGEST)
    assert (await _stored(tools))["user_query"] == "x" * LONGEST
    assert tracked["notes"] == []


async def test_a_name_that_is_none_is_refused(tools: Tools) -> None:
    for name in ("", "   ", "\t\n", "a\x00b", "a\x1bb", "x" * 257):
        refusal = await tools.refused("track_skill", skill_name=name)
        assert "skill_name" in refusal.lower()
        assert "Nothing was stored" in refusal


async def test_a_rank_below_one_or_of_another_kind_is_refused(tools: Tools) -> None:
    for rank in (0, -1, 1.5, "first", [1]):
        refusal = await tools.refused("track_skill", skill_name="debugging", selection_rank=rank)
        assert "selection_rank" in refusal.lower()
        assert "Nothing was stored" in refusal


async def test_a_rank_below_one_is_told_what_is_allowed(tools: Tools) -> None:
    assert "greater than or equal to 1" in await tools.refused("track_skill", skill_name="x", selection_rank=0)


async def test_an_argument_in_a_refusal_is_spelt_as_it_is(tools: Tools) -> None:
    assert "selection_rank" in await tools.refused("track_skill", skill_name="debugging", selection_rank=0)
    assert "skill_name" in await tools.refused("track_skill")


async def test_a_call_without_a_name_is_refused(tools: Tools) -> None:
    for arguments in ({}, {"skill_name": None}):
        refusal = await tools.refused("track_skill", **arguments)
        assert "missing" in refusal
        assert "Nothing was stored" in refusal


async def test_an_unknown_argument_is_refused_with_the_known_ones(tools: Tools) -> None:
    refusal = await tools.refused("track_skill", skill_name="debugging", query="why is the build red")
    assert "'query'" in refusal
    assert "user_query" in refusal
    assert "Nothing was stored" in refusal


async def test_a_refusal_does_not_repeat_what_was_sent(tools: Tools) -> None:
    for arguments in ({"user_query": [TOKEN]}, {"selection_rank": TOKEN}, {"alternatives_considered": TOKEN}):
        assert TOKEN not in await tools.refused("track_skill", skill_name="debugging", **arguments)


async def test_an_unknown_tool_is_a_tool_error(tools: Tools) -> None:
    assert "track_skil" in await tools.refused("track_skil_", skill_name="debugging")


@pytest.mark.parametrize("name", ["deploy<private>Acme</private>", "deploy &lt;PRIVATE&gt;Acme"])
async def test_private_parts_of_skill_and_session_are_removed(tools: Tools, name: str) -> None:
    tracked = await tools.call("track_skill", skill_name=name, session_id=name)
    assert (tracked["skill_name"], tracked["session_id"]) == ("deploy", "deploy")
    assert "Acme" not in str(await _stored(tools))

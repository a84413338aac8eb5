"""recommend_skills: what an answer holds, how much it holds, and what is refused."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.server.buddy import CONNECTION_SESSION, MODES, Tools, serving, speaking
from tests.server.past import NEAR, by_name, fill

pytestmark = pytest.mark.anyio

TOKEN = "ghp_" + "a1B2c3D4e5" * 4


# What an answer holds


async def test_nothing_is_recommended_by_an_empty_store_and_that_is_said(either: Tools) -> None:
    found = await either.call("recommend_skills", user_query=NEAR)
    assert found["recommendations"] == []
    assert found["confident"] is False
    assert "Nothing" in found["text"]


@pytest.mark.parametrize("mode", MODES)
async def test_a_recommendation_has_every_field(tmp_path: Path, mode: str) -> None:
    async with serving(tmp_path, "hashing") as buddy, speaking(buddy, mode) as tools:
        tracked = await tools.call("track_skill", skill_name="debugging", user_query="why is the build red")
        await tools.call("complete_skill", invocation_id=tracked["invocation_id"], duration_seconds=12.5)
        found = await tools.call("recommend_skills", user_query="the build is red")
    assert {"recommendations", "ranking", "confident"} <= found.keys()
    assert found["ranking"] == "semantic"
    (one,) = found["recommendations"]
    reason, score, similarity = one.pop("reason"), one.pop("score"), one.pop("similarity_score")
    assert "once" in reason
    assert 0 < similarity <= 1
    assert 0 < score <= 1
    assert one == {
        "skill_name": "debugging",
        "completion_rate": 100.0,
        "invocations": 1,
        "example": {
            "invocation_id": tracked["invocation_id"],
            "user_query": "why is the build red",
            "completed": True,
            "duration_seconds": 12.5,
            "session_id": CONNECTION_SESSION,
            "invoked_at": tracked["invoked_at"],
        },
    }


async def test_the_text_for_people_has_one_line_a_skill_in_the_same_order(either: Tools) -> None:
    await fill(either)
    await either.used("debugging", NEAR)
    found = await either.call("recommend_skills", user_query=NEAR)
    names = [one["skill_name"] for one in found["recommendations"]]
    lines = [line for line in found["text"].splitlines() if line[:1].isdigit()]
    assert [name for name, line in zip(names, lines, strict=True) if name in line] == names
    assert "{" not in found["text"]


async def test_a_skill_appears_once_with_the_number_and_rate_of_its_uses(either: Tools) -> None:
    await fill(either)
    await either.used("debugging", "the build fails", completed=False)
    found = by_name(await either.recommended(NEAR, limit=50))
    assert found["debugging"]["invocations"] == 4
    assert found["debugging"]["completion_rate"] == 75.0


async def test_uses_that_are_open_count_as_uses_but_not_in_the_rate(either: Tools) -> None:
    await either.used("debugging", "a test fails", error_type="Timeout")
    await either.track("debugging", user_query="a test fails")
    await either.track("planning", user_query="a test fails")
    found = by_name(await either.recommended("a test fails"))
    assert found["debugging"]["invocations"] == 2
    assert found["debugging"]["completion_rate"] == 0.0
    assert found["planning"]["completion_rate"] is None
    assert found["planning"]["example"]["completed"] is None
    assert found["planning"]["example"]["duration_seconds"] is None


async def test_an_example_of_a_failed_use_says_so(either: Tools) -> None:
    await either.used("debugging", "a test fails", error_type="Timeout", duration_seconds=7)
    (one,) = await either.recommended("a test fails")
    assert one["example"]["completed"] is False
    assert one["example"]["duration_seconds"] == 7


async def test_times_are_iso_with_an_offset(either: Tools) -> None:
    await fill(either)
    for one in await either.recommended(NEAR):
        assert datetime.fromisoformat(one["example"]["invoked_at"]).utcoffset() is not None


# Limits


async def test_five_are_recommended_unless_another_number_is_asked_for(either: Tools) -> None:
    for number in range(12):
        await either.used(f"skill-{number}", f"the build is red for the {number} th time")
    assert len(await either.recommended("the build is red")) == 5
    assert len(await either.recommended("the build is red", limit=None)) == 5
    assert len(await either.recommended("the build is red", limit=1)) == 1
    assert len(await either.recommended("the build is red", limit=50)) == 12


async def test_a_shorter_list_is_the_beginning_of_a_longer_one(either: Tools) -> None:
    await fill(either)
    found = await either.recommended(NEAR, limit=50)
    assert await either.recommended(NEAR, limit=2) == found[:2]


async def test_min_similarity_leaves_out_what_is_less_similar(semantic: Tools) -> None:
    await fill(semantic)
    found = await semantic.recommended(NEAR)
    for bound in [0.0, *(one["similarity_score"] for one in found), 1.0]:
        enough = [one for one in found if one["similarity_score"] >= bound]
        assert await semantic.recommended(NEAR, min_similarity=bound) == enough


async def test_min_similarity_tests_the_similarity_and_not_the_score(semantic: Tools) -> None:
    await semantic.used("near", NEAR, phase="review", completed=False)
    for _ in range(10):
        await semantic.used("far", "release notes", phase="review")
    asked: dict[str, Any] = {"workflow_phase": "review", "phase_weight": 1.0}
    every = by_name(await semantic.recommended(NEAR, **asked))
    assert every["far"]["score"] > every["near"]["score"]
    bound = (every["near"]["similarity_score"] + every["far"]["similarity_score"]) / 2
    assert every["near"]["score"] < bound
    assert by_name(await semantic.recommended(NEAR, min_similarity=bound, **asked)).keys() == {"near"}


async def test_nothing_similar_enough_is_an_empty_list_without_confidence(either: Tools) -> None:
    await fill(either)
    found = await either.call("recommend_skills", user_query="buy bananas", min_similarity=0.99)
    assert found["recommendations"] == []
    assert found["confident"] is False


async def test_confidence_is_denied_where_nothing_fits_and_given_where_something_does(either: Tools) -> None:
    await fill(either)
    assert (await either.call("recommend_skills", user_query="buy bananas"))["confident"] is False
    assert (await either.call("recommend_skills", user_query=NEAR))["confident"] is True


# Without embedding


async def test_without_embedding_it_is_ranked_by_words_and_that_is_said(tools: Tools) -> None:
    await fill(tools)
    found = await tools.call("recommend_skills", user_query=NEAR)
    assert found["ranking"] == "lexical"
    assert found["recommendations"][0]["skill_name"] == "debugging"
    assert any("SESSION_BUDDY_EMBEDDER=off" in note for note in found["notes"])
    assert "ranked by words" in found["text"]


async def test_by_words_a_skill_that_shares_none_is_not_recommended(tools: Tools) -> None:
    await tools.used("debugging", "tests fail on the server")
    assert await tools.recommended("quarterly bananas") == []


# Privacy


async def test_private_parts_of_a_query_are_left_out_and_the_answer_says_so(either: Tools) -> None:
    await fill(either)
    await either.used("exact", NEAR)
    found = await either.call("recommend_skills", user_query=f"<private>Acme bananas</private> {NEAR}")
    first = found["recommendations"][0]
    assert (first["skill_name"], first["similarity_score"]) == ("exact", 1.0)
    assert any("private" in note for note in found["notes"])
    assert "Acme" not in str(found)


async def test_secrets_in_a_query_are_masked_and_the_answer_says_so(either: Tools) -> None:
    await either.used("git", f"push with {TOKEN} fails")
    found = await either.call("recommend_skills", user_query=f"push with {TOKEN} fails")
    assert found["recommendations"][0]["similarity_score"] == 1.0
    assert any("masked" in note for note in found["notes"])
    assert TOKEN not in str(found)


async def test_a_query_that_is_too_long_is_cut_and_the_answer_says_so(either: Tools) -> None:
    await either.used("long", "word " * 10_000)
    found = await either.call("recommend_skills", user_query="word " * 20_000)
    assert any("32,768" in note for note in found["notes"])
    assert found["recommendations"][0]["similarity_score"] == 1.0


# Refusals


async def test_what_is_not_allowed_is_refusedby_name(tools: Tools) -> None:
    calls: list[dict[str, Any]] = [
        {},
        {"user_query": None},
        {"user_query": ""},
        {"user_query": " \n "},
        {"user_query": ["a"]},
        {"user_query": NEAR, "limit": 0},
        {"user_query": NEAR, "limit": "many"},
        {"user_query": NEAR, "min_similarity": -0.1},
        {"user_query": NEAR, "min_similarity": 1.1},
        {"user_query": NEAR, "phase_weight": 2},
        {"user_query": NEAR, "phase_weight": "much"},
        {"user_query": NEAR, "workflow_phase": 3},
        {"user_query": NEAR, "min_score": 0.5},
    ]
    for arguments in calls:
        refusal = await tools.refused("recommend_skills", **arguments)
        assert list(arguments or ["user_query"])[-1] in refusal.lower()
        assert "Nothing was stored" in refusal


async def test_a_query_that_is_all_private_is_refused(tools: Tools) -> None:
    refusal = await tools.refused("recommend_skills", user_query="<private>Acme bananas</private>")
    assert "private" in refusal
    assert "Acme" not in refusal


async def test_every_refusal_says_what_was_stored(tools: Tools) -> None:
    refusal = await tools.refused("recommend_skills", user_query="<private>Acme bananas</private>")
    assert "stored" in refusal

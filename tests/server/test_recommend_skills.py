"""recommend_skills: what is recommended, in what order, and how sure it is."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from session_buddy.embedding.hashing import HashingEmbedder
from tests.server.buddy import CONNECTION_SESSION, MODES, Tools, serving, speaking

pytestmark = pytest.mark.anyio

TOKEN = "ghp_" + "a1B2c3D4e5" * 4
EXAMPLE = {"invocation_id", "user_query", "completed", "duration_seconds", "session_id", "invoked_at"}
HISTORY = {
    "debugging": ["tests fail only on the build server", "a test fails every other time", "the build server is slow"],
    "refactoring": ["split this class in two", "this function is too long", "names of functions are unclear"],
    "release-notes": ["write what changed since the last release", "which tickets went into the release"],
}
NEAR = "a test fails on the build server"


async def _fill(tools: Tools) -> None:
    for skill, queries in HISTORY.items():
        for query in queries:
            await tools.used(skill, query)


def _by_name(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    assert len({one["skill_name"] for one in found}) == len(found)
    return {one["skill_name"]: one for one in found}


def _nearest(query: str, past: list[str]) -> tuple[float, str]:
    """The largest cosine between the query and a past one, and that one, by the embedder's own vectors."""
    vectors = HashingEmbedder().embed([query, *past])
    cosines = vectors[1:] @ vectors[0]
    return max(0.0, float(np.max(cosines))), past[int(np.argmax(cosines))]


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
    await _fill(either)
    await either.used("debugging", NEAR)
    found = await either.call("recommend_skills", user_query=NEAR)
    names = [one["skill_name"] for one in found["recommendations"]]
    lines = [line for line in found["text"].splitlines() if line[:1].isdigit()]
    assert [name for name, line in zip(names, lines, strict=True) if name in line] == names
    assert "{" not in found["text"]


async def test_a_skill_appears_once_with_the_number_and_rate_of_its_uses(either: Tools) -> None:
    await _fill(either)
    await either.used("debugging", "the build fails", completed=False)
    found = _by_name(await either.recommended(NEAR, limit=50))
    assert found["debugging"]["invocations"] == 4
    assert found["debugging"]["completion_rate"] == 75.0


async def test_uses_that_are_open_count_as_uses_but_not_in_the_rate(either: Tools) -> None:
    await either.used("debugging", "a test fails", error_type="Timeout")
    await either.track("debugging", user_query="a test fails")
    await either.track("planning", user_query="a test fails")
    found = _by_name(await either.recommended("a test fails"))
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
    await _fill(either)
    for one in await either.recommended(NEAR):
        assert datetime.fromisoformat(one["example"]["invoked_at"]).utcoffset() is not None


# Order


async def test_the_list_is_in_order_of_score_and_everything_lies_between_0_and_1(either: Tools) -> None:
    await _fill(either)
    for query in (NEAR, "which class is too long", "release", "zzz qqq xxx", "🙂", "?!"):
        found = await either.recommended(query)
        scores = [one["score"] for one in found]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= one["score"] <= 1 and 0 <= one["similarity_score"] <= 1 for one in found)


async def test_the_skill_whose_problems_are_most_alike_comes_first(either: Tools) -> None:
    await _fill(either)
    assert (await either.recommended(NEAR))[0]["skill_name"] == "debugging"
    assert (await either.recommended("this class has functions with unclear names"))[0]["skill_name"] == "refactoring"
    assert (await either.recommended("what changed in this release"))[0]["skill_name"] == "release-notes"


async def test_similarity_is_the_cosine_to_the_nearest_past_query_and_that_is_the_example(semantic: Tools) -> None:
    await _fill(semantic)
    await semantic.used("debugging", "a test fails on a server", error_type="Timeout")
    past = HISTORY | {"debugging": [*HISTORY["debugging"], "a test fails on a server"]}
    found = _by_name(await semantic.recommended(NEAR))
    for skill, queries in past.items():
        cosine, nearest = _nearest(NEAR, queries)
        assert found[skill]["similarity_score"] == pytest.approx(cosine, abs=1e-5)
        assert found[skill]["example"]["user_query"] == nearest


async def test_an_identical_completed_query_comes_first_with_similarity_one(either: Tools) -> None:
    await _fill(either)
    for number in range(5):
        await either.used("almost", f"{NEAR} {number}")
    await either.used("other", NEAR, completed=False)
    await either.used("exact", NEAR)
    found = await either.call("recommend_skills", user_query=NEAR)
    first = found["recommendations"][0]
    assert first["skill_name"] == "exact"
    assert first["similarity_score"] == 1.0
    assert first["example"]["user_query"] == NEAR
    assert first["example"]["completed"] is True
    assert found["confident"] is True


async def test_white_space_makes_no_other_query(either: Tools) -> None:
    await _fill(either)
    await either.used("exact", NEAR)
    first = (await either.recommended("  " + NEAR.replace(" ", "\n\t ") + "\n"))[0]
    assert (first["skill_name"], first["similarity_score"]) == ("exact", 1.0)


async def test_an_identical_query_comes_first_among_uses_of_its_own_skill_that_failed(either: Tools) -> None:
    await _fill(either)
    for number in range(5):
        await either.used("exact", f"{NEAR} {number}", error_type="Timeout")
    await either.used("exact", NEAR)
    first = (await either.recommended(NEAR))[0]
    assert (first["skill_name"], first["similarity_score"]) == ("exact", 1.0)
    assert first["example"]["user_query"] == NEAR


async def test_a_query_that_is_json_is_a_text(either: Tools) -> None:
    await _fill(either)
    for number, query in enumerate(('{"a": 1}', '["x"]', "null", "true", "12")):
        await either.used(f"skill-{number}", query)
        first = (await either.recommended(query))[0]
        assert first["example"]["user_query"] == query
        assert (first["skill_name"], first["similarity_score"]) == (f"skill-{number}", 1.0)


async def test_what_was_tracked_a_moment_ago_is_found(semantic: Tools) -> None:
    for number in range(20):
        await semantic.used(f"skill-{number}", f"problem number {number} of its kind")
        assert (await semantic.recommended(f"problem number {number} of its kind"))[0][
            "skill_name"
        ] == f"skill-{number}"


# Limits


async def test_five_are_recommended_unless_another_number_is_asked_for(either: Tools) -> None:
    for number in range(12):
        await either.used(f"skill-{number}", f"the build is red for the {number} th time")
    assert len(await either.recommended("the build is red")) == 5
    assert len(await either.recommended("the build is red", limit=None)) == 5
    assert len(await either.recommended("the build is red", limit=1)) == 1
    assert len(await either.recommended("the build is red", limit=50)) == 12


async def test_a_shorter_list_is_the_beginning_of_a_longer_one(either: Tools) -> None:
    await _fill(either)
    found = await either.recommended(NEAR, limit=50)
    assert await either.recommended(NEAR, limit=2) == found[:2]


async def test_min_similarity_leaves_out_what_is_less_similar(semantic: Tools) -> None:
    await _fill(semantic)
    found = await semantic.recommended(NEAR)
    for bound in [0.0, *(one["similarity_score"] for one in found), 1.0]:
        enough = [one for one in found if one["similarity_score"] >= bound]
        assert await semantic.recommended(NEAR, min_similarity=bound) == enough


async def test_min_similarity_tests_the_similarity_and_not_the_score(semantic: Tools) -> None:
    await semantic.used("near", NEAR, phase="review", completed=False)
    for _ in range(10):
        await semantic.used("far", "release notes", phase="review")
    asked: dict[str, Any] = {"workflow_phase": "review", "phase_weight": 1.0}
    every = _by_name(await semantic.recommended(NEAR, **asked))
    assert every["far"]["score"] > every["near"]["score"]
    bound = (every["near"]["similarity_score"] + every["far"]["similarity_score"]) / 2
    assert every["near"]["score"] < bound
    assert _by_name(await semantic.recommended(NEAR, min_similarity=bound, **asked)).keys() == {"near"}


async def test_nothing_similar_enough_is_an_empty_list_without_confidence(either: Tools) -> None:
    await _fill(either)
    found = await either.call("recommend_skills", user_query="buy bananas", min_similarity=0.99)
    assert found["recommendations"] == []
    assert found["confident"] is False


async def test_confidence_is_denied_where_nothing_fits_and_given_where_something_does(either: Tools) -> None:
    await _fill(either)
    assert (await either.call("recommend_skills", user_query="buy bananas"))["confident"] is False
    assert (await either.call("recommend_skills", user_query=NEAR))["confident"] is True


# Phases


async def _phases(tools: Tools) -> None:
    """`reviewer`: 3 of 4 completed in review, 3 of 6 in all; `planner`: 1 of 1, in planning; `open`: never ended."""
    for ending in ({}, {}, {}, {"completed": False}):
        await tools.used("reviewer", "look over this change", phase="review", **ending)
    for _ in range(2):
        await tools.used("reviewer", "look over this plan", phase="planning", error_type="Confusion")
    await tools.used("planner", "make a plan for this change", phase="planning")
    await tools.track("open", user_query="something about this change")


async def test_the_phase_of_the_example_is_given_only_when_a_phase_is_asked_for(either: Tools) -> None:
    await _phases(either)
    query = "this change"
    assert all(one["example"].keys() == EXAMPLE for one in await either.recommended(query))
    assert all(one["example"].keys() == EXAMPLE for one in await either.recommended(query, workflow_phase=None))
    asked = _by_name(await either.recommended(query, workflow_phase="review"))
    assert all(one["example"].keys() == EXAMPLE | {"workflow_phase"} for one in asked.values())
    assert asked["planner"]["example"]["workflow_phase"] == "planning"
    assert asked["open"]["example"]["workflow_phase"] is None


async def test_a_phase_of_no_weight_is_pure_similarity(either: Tools) -> None:
    await _phases(either)
    plain = await either.recommended("this change")
    weightless = await either.recommended("this change", workflow_phase="review", phase_weight=0)
    for one in weightless:
        del one["example"]["workflow_phase"]
    assert weightless == plain


async def test_a_weight_without_a_phase_changes_nothing(either: Tools) -> None:
    await _phases(either)
    assert await either.recommended("this change", phase_weight=1.0) == await either.recommended("this change")


async def test_a_phase_of_full_weight_is_its_completion_rate_shrunk_to_the_overall_one(either: Tools) -> None:
    await _phases(either)
    in_review = _by_name(await either.recommended("this change", workflow_phase="review", phase_weight=1))
    assert in_review["reviewer"]["score"] == pytest.approx((3 + 5 * 3 / 6) / (4 + 5))
    assert in_review["planner"]["score"] == pytest.approx(1.0)
    assert in_review["open"]["score"] == pytest.approx(4 / 7)
    in_planning = _by_name(await either.recommended("this change", workflow_phase="planning", phase_weight=1))
    assert in_planning["reviewer"]["score"] == pytest.approx((0 + 5 * 3 / 6) / (2 + 5))
    assert in_planning["planner"]["score"] == pytest.approx(1.0)


async def test_where_nothing_has_ended_every_phase_rate_is_one_half(either: Tools) -> None:
    await either.track("open", user_query="something about this change", workflow_phase="review")
    (one,) = await either.recommended("this change", workflow_phase="review", phase_weight=1)
    assert one["score"] == 0.5


@pytest.mark.parametrize("weight", [None, 0.3, 0.75])
async def test_a_phase_is_blended_in_by_its_weight(either: Tools, weight: float | None) -> None:
    await _phases(either)
    asked: dict[str, Any] = {"workflow_phase": "review"}
    ranked = _by_name(await either.recommended("this change", **asked, phase_weight=0))
    rates = _by_name(await either.recommended("this change", **asked, phase_weight=1))
    share = 0.3 if weight is None else weight
    for name, one in _by_name(await either.recommended("this change", **asked, phase_weight=weight)).items():
        blended = (1 - share) * ranked[name]["score"] + share * rates[name]["score"]
        assert one["score"] == pytest.approx(blended)
        assert one["similarity_score"] == ranked[name]["similarity_score"]


async def test_a_phase_can_change_the_order(semantic: Tools) -> None:
    for _ in range(3):
        await semantic.used("first", "look over this change", phase="planning")
        await semantic.used("first", "look over this change", phase="review", completed=False)
        await semantic.used("second", "look over that change", phase="review")
    query = "look over this changes"
    plain = await semantic.recommended(query)
    asked = await semantic.recommended(query, workflow_phase="review", phase_weight=0.9)
    assert [one["skill_name"] for one in plain] == ["first", "second"]
    assert [one["skill_name"] for one in asked] == ["second", "first"]


# Without embedding


async def test_without_embedding_it_is_ranked_by_words_and_that_is_said(tools: Tools) -> None:
    await _fill(tools)
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
    await _fill(either)
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


async def test_what_is_not_allowed_is_refused_by_name(tools: Tools) -> None:
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

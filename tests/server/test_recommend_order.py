"""recommend_skills: in what order skills come, with and without a phase."""

from typing import Any

import numpy as np
import pytest

from session_buddy.embedding.hashing import HashingEmbedder
from tests.server.buddy import Tools
from tests.server.past import HISTORY, NEAR, by_name, fill

pytestmark = pytest.mark.anyio

EXAMPLE = {"invocation_id", "user_query", "completed", "duration_seconds", "session_id", "invoked_at"}


def _nearest(query: str, past: list[str]) -> tuple[float, str]:
    """The largest cosine between the query and a past one, and that one, by the embedder's own vectors."""
    vectors = HashingEmbedder().embed([query, *past])
    cosines = vectors[1:] @ vectors[0]
    return max(0.0, float(np.max(cosines))), past[int(np.argmax(cosines))]


# Order


async def test_the_list_is_in_order_of_score_and_everything_lies_between_0_and_1(either: Tools) -> None:
    await fill(either)
    for query in (NEAR, "which class is too long", "release", "zzz qqq xxx", "🙂", "?!"):
        found = await either.recommended(query)
        scores = [one["score"] for one in found]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= one["score"] <= 1 and 0 <= one["similarity_score"] <= 1 for one in found)


async def test_the_skill_whose_problems_are_most_alike_comes_first(either: Tools) -> None:
    await fill(either)
    assert (await either.recommended(NEAR))[0]["skill_name"] == "debugging"
    assert (await either.recommended("this class has functions with unclear names"))[0]["skill_name"] == "refactoring"
    assert (await either.recommended("what changed in this release"))[0]["skill_name"] == "release-notes"


async def test_similarity_is_the_cosine_to_the_nearest_past_query_and_that_is_the_example(semantic: Tools) -> None:
    await fill(semantic)
    await semantic.used("debugging", "a test fails on a server", error_type="Timeout")
    past = HISTORY | {"debugging": [*HISTORY["debugging"], "a test fails on a server"]}
    found = by_name(await semantic.recommended(NEAR))
    for skill, queries in past.items():
        cosine, nearest = _nearest(NEAR, queries)
        assert found[skill]["similarity_score"] == pytest.approx(cosine, abs=1e-5)
        assert found[skill]["example"]["user_query"] == nearest


async def test_an_identical_completed_query_comes_first_with_similarity_one(either: Tools) -> None:
    await fill(either)
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
    await fill(either)
    await either.used("exact", NEAR)
    first = (await either.recommended("  " + NEAR.replace(" ", "\n\t ") + "\n"))[0]
    assert (first["skill_name"], first["similarity_score"]) == ("exact", 1.0)


async def test_an_identical_query_comes_first_among_uses_of_its_own_skill_that_failed(either: Tools) -> None:
    await fill(either)
    for number in range(5):
        await either.used("exact", f"{NEAR} {number}", error_type="Timeout")
    await either.used("exact", NEAR)
    first = (await either.recommended(NEAR))[0]
    assert (first["skill_name"], first["similarity_score"]) == ("exact", 1.0)
    assert first["example"]["user_query"] == NEAR


async def test_a_query_that_is_json_is_a_text(either: Tools) -> None:
    await fill(either)
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
    asked = by_name(await either.recommended(query, workflow_phase="review"))
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
    in_review = by_name(await either.recommended("this change", workflow_phase="review", phase_weight=1))
    assert in_review["reviewer"]["score"] == pytest.approx((3 + 5 * 3 / 6) / (4 + 5))
    assert in_review["planner"]["score"] == pytest.approx(1.0)
    assert in_review["open"]["score"] == pytest.approx(4 / 7)
    in_planning = by_name(await either.recommended("this change", workflow_phase="planning", phase_weight=1))
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
    ranked = by_name(await either.recommended("this change", **asked, phase_weight=0))
    rates = by_name(await either.recommended("this change", **asked, phase_weight=1))
    share = 0.3 if weight is None else weight
    for name, one in by_name(await either.recommended("this change", **asked, phase_weight=weight)).items():
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

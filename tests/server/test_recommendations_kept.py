"""What was recommended to an assistant is kept; what a person asks on the command line is not."""

from typing import Any

import pytest

from session_buddy.skills.recommending import Question
from session_buddy.store import recommendations
from tests.server.buddy import CONNECTION_SESSION, Tools

pytestmark = pytest.mark.anyio

GIVEN = """
    SELECT text, session_id, workflow_phase, ranking, confident, skills, scores
    FROM recommendation JOIN query USING (query_id) ORDER BY recommended_at
"""


async def given(tools: Tools) -> list[tuple[Any, ...]]:
    await tools.buddy.services.recommender.finish()
    return await tools.buddy.services.access.read(lambda cursor: cursor.execute(GIVEN).fetchall())


async def test_a_list_is_kept_with_its_query_ranks_scores_session_and_phase(either: Tools) -> None:
    await either.used("debugging", "the tests fail on the server")
    await either.used("review", "read my change")
    found = await either.call("recommend_skills", user_query="tests fail", session_id="mine", workflow_phase="testing")
    ((text, session, phase, ranking, confident, skills, scores),) = await given(either)
    assert (text, session, phase) == ("tests fail", "mine", "testing")
    assert (ranking, confident) == (found["ranking"], found["confident"])
    assert skills == [one["skill_name"] for one in found["recommendations"]]
    assert scores == [one["score"] for one in found["recommendations"]]


async def test_without_a_session_named_it_is_that_of_the_connection(either: Tools) -> None:
    await either.recommended("tests fail")
    ((_, session, phase, *_),) = await given(either)
    assert (session, phase) == (CONNECTION_SESSION, None)


async def test_private_parts_and_secrets_of_the_query_are_not_kept(either: Tools) -> None:
    secret = "ghp_" + "a1B2" * 9
    await either.recommended(f"deploy <private>for the client</private> with {secret}")
    ((text, *_),) = await given(either)
    assert "client" not in text
    assert secret not in text


async def test_asking_on_the_command_line_keeps_nothing(either: Tools) -> None:
    await either.used("debugging", "the tests fail on the server")
    before = await either.buddy.digest()
    await either.buddy.services.recommender.recommend(Question("another problem altogether"))
    after = await either.buddy.digest()
    assert all(after[table] == before[table] for table in ("query", "recommendation", "invocation"))


async def test_a_skill_tracked_next_in_the_session_tells_which_was_chosen(either: Tools) -> None:
    for skill, query in (("debugging", "the tests fail on the server"), ("review", "read my change")):
        await either.used(skill, query)
    await either.recommended("tests fail on the server again")
    await either.buddy.services.recommender.finish()
    await either.used("debugging", "tests fail on the server again")
    following = await either.buddy.services.access.read(recommendations.following)
    assert (following.given, following.answered, following.chosen, following.ignored) == (1, 1, 1, 0)
    skill = (await either.call("skill_metrics", skill_name="debugging"))["skill"]
    assert (skill["avg_selection_rank"], skill["recommendation_success_rate"]) == (1, 100)


async def test_a_text_that_was_only_asked_for_is_no_example_of_anything(either: Tools) -> None:
    await either.used("debugging", "the tests fail on the server")
    await either.recommended("paint the fence green")
    found = await either.recommended("paint the fence green")
    assert all(one["similarity_score"] < 1.0 for one in found)


@pytest.mark.parametrize("part", ["<private>Acme</private>", "<Private>Acme"])
async def test_private_parts_of_phase_and_session_are_not_kept(tools: Tools, part: str) -> None:
    await tools.call("recommend_skills", user_query="x", session_id=f"mine{part}", workflow_phase=f"testing{part}")
    ((_, session, phase, *_),) = await given(tools)
    assert (session, phase) == ("mine", "testing")

"""Why a skill is recommended, as a sentence."""

from uuid import uuid4

import pytest

from session_buddy.ranking.judging import Candidate
from session_buddy.skills.telling import LONGEST, reason, recommendation
from session_buddy.store.invocations import Example, Tally

EXAMPLE = Example(uuid4(), "tests fail only on CI", "completed", 12.0, "s", 0, "testing")
PLAIN = Candidate("debugging", 0.1, 0.5, 0.6, Tally(14, 13, 14), EXAMPLE, "tests fail only on CI")


@pytest.mark.parametrize(
    ("candidate", "sentence"),
    [
        (PLAIN, "used 14 times, for problems like 'tests fail only on CI', 93 % completed"),
        (PLAIN._replace(tally=Tally(1, 0, 0)), "used once, for problems like 'tests fail only on CI'"),
        (
            PLAIN._replace(example=None, text="debugging: finds out why", tally=Tally(2, 1, 2)),
            "used 2 times, 50 % completed; described as 'debugging: finds out why'",
        ),
        (
            PLAIN._replace(example=None, text="makes tea", tally=Tally(0, 0, 0)),
            "never used yet; described as 'makes tea'",
        ),
        (PLAIN._replace(identical=3), "completed 3 times for exactly this problem; used 14 times, 93 % completed"),
        (PLAIN._replace(identical=1), "completed once for exactly this problem; used 14 times, 93 % completed"),
    ],
)
def test_the_reason_is_a_sentence(candidate: Candidate, sentence: str) -> None:
    assert reason(candidate) == sentence


def test_a_text_is_shortened_to_a_line() -> None:
    text = "x" * LONGEST
    assert f"'{text}'" in reason(PLAIN._replace(text=text))
    assert f"'{text[:-1]}…'" in reason(PLAIN._replace(text=text + "x"))
    assert "'word word" in reason(PLAIN._replace(text="word " * 50))
    assert " …" not in reason(PLAIN._replace(text="word " * 50))


def test_a_recommendation_holds_what_is_known_of_its_skill() -> None:
    told = recommendation(PLAIN, with_phase=False)
    assert told == {
        "skill_name": "debugging",
        "score": 0.5,
        "similarity_score": 0.6,
        "completion_rate": pytest.approx(100 * 13 / 14),
        "invocations": 14,
        "reason": reason(PLAIN),
        "example": {
            "invocation_id": str(EXAMPLE.invocation_id),
            "user_query": "tests fail only on CI",
            "completed": True,
            "duration_seconds": 12.0,
            "session_id": "s",
            "invoked_at": "1970-01-01T00:00:00+00:00",
        },
    }


@pytest.mark.parametrize(("outcome", "completed"), [("completed", True), ("failed", False), ("abandoned", False)])
def test_an_example_says_whether_it_was_completed(outcome: str, completed: bool) -> None:
    told = recommendation(PLAIN._replace(example=EXAMPLE._replace(outcome=outcome)), with_phase=False)
    assert told["example"]["completed"] is completed


def test_an_example_that_is_still_open_is_neither_completed_nor_not() -> None:
    told = recommendation(PLAIN._replace(example=EXAMPLE._replace(outcome=None)), with_phase=False)
    assert told["example"]["completed"] is None


def test_without_an_ended_use_there_is_no_rate_and_without_an_example_none_is_made_up() -> None:
    told = recommendation(PLAIN._replace(tally=Tally(2, 0, 0), example=None), with_phase=True)
    assert (told["completion_rate"], told["example"]) == (None, None)


def test_the_phase_of_the_example_is_told_only_when_a_phase_was_asked_for() -> None:
    assert recommendation(PLAIN, with_phase=True)["example"]["workflow_phase"] == "testing"
    assert "workflow_phase" not in recommendation(PLAIN, with_phase=False)["example"]

"""Why a skill is recommended, as a sentence."""

from uuid import uuid4

import pytest

from session_buddy.ranking.judging import Candidate
from session_buddy.skills.telling import reason, recommendation
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


def test_a_long_text_is_shortened() -> None:
    assert reason(PLAIN._replace(text="word " * 50)).count("word") < 15


def test_the_phase_of_the_example_is_told_only_when_a_phase_was_asked_for() -> None:
    assert recommendation(PLAIN, with_phase=True)["example"]["workflow_phase"] == "testing"
    assert "workflow_phase" not in recommendation(PLAIN, with_phase=False)["example"]

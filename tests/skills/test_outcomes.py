"""How a use ends that nobody reported on, judged by what was seen and by nothing else."""

import itertools

import pytest

from session_buddy.skills.outcomes import INFERRED, SEEN, End, Step, Verdict, judge, not_loaded

DONE, FAILED = Step("Edit"), Step("pytest", failed=True)


def test_a_skill_that_could_not_be_loaded_failed() -> None:
    assert not_loaded() == Verdict("failed", SEEN, "SkillNotLoaded")


@pytest.mark.parametrize("steps", [[], [DONE], [FAILED]])
def test_a_skill_whose_work_a_person_stopped_was_abandoned(steps: list[Step]) -> None:
    assert judge(steps, End.STOPPED) == Verdict("abandoned", SEEN)


def test_a_turn_that_ended_after_work_completed_it_unless_the_last_step_failed() -> None:
    assert judge([FAILED, DONE], End.TURN) == Verdict("completed", INFERRED)
    assert judge([DONE, FAILED], End.TURN) == Verdict("failed", INFERRED, "pytest failed")


@pytest.mark.parametrize("end", list(End))
def test_a_skill_that_was_only_loaded_is_never_completed(end: End) -> None:
    verdict = judge([], end)
    assert verdict is None or verdict.outcome == "abandoned"


@pytest.mark.parametrize("end", [End.ERROR, End.SESSION])
@pytest.mark.parametrize("steps", [[], [DONE], [FAILED]])
def test_an_end_that_says_nothing_of_the_work_leaves_it_open(steps: list[Step], end: End) -> None:
    assert judge(steps, end) is None


def test_nothing_is_claimed_as_seen_but_what_was() -> None:
    for end, count in itertools.product(End, range(4)):
        for steps in itertools.product((DONE, FAILED), repeat=count):
            verdict = judge(steps, end)
            if verdict and verdict.basis == SEEN:
                assert (verdict.outcome, end) == ("abandoned", End.STOPPED)
            if verdict and verdict.outcome == "failed":
                assert verdict.error_type
            elif verdict:
                assert verdict.error_type is None

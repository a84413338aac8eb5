"""Whether a workflow may run by itself: each of the six criteria on both sides of its bar."""

from statistics import mean, median
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from session_buddy.coaching.readiness import CONFIRM, NOT_READY, READY, Criterion, readiness
from session_buddy.coaching.thresholds import Thresholds
from session_buddy.skills.intervals import wilson
from session_buddy.store.coaching_learning import Judged

BARS = Thresholds()
# Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
# method 3; then those that the design names.
PUBLISHED = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
    (6, 7, 0.487, 0.974),
    (18, 20, 0.699, 0.972),
]


def past(pattern: str, seconds: float | None = 5.0, sessions: int = 3) -> list[Judged]:
    """Decisions, newest first: A accepted and succeeded, F accepted and failed, U accepted, R rejected, C corrected;
    taken in turn in so many coaching sessions."""
    kinds = {"A": ("accept", True), "F": ("accept", False), "U": ("accept", None)}
    kinds |= {"R": ("reject", None), "C": ("correct", None)}
    return [
        Judged(kinds[one][0], f"s{number % sessions}", seconds, kinds[one][1]) for number, one in enumerate(pattern)
    ]


def criterion(name: str, judged: list[Judged], bars: Thresholds = BARS) -> Criterion:
    return next(one for one in readiness(judged, bars).criteria if one.name == name)


@pytest.mark.parametrize(("successes", "trials", "low", "high"), PUBLISHED)
def test_the_interval_is_the_published_one(successes: int, trials: int, low: float, high: float) -> None:
    digits = 4 if trials > 20 or not successes else 3
    assert tuple(round(end, digits) for end in wilson(successes, trials)) == (low, high)


def test_twenty_decisions_are_needed_from_three_coaching_sessions() -> None:
    for count, sessions, met in ((20, 3, True), (19, 3, False), (20, 2, False), (50, 2, False), (2, 2, False)):
        found = criterion("decisions", past("A" * count, sessions=sessions))
        assert found.met is met, (count, sessions)
        assert found.value == {"decisions": count, "sessions": sessions}
    assert criterion("decisions", past("A" * 20)).bar == {"decisions": 20, "sessions": 3}


def test_forty_three_of_fifty_accepted_are_enough_and_forty_two_are_not() -> None:
    enough = readiness(past("A" * 43 + "R" * 7), BARS)
    assert (enough.state, enough.criteria[1].value, enough.criteria[1].met) == (READY, 86.0, True)
    too_few = readiness(past("A" * 42 + "R" * 8), BARS)
    assert (too_few.state, too_few.criteria[1].value, too_few.criteria[1].met) == (NOT_READY, 84.0, False)
    assert too_few.criteria[2].met
    assert criterion("acceptance", past("A" * 17 + "C" * 3)).met  # 85 %, exactly


def test_nineteen_of_twenty_are_sure_enough_and_eighteen_are_not() -> None:
    enough = readiness(past("A" * 19 + "R"), BARS)
    assert enough.state == READY
    too_few = readiness(past("A" * 18 + "RR"), BARS)
    assert too_few.criteria[1].met
    assert (too_few.state, too_few.criteria[2].met, round(float(str(too_few.criteria[2].value)), 1)) == (
        NOT_READY, False, 69.9,
    )  # fmt: skip


def test_from_thirty_nine_decisions_on_acceptance_is_the_bar_that_binds() -> None:
    for count in range(20, 51):
        accepted = next(number for number in range(count + 1) if 100 * number / count >= BARS.acceptance)
        sure = criterion("lower_bound", past("A" * accepted + "R" * (count - accepted))).met
        assert sure or count < 39, count
    assert not criterion("lower_bound", past("A" * 29 + "R" * 5)).met  # of 34, 85.3 % accepted


def test_a_failure_or_a_refusal_among_the_last_ten_is_too_fresh() -> None:
    for kind in "RCF":
        tenth, eleventh = "A" * 9 + kind + "A" * 30, "A" * 10 + kind + "A" * 29
        assert (criterion("clean_streak", past(tenth)).value, criterion("clean_streak", past(tenth)).met) == (9, False)
        assert criterion("clean_streak", past(eleventh)).met
        assert readiness(past(tenth), BARS).state == NOT_READY
        assert readiness(past(eleventh), BARS).state == READY
    assert criterion("clean_streak", past("U" * 10)).met  # what is not known is no failure


def test_of_half_of_the_accepted_the_outcome_must_be_known() -> None:
    assert criterion("outcomes", past("A" * 10 + "U" * 10)).met
    found = criterion("outcomes", past("A" * 9 + "U" * 11))
    assert (found.met, found.value) == (False, {"known": 45.0, "succeeded": 100.0})
    assert readiness(past("A" * 9 + "U" * 11), BARS).state == NOT_READY
    assert criterion("outcomes", past("A" * 10 + "U" * 10 + "R" * 30)).met  # of what was rejected, none is


def test_ninety_five_percent_of_the_known_outcomes_must_be_successes() -> None:
    assert criterion("outcomes", past("A" * 19 + "F")).met
    assert not criterion("outcomes", past("A" * 18 + "F")).met
    assert not criterion("outcomes", past("A" * 37 + "FF" + "U")).met
    assert criterion("outcomes", past("A" * 38 + "FF" + "U" * 10)).met


def test_below_two_seconds_only_the_attention_is_in_doubt_and_that_asks_for_confirmation() -> None:
    for seconds, state in ((1.9, CONFIRM), (2.0, READY)):
        found = readiness(past("A" * 20, seconds), BARS)
        assert (found.state, found.criteria[5].value, found.criteria[5].met) == (state, seconds, state == READY)
    assert readiness(past("A" * 19, 1.9), BARS).state == NOT_READY
    assert readiness(past("A" * 20, None), BARS).state == NOT_READY  # without data it is not met


def test_attention_is_the_median_of_the_last_twenty() -> None:
    slow, fast = past("A" * 10, 3.0), past("A" * 10, 0.5)
    assert criterion("attention", slow + fast).value == 1.75
    assert criterion("attention", past("A" * 20, 2.5) + past("A" * 30, 0.1)).value == 2.5
    assert criterion("attention", past("A" * 19, None) + past("A", 2.0) + past("A" * 30, 0.1)).value == 2.0


def test_without_a_decision_nothing_is_met_and_every_part_is_nothing() -> None:
    found = readiness([], BARS)
    assert (found.state, found.progress) == (NOT_READY, 0)
    assert all((one.met, one.part) == (False, 0) for one in found.criteria)
    assert [one.value for one in found.criteria[1:]] == [None] * 5
    told = found.told
    assert len(told["criteria"]) == 6
    assert all(one.keys() >= {"name", "value", "bar", "met"} for one in told["criteria"])


def test_only_the_last_fifty_count() -> None:
    assert readiness(past("A" * 50 + "R" * 200), BARS).state == READY


def test_all_that_is_unmet_is_needed() -> None:
    for bar in ("decisions", "sessions", "acceptance", "lower_bound", "known_outcomes", "success", "clean_streak"):
        higher: dict[str, Any] = {bar: 51 if bar in ("decisions", "sessions", "clean_streak") else 100}
        assert readiness(past("A" * 30 + "FU" + "R"), BARS).state == READY
        assert readiness(past("A" * 30 + "FU" + "R"), BARS._replace(**higher)).state == NOT_READY, bar


def reckoned(judged: list[Judged]) -> float:
    """Learning progress as the design puts it, in plain Python."""
    judged = judged[:50]
    if not judged:
        return 0.0
    accepted = [one for one in judged if one.decision == "accept"]
    known = [one for one in accepted if one.succeeded is not None]
    streak = 0
    while streak < len(judged) and judged[streak].decision == "accept" and judged[streak].succeeded is not False:
        streak += 1
    seconds = [one.seconds for one in judged[:20] if one.seconds is not None]
    succeeded = sum(1 for one in known if one.succeeded) / len(known) if known else 0
    return mean(
        [
            min(1, len(judged) / 20, len({one.session_id for one in judged}) / 3),
            min(1, len(accepted) / len(judged) / 0.85),
            min(1, wilson(len(accepted), len(judged))[0] / 0.70),
            min(1, succeeded / 0.95) * min(1, len(known) / len(accepted) / 0.5) if known else 0,
            min(1, streak / 10),
            min(1, median(seconds) / 2) if seconds else 0,
        ]
    )


one_judged = st.builds(
    Judged,
    st.sampled_from(["accept", "accept", "accept", "accept", "reject", "correct"]),
    st.sampled_from(["a", "b", "c", "d"]),
    st.none() | st.floats(0, 10),
    st.sampled_from([None, True, True, False]),
)


@settings(
    max_examples=200,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(one_judged, max_size=70))
def test_learning_progress_equals_the_formula_and_is_whole_exactly_when_all_is_met(judged: list[Judged]) -> None:
    judged = [one if one.decision == "accept" else one._replace(succeeded=None) for one in judged]
    found = readiness(judged, BARS)
    assert found.progress == pytest.approx(reckoned(judged))
    assert found.told["learning_progress"] == pytest.approx(reckoned(judged), abs=1e-6)
    assert 0 <= found.progress <= 1
    assert (found.state == READY) == all(one.met for one in found.criteria)
    for one in found.criteria:
        assert one.met == (one.part >= 1 - 1e-12), one

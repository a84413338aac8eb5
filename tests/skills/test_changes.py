"""What is told of changes, of habits and of what is never used, over histories of which the truth is known."""

import random
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from session_buddy.skills import changes, significance
from session_buddy.store import recommendations
from session_buddy.store.ids import new_id
from session_buddy.store.recommendations import Given
from session_buddy.store.store import Store
from tests.skills.pasts import NOW, Use, describe, fill, found, opened
from tests.store.filling import write

LATE, EARLY = changes.LATE_WEEKS * 7, changes.EARLY_WEEKS * 7


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "store.duckdb"
    with opened(path):
        pass
    return path


@pytest.fixture
def store(tmp_path: Path, empty: Path) -> Iterator[Store]:
    with opened(shutil.copy(empty, tmp_path / "store.duckdb")) as store:
        yield store


def uses(skill: str, days: float, completed: int, failed: int, seconds: float | None = None) -> list[Use]:
    """So many completed and failed ones, an hour apart, the last one so many days before now."""
    outcomes = ["completed"] * completed + ["failed"] * failed
    return [Use(skill, days + at / 24, outcome, seconds) for at, outcome in enumerate(outcomes)]


def recommended(store: Store, skills: list[str], days: float = 1) -> None:
    moment = NOW - timedelta(days=days)
    row = Given(new_id(), None, "s", "p", None, "lexical", True, skills, [1.0] * len(skills), moment, moment)
    write(store, lambda cursor: recommendations.insert(cursor, row))


def test_a_skill_that_got_worse_is_told_with_effect_and_numbers(store: Store) -> None:
    fill(store, [*uses("debugging", 40, 27, 3), *uses("debugging", 0, 5, 15)])
    fill(store, [*uses("planning", 40, 9, 3), *uses("planning", 0, 8, 2)])
    answer = found(store)
    (one,) = answer["changed"]
    p = significance.fisher((27, 5), (30, 20))
    assert one["corrected_p"] == pytest.approx(2 * p)
    assert {key: value for key, value in one.items() if key != "corrected_p"} == {
        "skill_name": "debugging",
        "what": "completion_rate",
        "before": 90.0,
        "after": 25.0,
        "effect": -65.0,
        "n_before": 30,
        "n_after": 20,
        "p": pytest.approx(p),
    }
    assert answer["tests"] == 2


def test_a_skill_that_takes_twice_as_long_is_told_with_the_geometric_means(store: Store) -> None:
    chance = random.Random(4)
    before = [chance.lognormvariate(3, 0.3) for _ in range(20)]
    fill(store, [Use("build", 40 + at, "completed", seconds) for at, seconds in enumerate(before)])
    fill(store, [Use("build", at, "completed", 2 * seconds) for at, seconds in enumerate(before)])
    answer = found(store)
    (one,) = answer["changed"]
    assert (one["skill_name"], one["what"], one["n_before"], one["n_after"]) == ("build", "duration", 20, 20)
    assert one["effect"] == pytest.approx(2)
    assert one["after"] == pytest.approx(2 * one["before"])
    assert one["before"] == pytest.approx(significance.log_ratio([1.0], before), abs=1e-6)
    assert answer["tests"] == 2


def test_durations_of_nothing_and_of_what_was_not_completed_do_no_harm(store: Store) -> None:
    fill(store, uses("instant", 40, 6, 0, 0.0) + uses("instant", 0, 6, 0, 0.0))
    fill(store, [Use("lost", days, "failed", 1e6 / (days + 1)) for days in (0, 1, 2, 3, 4, 40, 41, 42, 43, 44)])
    answer = found(store)
    assert answer["changed"] == []
    assert answer["tests"] == 3  # the rates of both, the durations of one


def nothing_happens(seed: int) -> list[Use]:
    """Two hundred skills, each as good and as quick in the last weeks as before."""
    chance, made = random.Random(seed), []
    for number in range(200):
        rate, middle, spread = chance.random(), chance.uniform(0, 6), chance.uniform(0.2, 1.5)
        days = [chance.uniform(0, LATE) for _ in range(chance.randint(5, 15))]
        days += [chance.uniform(LATE, LATE + EARLY) for _ in range(chance.randint(5, 25))]
        made += [
            Use(
                f"skill-{number}",
                day,
                "completed" if chance.random() < rate else chance.choice(["failed", "abandoned"]),
                chance.lognormvariate(middle, spread),
                f"session {chance.randrange(400)}",
            )
            for day in days
        ]
    return made


@pytest.mark.slow
def test_where_nothing_changes_nothing_is_said_in_nearly_all_histories(tmp_path: Path, empty: Path) -> None:
    """One wrong statement or more is allowed in 5 % of them; more than 3 of 20 come in less than 2 of 100 cases."""
    wrong = 0
    for seed in range(20):
        with opened(shutil.copy(empty, tmp_path / f"{seed}.duckdb")) as store:
            fill(store, nothing_happens(seed))
            answer = found(store)
            assert answer["tests"] > 200
            wrong += bool(answer["changed"])
    assert wrong <= 3


def test_each_window_holds_its_last_moment_and_not_its_first(store: Store) -> None:
    hour = 1 / 24
    late = [Use("edge", 0), *[Use("edge", LATE - hour)] * 4]
    early = [*[Use("edge", LATE)] * 4, Use("edge", LATE + EARLY - hour)]
    fill(store, [*late, *early, Use("edge", LATE + EARLY), Use("edge", LATE + EARLY + 1)])
    assert found(store)["tests"] == 1
    fill(store, [Use("edge", -1)])  # of a clock that goes wrong: not yet, as of now
    assert found(store)["windows"]["end"] == NOW.isoformat()
    assert found(store)["windows"]["cut"] == (NOW - timedelta(days=LATE)).isoformat()
    assert found(store)["windows"]["begin"] == (NOW - timedelta(days=LATE + EARLY)).isoformat()


@pytest.mark.parametrize(("early", "late"), [(4, 5), (5, 4), (0, 50), (50, 0)])
def test_with_fewer_than_five_in_either_window_nothing_is_tested(store: Store, early: int, late: int) -> None:
    fill(store, uses("seldom", 40, early, 0, 5.0) + uses("seldom", 0.5, 0, late, 5.0))
    fill(store, [Use("other", 0)])
    assert (found(store)["tests"], found(store)["changed"]) == (0, [])


def test_the_last_weeks_are_those_before_the_last_use_however_long_ago_that_is(store: Store) -> None:
    fill(store, uses("debugging", 440, 30, 0) + uses("debugging", 400, 0, 20))
    (one,) = found(store)["changed"]
    assert (one["before"], one["after"]) == (100, 0)


def test_a_use_that_nobody_ended_counts_as_lost_after_a_day_and_not_at_all_before(store: Store) -> None:
    fill(store, uses("left", 40, 12, 0))
    fill(store, [Use("left", days, None) for days in (2, 3, 4, 5, 6, 7, 8)] + [Use("left", 0.5, None)] * 9)
    (one,) = found(store)["changed"]
    assert (one["after"], one["n_after"]) == (0, 7)


def sessions_with(pairs: int, first: int, second: int, neither: int) -> list[Use]:
    """Sessions in which both of two skills are used, one of them, or neither; another is in all."""
    made, kinds = [], [("a", "b")] * pairs + [("a",)] * first + [("b",)] * second + [()] * neither
    for number, kind in enumerate(kinds):
        made += [Use(skill, number / 24, session=f"session {number}") for skill in (*kind, "always")]
    return made


def test_two_skills_that_go_together_are_found_with_lift_and_interval(store: Store) -> None:
    fill(store, sessions_with(12, 2, 3, 43))
    answer = found(store)
    (one,) = answer["together"]
    assert (one["together"], one["sessions"]) == (12, 60)
    assert {one["first"]: one["first_sessions"], one["second"]: one["second_sessions"]} == {"a": 14, "b": 15}
    assert one["lift"] == pytest.approx(12 * 60 / (14 * 15), abs=1e-6)
    assert 1 < one["low"] < one["lift"] < one["high"]
    assert one["corrected_p"] < 1e-6


def test_a_skill_used_ten_times_in_one_session_is_in_one_session(store: Store) -> None:
    fill(store, sessions_with(2, 5, 5, 10) + [Use("a", 0, session="session 0"), Use("b", 0, session="session 0")] * 10)
    assert found(store)["together"] == []


SKILLS = [f"skill-{number}" for number in range(20)]


def of_one_length(chance: random.Random) -> list[str]:
    """More or fewer skills, whichever they are; some are used more than others."""
    return [skill for at, skill in enumerate(SKILLS) if chance.random() < (at + 1) / 60]


def short_or_long(chance: random.Random) -> list[str]:
    """Three of four sessions use one skill, the others eight, whichever they are."""
    return chance.sample(SKILLS, chance.choice([1, 1, 1, 8]))


def of_any_length(chance: random.Random) -> list[str]:
    return chance.sample(SKILLS, chance.randint(1, 10))


def sessions_of(seed: int, kind: Callable[[random.Random], list[str]], *pair: str) -> list[Use]:
    """Three hundred sessions; a pair, if one is given, is used in one of twenty."""
    chance, made = random.Random(seed), []
    for number in range(300):
        used = [*kind(chance), *(pair if chance.random() < 0.05 else ())]
        made += [Use(skill, number / 24, session=f"session {number}") for skill in used]
    return made


@pytest.mark.slow
@pytest.mark.parametrize("kind", [of_one_length, short_or_long, of_any_length])
def test_skills_that_meet_by_chance_are_not_called_a_pair_however_long_sessions_are(
    tmp_path: Path, empty: Path, kind: Callable[[random.Random], list[str]]
) -> None:
    wrong = 0
    for seed in range(10):
        with opened(shutil.copy(empty, tmp_path / f"{seed}.duckdb")) as store:
            fill(store, sessions_of(seed, kind))
            wrong += bool(found(store)["together"])
    assert wrong <= 2


@pytest.mark.parametrize("kind", [of_one_length, short_or_long, of_any_length])
def test_a_pair_is_found_however_long_sessions_are(store: Store, kind: Callable[[random.Random], list[str]]) -> None:
    fill(store, sessions_of(1, kind, "needle", "thread"))
    first = found(store)["together"][0]
    assert {first["first"], first["second"]} == {"needle", "thread"}


def test_two_skills_that_are_used_alone_together_are_a_pair(store: Store) -> None:
    fill(store, [Use(skill, 1, session=f"pair {at}") for at in range(12) for skill in ("needle", "thread")])
    fill(store, [Use("other", 1, session=f"other {at}") for at in range(40)])
    (one,) = found(store)["together"]
    assert (one["together"], one["corrected_p"] < 1e-6) == (12, True)


def test_with_fewer_than_ten_sessions_pairs_are_not_looked_for_and_that_is_told(store: Store) -> None:
    fill(store, sessions_with(5, 0, 0, 4))
    answer = found(store)
    assert (answer["sessions"], answer["enough_sessions"], answer["together"]) == (9, False, [])
    fill(store, [Use("always", 0, session="a tenth")])
    answer = found(store)
    assert (answer["sessions"], answer["enough_sessions"]) == (10, True)


def test_what_is_described_or_recommended_and_never_used_is_told_the_most_recommended_first(store: Store) -> None:
    describe(store, "on-the-shelf", "used", "asked-for")
    for days in (1, 2, 3):
        recommended(store, ["asked-for", "forgotten", "used"] if days > 1 else ["forgotten"], days)
    fill(store, [Use("used", 0)])
    answer = found(store)
    assert answer["never_used"] == [
        {"skill_name": "forgotten", "described": False, "recommended": 3},
        {"skill_name": "asked-for", "described": True, "recommended": 2},
        {"skill_name": "on-the-shelf", "described": True, "recommended": 0},
    ]
    assert answer["all_never_used"] == 3


def test_of_many_unused_skills_fifty_are_named_and_all_are_counted(store: Store) -> None:
    describe(store, *[f"skill-{number}" for number in range(60)])
    answer = found(store)
    assert (len(answer["never_used"]), answer["all_never_used"]) == (50, 60)


def test_of_an_empty_store_nothing_is_told(store: Store) -> None:
    assert found(store) == {
        "windows": None,
        "tests": 0,
        "changed": [],
        "sessions": 0,
        "enough_sessions": False,
        "together": [],
        "never_used": [],
        "all_never_used": 0,
    }

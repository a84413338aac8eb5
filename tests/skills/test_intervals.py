"""The score interval of a share."""

import pytest

from session_buddy.skills.intervals import wilson

# R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statist. Med. 17 (1998), table I, no. 3.
PUBLISHED = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("successes", "trials", "low", "high"), PUBLISHED)
def test_it_gives_the_published_limits(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_its_ends_are_the_shares_that_a_score_test_would_just_not_refuse() -> None:
    for trials in range(1, 40):
        for successes in range(trials + 1):
            share = successes / trials
            for end in wilson(successes, trials):
                refused = (share - end) ** 2 - 1.959963984540054**2 * end * (1 - end) / trials
                assert refused == pytest.approx(0, abs=1e-12)


def test_it_lies_between_nothing_and_all_and_holds_the_share_itself() -> None:
    for trials in (1, 2, 3, 10, 1_000_000):
        for successes in {0, 1, trials // 2, trials - 1, trials}:
            low, high = wilson(successes, trials)
            assert 0 <= low <= successes / trials <= high <= 1


def test_none_and_all_reach_the_ends_exactly() -> None:
    for trials in (1, 3, 7, 1000):
        assert wilson(0, trials)[0] == 0
        assert wilson(trials, trials)[1] == 1


def test_without_any_trial_nothing_is_known() -> None:
    assert wilson(0, 0) == (0, 1)


def test_a_long_record_has_a_higher_lower_end_than_one_lucky_use() -> None:
    assert wilson(18, 20)[0] > wilson(1, 1)[0]

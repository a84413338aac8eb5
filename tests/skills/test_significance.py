"""Tests of significance, against exact sums, full enumeration and what textbooks print."""

from collections.abc import Iterator
from itertools import combinations
from math import comb, exp, log

import numpy as np
import pytest

from session_buddy.skills import significance
from session_buddy.skills.significance import BATCH, ORDERS, fisher, holm, lift, log_ratio, more_together, permutation

Table = tuple[tuple[int, int], tuple[int, int]]


def small_tables() -> Iterator[Table]:
    """Every table of two groups of up to seven trials, as (successes, trials)."""
    for first in range(8):
        for second in range(8):
            for one in range(first + 1):
                for other in range(second + 1):
                    yield (one, other), (first, second)


def exact(successes: tuple[int, int], trials: tuple[int, int]) -> float:
    """Fisher's two-sided p in whole numbers."""
    marked, total = sum(successes), sum(trials)
    ways = {k: comb(trials[0], k) * comb(trials[1], marked - k) for k in range(marked + 1)}
    return sum(way for way in ways.values() if way <= ways[successes[0]]) / comb(total, marked)


def enumerated(before: list[float], after: list[float]) -> float:
    """The share of all ways to divide the values in which the means differ at least as much."""
    values, size = [*before, *after], len(after)

    def difference(chosen: tuple[int, ...]) -> float:
        picked = sum(values[at] for at in chosen)
        return abs(picked / size - (sum(values) - picked) / len(before))

    every = [difference(chosen) for chosen in combinations(range(len(values)), size)]
    seen = difference(tuple(range(len(before), len(values))))
    return sum(one >= seen - 1e-9 for one in every) / len(every)


def test_fisher_equals_the_exact_sum_for_every_small_table() -> None:
    for successes, trials in small_tables():
        assert fisher(successes, trials) == pytest.approx(exact(successes, trials), rel=1e-9)


@pytest.mark.parametrize(
    ("successes", "trials", "p"),
    [
        ((3, 1), (4, 4), 0.4857142857),  # the lady who tasted tea: R. A. Fisher, "The Design of Experiments" (1935)
        ((2, 10), (17, 13), 0.0005367241),  # convictions of twins: R. A. Fisher (1935); two-sided as R prints it
        ((8, 1), (10, 6), 0.0349650350),  # whales and sharks in two oceans: the documentation of scipy
        ((1, 9), (12, 12), 0.0027594562),  # who studies: Wikipedia, "Fisher's exact test"
        ((10, 3), (12, 12), 0.0122781378),
    ],
)
def test_fisher_gives_what_textbooks_print(successes: tuple[int, int], trials: tuple[int, int], p: float) -> None:
    assert fisher(successes, trials) == pytest.approx(p, abs=5e-11)


def test_fisher_does_not_mind_which_group_or_which_outcome_is_named_first() -> None:
    for (one, other), (first, second) in small_tables():
        p = fisher((one, other), (first, second))
        assert fisher((other, one), (second, first)) == pytest.approx(p)
        assert fisher((first - one, second - other), (first, second)) == pytest.approx(p)


def test_without_a_difference_or_without_any_data_fisher_says_nothing() -> None:
    for successes, trials in [((0, 0), (9, 4)), ((9, 4), (9, 4)), ((0, 0), (0, 0)), ((0, 3), (0, 3)), ((1, 1), (1, 1))]:
        assert fisher(successes, trials) == pytest.approx(1)


def test_fisher_bears_a_hundred_thousand_uses() -> None:
    assert fisher((50_000, 49_000), (100_000, 100_000)) < 1e-4
    assert fisher((50_000, 50_000), (100_000, 100_000)) == pytest.approx(1, abs=1e-6)


def test_more_together_equals_the_exact_upper_tail() -> None:
    for total in range(1, 11):
        for first in range(1, total + 1):
            for second in range(1, total + 1):
                least, most = max(0, first + second - total), min(first, second)
                ways = {k: comb(first, k) * comb(total - first, second - k) for k in range(least, most + 1)}
                for together in ways:
                    wanted = sum(way for k, way in ways.items() if k >= together) / comb(total, second)
                    assert more_together(together, first, second, total) == pytest.approx(wanted, rel=1e-9)


def test_things_that_are_in_every_session_meet_by_chance() -> None:
    assert more_together(10, 10, 10, 10) == pytest.approx(1)
    assert more_together(4, 10, 4, 10) == pytest.approx(1)


def test_lift_is_how_many_times_as_often_as_by_chance() -> None:
    assert lift(6, 10, 12, 40)[0] == pytest.approx((6 / 40) / ((10 / 40) * (12 / 40)))
    assert lift(25, 50, 50, 100)[0] == pytest.approx(1)
    assert lift(7, 7, 7, 7) == pytest.approx((1, 1, 1))


def test_the_interval_of_the_lift_holds_the_true_one_in_about_95_of_100_cases() -> None:
    cells = np.array([0.15, 0.15, 0.10, 0.60])  # both, the first alone, the second alone, neither
    true = cells[0] / ((cells[0] + cells[1]) * (cells[0] + cells[2]))
    held, drawn = 0, np.random.default_rng(5).multinomial(200, cells, size=2000)
    for both, left, right, _ in drawn.tolist():
        value, low, high = lift(both, both + left, both + right, 200)
        assert low < value < high
        held += low <= true <= high
    assert 0.93 < held / len(drawn) < 0.97


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([1.0, 2.0, 3.0, 4.0], [3.5, 4.5, 5.5, 6.5]),
        ([1.0, 1.5, 2.0, 2.5, 3.0], [4.0, 4.5, 5.0, 5.5]),
        ([1.0, 1.0, 1.0, 2.0], [1.0, 2.0, 2.0, 2.0]),
        ([0.1, 0.2, 0.3, 7.0, 8.0], [0.2, 0.4, 0.6]),
        ([5.0], [1.0, 2.0, 3.0]),
    ],
)
def test_a_permutation_test_agrees_with_all_orders(before: list[float], after: list[float]) -> None:
    exactly = enumerated(before, after)
    # Four standard errors, at the fewest orders that are tried before it may stop.
    allowed = 4 * (exactly * (1 - exactly) / BATCH) ** 0.5 + 2 / BATCH
    assert permutation(before, after) == pytest.approx(exactly, abs=allowed)
    assert permutation(after, before) == pytest.approx(exactly, abs=allowed)


def test_a_permutation_test_is_never_certain() -> None:
    assert permutation([0.0] * 50, [1.0] * 50) == 1 / (ORDERS + 1)
    assert permutation([1.0] * 50, [0.0] * 50) == 1 / (ORDERS + 1)


def test_equal_values_or_one_of_each_are_no_difference() -> None:
    assert permutation([2.5] * 9, [2.5] * 5) == 1
    assert permutation([0.1 + 0.2] * 9, [0.3] * 5) == 1
    assert permutation([1.0], [9.0]) == 1


def test_the_same_data_give_the_same_p() -> None:
    data = np.random.default_rng(2).normal(size=30).tolist()
    assert permutation(data[:12], data[12:]) == permutation(data[:12], data[12:])


def test_it_stops_early_where_it_will_not_be_small_and_goes_on_where_it_may() -> None:
    """What it tried is to be read off p, which is a fraction of one more than that."""
    chance = np.random.default_rng(3).normal(size=40).tolist()
    assert (permutation(chance[:20], chance[20:]) * (BATCH + 1)) % 1 == pytest.approx(0, abs=1e-6)
    apart = [*np.linspace(0, 1, 20), *np.linspace(0.7, 1.7, 20)]
    assert permutation(apart[:20], apart[20:]) < 0.001


def test_without_a_difference_a_permutation_test_is_small_as_seldom_as_it_should() -> None:
    random = np.random.default_rng(11)
    small = sum(
        permutation(random.exponential(size=8).tolist(), random.exponential(size=6).tolist()) <= 0.05
        for _ in range(400)
    )
    assert small <= 34  # 20 are expected; more than 34 come in one of a thousand cases


def test_holm_gives_the_worked_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_never_puts_a_larger_p_before_a_smaller_and_none_above_one() -> None:
    assert holm([0.02, 0.021, 0.9]) == pytest.approx([0.06, 0.06, 0.9])
    assert holm([0.6, 0.7, 0.8]) == [1, 1, 1]
    assert holm([]) == []
    assert holm([0.03]) == [0.03]


def test_holm_corrects_for_tests_of_the_family_that_are_not_shown() -> None:
    assert holm([0.01, 0.002], others=8) == pytest.approx([0.09, 0.02])


def test_holm_believes_a_wrong_statement_in_at_most_5_of_100_families() -> None:
    families = np.random.default_rng(7).uniform(size=(2000, 30)).tolist()
    assert sum(min(holm(family)) < 0.05 for family in families) <= 130  # 100 are expected at the most


def test_a_ratio_is_that_of_geometric_means() -> None:
    assert log_ratio([1, 4], [8, 8]) == pytest.approx(4)
    assert log_ratio([3], [3]) == pytest.approx(1)
    assert log_ratio([2, 8, 5], [1]) == pytest.approx(exp(-(log(2) + log(8) + log(5)) / 3))


def test_the_tables_of_factorials_do_not_forget_what_is_asked_in_turn() -> None:
    for total in (4, 40, 400, 4):
        assert more_together(2, 2, 2, total) == pytest.approx(1 / comb(total, 2))
    assert significance.fisher((1, 0), (1, 1)) == pytest.approx(1)

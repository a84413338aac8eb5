"""From similarities to an order of skills."""

from uuid import UUID

import numpy as np
import pytest

from session_buddy.skills import ranking
from session_buddy.skills.ranking import BAD_WEIGHT, Candidate
from session_buddy.store.invocations import Tally
from session_buddy.store.vectors import SkillSimilarity
from session_buddy.store.words import SkillMatch

TEXT = UUID(int=1)
Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def candidate(name: str, value: float, similarity: float | None = None, identical: int = 0) -> Candidate:
    return Candidate(name, value, value if similarity is None else similarity, value, TEXT, identical)


def names(candidates: list[Candidate]) -> list[str]:
    return [one.skill_name for one in candidates]


def similarity_of(asked: Array, good: Array, bad: Array) -> tuple[SkillSimilarity, float]:
    """What the store gives for a skill with these examples, and the length of its mean vector."""
    members, weights = np.vstack([good, bad]), np.array([1.0] * len(good) + [BAD_WEIGHT] * len(bad))
    cosines = members @ asked
    nearest_good = float(max(good @ asked)) if len(good) else None
    mean_length = float(np.linalg.norm(weights @ members) / weights.sum())
    found = SkillSimilarity(
        "skill", float(weights @ cosines), float(weights.sum()), float(max(cosines)), nearest_good, TEXT, 0
    )
    return found, mean_length


def near(asked: Array, count: int, seed: int) -> Array:
    """Vectors of length 1 around the one asked for."""
    vectors = asked + np.random.default_rng(seed).normal(scale=0.3, size=(count, len(asked)))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.mark.parametrize(("good", "bad"), [(1, 0), (3, 0), (4, 3), (1, 5)])
def test_the_value_is_half_the_centroid_and_half_the_nearest_good_example(good: int, bad: int) -> None:
    asked: Array = np.eye(16)[0]
    successes, failures = near(asked, good, 1), near(asked, bad, 2)
    found, length = similarity_of(asked, successes, failures)
    centroid = successes.sum(axis=0) + BAD_WEIGHT * failures.sum(axis=0)
    expected = (centroid @ asked / np.linalg.norm(centroid) + max(successes @ asked)) / 2
    [one] = ranking.semantic([found], {"skill": length})
    assert one.value == pytest.approx(expected, abs=1e-9)
    assert one.similarity == pytest.approx(max(np.vstack([successes, failures]) @ asked), abs=1e-9)
    assert one.nearest_query == TEXT


def test_a_skill_that_only_failed_has_no_nearest_half() -> None:
    asked: Array = np.eye(16)[0]
    failures = near(asked, 3, 2)
    found, length = similarity_of(asked, np.empty((0, 16)), failures)
    centroid = failures.sum(axis=0)
    [one] = ranking.semantic([found], {"skill": length})
    assert one.value == pytest.approx(centroid @ asked / np.linalg.norm(centroid) / 2, abs=1e-9)


def test_values_and_similarities_stay_between_zero_and_one() -> None:
    found = [
        SkillSimilarity("opposite", -3.0, 3.0, -1.0, -1.0, TEXT, 0),
        SkillSimilarity("rounded up", 1.0000001, 1.0, 1.0000001, 1.0000001, TEXT, 0),
        SkillSimilarity("cancelled out", 0.0, 2.0, 0.0, 0.0, TEXT, 0),
    ]
    for one in ranking.semantic(found, {"opposite": 1.0, "rounded up": 0.9999999, "cancelled out": 0.0}):
        assert 0 <= one.value <= 1
        assert 0 <= one.similarity <= 1


def test_by_words_the_value_is_the_score_and_the_similarity_the_share() -> None:
    assert ranking.lexical([SkillMatch("skill", 0.25, 0.5, TEXT)]) == [Candidate("skill", 0.25, 0.5, 0.5, TEXT)]


def test_the_best_come_in_the_order_of_their_values() -> None:
    candidates = [candidate("b", 0.5), candidate("a", 0.9), candidate("c", 0.7)]
    assert names(ranking.best(candidates, 0.0, 5)) == ["a", "c", "b"]
    assert names(ranking.best(candidates, 0.0, 2)) == ["a", "c"]
    assert ranking.best(candidates, 0.0, 0) == []


def test_equal_values_have_one_order_however_they_come_in() -> None:
    candidates = [candidate("b", 0.5), candidate("a", 0.5), candidate("c", 0.5)]
    assert names(ranking.best(candidates, 0.0, 5)) == names(ranking.best(candidates[::-1], 0.0, 5)) == ["a", "b", "c"]


def test_min_similarity_tests_the_similarity_and_not_the_value() -> None:
    candidates = [candidate("similar", 0.2, similarity=0.9), candidate("valued", 0.9, similarity=0.2)]
    assert names(ranking.best(candidates, 0.5, 5)) == ["similar"]
    assert names(ranking.best(candidates, 0.2, 5)) == ["valued", "similar"]
    assert names(ranking.best(candidates, 0.9, 5)) == ["similar"]
    assert ranking.best(candidates, 0.91, 5) == []


def test_a_skill_completed_for_this_very_query_ranks_first_with_similarity_one() -> None:
    candidates = [candidate("perfect", 1.0), candidate("known", 0.3)]
    ranked = ranking.best(ranking.raise_identical(candidates, {"known": 1}, TEXT), 1.0, 5)
    assert names(ranked) == ["known", "perfect"]
    assert (ranked[0].value, ranked[0].similarity) == (1.0, 1.0)


def test_a_skill_known_only_by_this_very_query_is_added_once() -> None:
    raised = ranking.raise_identical([candidate("known", 0.3)], {"known": 2, "new": 1}, TEXT)
    assert sorted(names(raised)) == ["known", "new"]


def test_of_several_completed_for_this_query_the_one_completed_most_is_first() -> None:
    raised = ranking.raise_identical([], {"once": 1, "often": 5, "twice": 2}, TEXT)
    assert names(ranking.best(raised, 0.0, 5)) == ["often", "twice", "once"]


@pytest.mark.parametrize(
    ("in_phase", "tally", "store_rate", "expected"),
    [
        ((3, 4), Tally(20, 6, 12), 0.9, (3 + 5 * 0.5) / 9),
        ((0, 0), Tally(20, 6, 12), 0.9, 0.5),
        ((10, 10), Tally(10, 10, 10), 0.2, 1.0),
        ((0, 5), Tally(10, 5, 10), 0.2, 0.25),
        ((0, 0), Tally(7, 0, 0), 0.8, 0.8),
        ((0, 0), None, 0.8, 0.8),
        ((0, 0), None, 0.0, 0.0),
        ((0, 0), None, None, 0.5),
        ((0, 0), Tally(3, 0, 0), None, 0.5),
        ((0, 0), Tally(3, 0, 3), 0.9, 0.0),
    ],
)
def test_the_rate_in_a_phase_is_shrunk_by_five_pseudo_observations(
    in_phase: tuple[int, int], tally: Tally | None, store_rate: float | None, expected: float
) -> None:
    assert ranking.phase_rate(in_phase, tally, store_rate) == pytest.approx(expected)


def test_a_phase_is_blended_in_with_its_weight() -> None:
    candidates = [candidate("a", 0.8), candidate("b", 0.6)]
    blended = ranking.blend_phase(candidates, {"a": 0.1, "b": 0.9}, 0.3)
    assert [one.value for one in blended] == pytest.approx([0.7 * 0.8 + 0.3 * 0.1, 0.7 * 0.6 + 0.3 * 0.9])
    assert names(ranking.best(blended, 0.0, 5)) == ["b", "a"]
    assert [one.similarity for one in blended] == [0.8, 0.6]


def test_a_weight_of_zero_is_pure_similarity_and_of_one_pure_rate() -> None:
    candidates, rates = [candidate("a", 0.8), candidate("b", 0.6)], {"a": 0.1, "b": 0.9}
    assert [one.value for one in ranking.blend_phase(candidates, rates, 0.0)] == [0.8, 0.6]
    assert [one.value for one in ranking.blend_phase(candidates, rates, 1.0)] == [0.1, 0.9]


def test_a_phase_counts_for_the_identical_query_too() -> None:
    raised = ranking.raise_identical([candidate("other", 0.9)], {"known": 1}, TEXT)
    blended = ranking.blend_phase(raised, {"other": 1.0, "known": 0.0}, 0.5)
    assert names(ranking.best(blended, 0.0, 5)) == ["other", "known"]


def test_confidence_asks_for_the_raw_similarity_of_the_most_similar_skill() -> None:
    low, high = candidate("low", 0.3), candidate("high", 0.3)._replace(raw=0.6)
    assert ranking.confident([low, high], 0.6)
    assert not ranking.confident([low, high], 0.61)
    assert not ranking.confident([], 0.1)

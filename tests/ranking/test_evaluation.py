"""How good the ranking is on a store's own history."""

import numpy as np
import pytest

from session_buddy.ranking import calibration, evaluation
from session_buddy.ranking.cross_validation import unseen
from session_buddy.ranking.evaluation import Trial, attempt, rank, reciprocal, reliability, share, within
from session_buddy.ranking.recollection import Recollection
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model
from tests.ranking.history import describe, embed_missing, looked_at, model_of
from tests.ranking.test_classifier import clusters
from tests.store.filling import used


def trials(store: Store, model: Model | None) -> dict[str, Trial | None]:
    """What comes of leaving out each past problem, by its text."""
    if model:
        embed_missing(store, model)
    recollection = Recollection(model)
    found = looked_at(
        store,
        recollection,
        lambda memory: {
            memory.texts[int(row)]: attempt(recollection, memory, int(row), None)
            for row in calibration.sampled(memory, 100)
        },
    )
    assert isinstance(found, dict)
    return found


@pytest.fixture(params=["vectors", "words"])
def model(request: pytest.FixtureRequest, store: Store) -> Model | None:
    return model_of(store) if request.param == "vectors" else None


def test_a_problem_is_ranked_by_the_others_of_its_skill(store: Store, model: Model | None) -> None:
    for number in range(3):
        used(store, "debugging", f"the build fails with error {number}", "completed")
        used(store, "review", f"please read my change number {number}", "completed")
    for found in trials(store, model).values():
        assert found is not None
        assert (found.ours, found.nearest) == (1, 1)
        assert found.fit > found.fit_without


def test_the_only_problem_of_a_skill_cannot_be_known_unless_the_skill_is_described(
    store: Store, model: Model | None
) -> None:
    used(store, "debugging", "the build fails", "completed")
    used(store, "review", "please read my change", "completed")
    describe(store, "review", "reads a change and says what is wrong with it")
    found = trials(store, model)
    assert found["the build fails"] is None
    assert found["please read my change"] is not None


def test_the_most_used_skill_is_counted_without_the_problem_that_is_left_out(store: Store) -> None:
    for number in range(3):
        used(store, "debugging", f"the build fails with error {number}", "completed")
        used(store, "review", f"please read my change number {number}", "completed")
    used(store, "review", "and this one", "completed")
    found = trials(store, None)
    first = found["the build fails with error 0"]
    other = found["please read my change number 0"]
    assert first is not None
    assert other is not None
    assert (first.most_used, other.most_used) == (2, 2)


def test_what_failed_is_not_asked_for(store: Store) -> None:
    used(store, "debugging", "the build fails", "failed")
    assert trials(store, None) == {}


def test_equal_values_share_the_middle_of_their_ranks() -> None:
    assert rank(np.array([3.0, 2.0, 1.0]), 1) == 2
    assert rank(np.array([0.0, 0.0, 0.0, 0.0, 0.0]), 2) == 3
    assert rank(np.array([1.0]), 0) == 1


def test_recall_and_reciprocal_rank_are_what_their_names_say() -> None:
    assert within([1, 2, 6, 1], 1).percent == 50.0
    assert within([1, 2, 6, 1], 5).percent == 75.0
    assert reciprocal([1, 2, 4]) == pytest.approx((1 + 0.5 + 0.25) / 3)
    assert reciprocal([]) is None


def test_the_interval_is_wilsons() -> None:
    found = share(8, 10)
    assert (found.percent, found.n) == (80.0, 10)
    assert found.low == pytest.approx(49.02, abs=0.01)
    assert found.high == pytest.approx(94.33, abs=0.01)
    assert share(0, 0) == (None, None, None, 0)
    assert share(0, 5).low == 0.0


def test_every_trial_is_in_one_bin_and_the_bins_are_in_order_of_the_fit() -> None:
    made = [Trial(1 + number % 2, None, 1, 1, number / 23, 0.0) for number in range(23)]
    bins = reliability(made)
    assert sum(one.right.n for one in bins) == 23
    assert [one.low for one in bins] == sorted(one.low for one in bins)
    assert len(bins) == evaluation.BINS
    assert reliability([]) == []


def test_a_classifier_is_tried_on_what_it_has_not_seen() -> None:
    examples = clusters(4, 12)
    logits = unseen(examples)
    past = ~examples.described
    assert np.isnan(logits[examples.described]).all()
    assert (np.nanargmax(logits[past], axis=1) == examples.skill[past]).mean() > 0.9

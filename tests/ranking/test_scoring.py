"""From evidence to an order."""

import numpy as np
import pytest

from session_buddy.ranking import scoring
from session_buddy.ranking.parameters import NEAREST_SHARE, STANDING_WEIGHT
from session_buddy.ranking.scoring import Evidence, Numbers, Setting

PRIOR, NOTHING_ENDED = 0.8, None


def evidence(similarity: "list[float] | None", **parts: "list[float]") -> Evidence:
    size = len(similarity if similarity is not None else parts["tfidf"])
    given = {name: np.array(values, float) for name, values in parts.items()}
    empty = np.zeros(size)
    made = {name: given.get(name, empty) for name in ("bm25", "tfidf", "cold", "rate", "standing")}
    return Evidence(similarity=None if similarity is None else np.array(similarity), logit=given.get("logit"), **made)


def order(values: Numbers) -> list[int]:
    return [int(place) for place in np.argsort(-values)]


def test_by_similarity_alone_the_values_differ_as_the_similarities_do() -> None:
    similarity = [0.2, 0.7, 0.4]
    found = scoring.values(evidence(similarity), Setting(words=0.0))
    np.testing.assert_allclose(found - found[0], np.array(similarity) - 0.2)


def test_words_and_classifier_decide_between_skills_that_are_equally_similar() -> None:
    assert order(scoring.values(evidence([0.5, 0.5, 0.1], bm25=[0, 3, 0]), Setting()))[0] == 1
    assert order(scoring.values(evidence([0.5, 0.5, 0.1], tfidf=[0, 0.3, 0]), Setting()))[0] == 1
    assert order(scoring.values(evidence([0.5, 0.5, 0.1], logit=[0, 3, 0]), Setting()))[0] == 1


def test_words_count_in_the_share_that_the_setting_gives_them() -> None:
    parts = {"bm25": [0.0, 9.0, 0.0], "tfidf": [0.0, 0.9, 0.0]}
    assert order(scoring.values(evidence([0.51, 0.5, 0.1], **parts), Setting(words=1.0)))[0] == 1
    assert order(scoring.values(evidence([0.51, 0.5, 0.1], **parts), Setting(words=0.0)))[0] == 0


def test_a_skill_that_the_classifier_does_not_know_is_judged_as_others_that_are_as_similar() -> None:
    nan = float("nan")
    for place, similarity in enumerate([0.1, 0.4, 0.7]):
        found = scoring.values(evidence([0.1, 0.4, 0.7, similarity], logit=[-1.0, 0.5, 2.0, nan]), Setting())
        assert found[3] == pytest.approx(found[place])


def test_a_classifier_that_knows_no_skill_changes_no_order() -> None:
    nan = float("nan")
    found = scoring.values(evidence([0.1, 0.7, 0.4], logit=[nan, nan, nan]), Setting())
    assert np.isfinite(found).all()
    assert order(found) == [1, 2, 0]


def test_the_cold_bias_raises_skills_without_history_only() -> None:
    assert order(scoring.values(evidence([0.5, 0.45, 0.1], cold=[0, 1, 0]), Setting(cold_bias=0.1)))[0] == 1
    assert order(scoring.values(evidence([0.5, 0.35, 0.1], cold=[0, 1, 0]), Setting(cold_bias=0.1)))[0] == 0


def test_rate_and_standing_decide_between_near_ties_only() -> None:
    near, far = [0.500, 0.501, 0.1], [0.3, 0.6, 0.1]
    for part in ({"rate": [0.2, -0.2, 0.0]}, {"standing": [0.0, -0.9, 0.0]}):
        assert order(scoring.values(evidence(near, **part), Setting()))[0] == 0
        assert order(scoring.values(evidence(far, **part), Setting()))[0] == 1


def test_standing_cannot_take_away_more_than_its_weight() -> None:
    before = scoring.values(evidence([0.2, 0.6, 0.4]), Setting(words=0.0))
    after = scoring.values(evidence([0.2, 0.6, 0.4], standing=[0, -1, 0]), Setting(words=0.0))
    assert (before - after)[1] == pytest.approx(STANDING_WEIGHT * np.std([0.2, 0.6, 0.4]))


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_scores_are_fractions_in_the_order_of_the_values_and_the_first_is_its_fit(size: int) -> None:
    random = np.random.default_rng(size)
    value, fits = random.normal(size=size) / 5, random.random(size)
    found = scoring.scores(value, fits)
    assert order(found) == order(value)
    assert ((found >= 0) & (found <= 1)).all()
    assert found.max() == pytest.approx(fits[value.argmax()])


def test_where_nothing_fits_all_scores_are_almost_zero() -> None:
    found = scoring.scores(np.array([0.1, 0.0]), np.zeros(2))
    assert found.max() < 1e-5


def test_no_skill_has_no_score() -> None:
    assert len(scoring.scores(np.zeros(0), np.zeros(0))) == 0


def test_skills_that_do_not_differ_have_equal_values() -> None:
    for similarity in ([0.4], [0.4, 0.4], [0.0, 0.0, 0.0]):
        found = scoring.values(evidence(similarity, bm25=[1.0] * len(similarity)), Setting())
        assert np.ptp(found) == 0


def test_the_nearest_example_weighs_more_the_more_there_are() -> None:
    nearest, centroid = np.array([1.0]), np.array([0.0])
    few, many = (float(scoring.half(nearest, centroid, size)[0]) for size in (0.0, 1_000.0))
    assert (few, many) == NEAREST_SHARE


def test_by_words_alone_the_fit_is_their_cosine() -> None:
    np.testing.assert_allclose(scoring.fit(None, np.array([0.3, 1.2])), [0.3, 1.0])


def test_the_fit_of_a_perfect_match_is_one_and_never_negative() -> None:
    np.testing.assert_allclose(scoring.fit(np.array([1.0, -0.5]), np.array([1.0, 0.0])), [1.0, 0.0])


@pytest.mark.parametrize(
    ("in_phase", "overall", "store", "rate"),
    [
        ((0, 0), (3, 4), PRIOR, 0.75),
        ((5, 5), (5, 10), PRIOR, (5 + 5 * 0.5) / 10),
        ((0, 5), (5, 5), PRIOR, 0.5),
        ((0, 0), (0, 0), PRIOR, PRIOR),
        ((0, 0), (0, 0), NOTHING_ENDED, 0.5),
    ],
)
def test_the_rate_in_a_phase_is_shrunk_by_five_pseudo_observations(
    in_phase: tuple[int, int], overall: tuple[int, int], store: float | None, rate: float
) -> None:
    assert scoring.phase_rate(in_phase, overall, store) == pytest.approx(rate)

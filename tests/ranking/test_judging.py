"""A recollection's answer to one query."""

import numpy as np
import pytest

from session_buddy.embedding.hashing import DIMENSION
from session_buddy.ranking import judging
from session_buddy.ranking.classifier import Classifier
from session_buddy.ranking.judging import Candidate, Judgement, Phase
from session_buddy.ranking.recollection import Recollection
from session_buddy.store.classifiers import Fitted
from session_buddy.store.invocations import Tally
from session_buddy.store.recommendations import Standing
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model
from tests.ranking.history import describe, embed_missing, judged, model_of
from tests.store.filling import used


@pytest.fixture(params=["vectors", "words"])
def model(request: pytest.FixtureRequest, store: Store) -> Model | None:
    return model_of(store) if request.param == "vectors" else None


def candidates(found: Judgement) -> dict[str, Candidate]:
    return {one.skill_name: one for one in found.candidates}


def order(found: Judgement) -> list[str]:
    return [one.skill_name for one in judging.best(found.candidates, 0.0, 50)]


def test_a_text_completed_before_comes_first_with_similarity_one(store: Store, model: Model | None) -> None:
    used(store, "debugging", "the build fails", "completed")
    for number in range(5):
        used(store, "review", f"the build fails and I want it read {number}", "completed")
    if model:
        embed_missing(store, model)
    found = judged(store, Recollection(model), "the build fails")
    first = max(found.candidates, key=lambda one: one.score)
    assert (first.skill_name, first.score, first.similarity, first.identical) == ("debugging", 1.0, 1.0, 1)
    assert found.fit == 1.0


def test_a_skill_that_is_never_chosen_is_lowered_by_a_bounded_amount(store: Store) -> None:
    for skill in ("debugging", "review", "testing"):
        used(store, skill, f"the build fails, says {skill}", "completed")
    recollection = Recollection(None)
    before = {one.skill_name: one.value for one in judged(store, recollection, "build fails").candidates}
    drops = []
    for shown in (10, 1_000, 100_000):
        recollection.standings = {"review": Standing(shown, 0, shown * 0.5)}
        after = {one.skill_name: one.value for one in judged(store, recollection, "build fails").candidates}
        assert after["debugging"] == pytest.approx(before["debugging"])
        drops.append(before["review"] - after["review"])
    assert 0 < drops[0] < drops[1] <= drops[2]
    assert drops[2] < 1.01 * drops[1]


def test_a_skill_that_is_chosen_as_often_as_others_is_left_where_it_is(store: Store) -> None:
    used(store, "debugging", "the build fails", "completed")
    used(store, "review", "the build is to be read", "completed")
    recollection = Recollection(None)
    before = judged(store, recollection, "build")
    recollection.standings = {"review": Standing(100, 60, 55.0)}
    assert before == judged(store, recollection, "build")


def test_an_empty_store_has_no_candidates(store: Store, model: Model | None) -> None:
    found = judged(store, Recollection(model), "anything")
    assert (found.candidates, found.fit) == ([], 0.0)


@pytest.mark.parametrize("text", ["🙂", "?!", "the build fails"])
def test_a_text_completed_before_comes_first_even_where_its_words_say_nothing(store: Store, text: str) -> None:
    for number in range(80):
        used(store, "review", f"the build fails {number}", "completed")
    used(store, "debugging", text, "completed")
    used(store, "testing", text, "failed")
    found = judged(store, Recollection(None), text)
    assert order(found)[0] == "debugging"
    assert (candidates(found)["debugging"].similarity, found.fit) == (1.0, 1.0)


def test_a_text_completed_for_a_skill_without_examples_does_not_make_the_answer_certain(store: Store) -> None:
    model = model_of(store)
    used(store, "review", "read my change", "completed")
    embed_missing(store, model)
    used(store, "debugging", "the build fails", "completed")
    found = judged(store, Recollection(model), "the build fails")
    assert order(found) == ["review"]
    assert found.fit < 0.5


def test_of_two_skills_completed_for_the_same_text_the_one_completed_more_often_comes_first(
    store: Store, model: Model | None
) -> None:
    for skill, times in (("review", 1), ("debugging", 3), ("testing", 2)):
        for _ in range(times):
            used(store, skill, "the build fails", "completed")
    if model:
        embed_missing(store, model)
    found = judged(store, Recollection(model), "the build fails")
    assert order(found) == ["debugging", "testing", "review"]
    assert {one.score for one in found.candidates} == {1.0}


def test_words_that_every_text_has_still_find_something(store: Store) -> None:
    for number in range(80):
        used(store, f"skill-{number % 3}", f"fix the build number {number}", "completed")
    assert len(order(judged(store, Recollection(None), "fix the build"))) == 3


def test_by_words_a_skill_that_shares_none_is_no_candidate(store: Store) -> None:
    used(store, "debugging", "the build fails", "completed")
    used(store, "review", "read my change", "completed")
    assert order(judged(store, Recollection(None), "build")) == ["debugging"]
    assert order(judged(store, Recollection(None), "")) == []


def test_a_phase_is_blended_in_by_its_weight(store: Store, model: Model | None) -> None:
    for outcome in ("completed", "completed", "failed"):
        used(store, "debugging", "the build fails", outcome, "testing")
    used(store, "review", "the build is to be read", "abandoned", "planning")
    used(store, "testing", "test the build")
    if model:
        embed_missing(store, model)
    recollection, asked = Recollection(model), "the build is red"
    plain = candidates(judged(store, recollection, asked))
    rates = {"debugging": (2 + 5 * 2 / 3) / (3 + 5), "review": 0.0, "testing": 2 / 4}
    for weight in (0.0, 0.3, 1.0):
        blended = candidates(judged(store, recollection, asked, Phase("testing", weight)))
        for skill, rate in rates.items():
            assert blended[skill].score == pytest.approx((1 - weight) * plain[skill].score + weight * rate)
            assert blended[skill].similarity == plain[skill].similarity


def test_the_example_is_the_nearest_invocation_and_none_where_the_description_is_nearer(
    store: Store, model: Model | None
) -> None:
    used(store, "debugging", "the build fails", "completed", minute=1)
    last = used(store, "debugging", "the build fails", "completed", minute=2)
    used(store, "debugging", "the build fails", "failed", minute=3)
    describe(store, "debugging", "finds out why something is broken")
    if model:
        embed_missing(store, model)
    recollection = Recollection(model)
    near = candidates(judged(store, recollection, "the build fails again"))["debugging"]
    assert near.example is not None
    assert (near.example.invocation_id, near.text) == (last, "the build fails")
    described = candidates(judged(store, recollection, "why is something broken"))["debugging"]
    assert described.example is None
    assert described.text == "debugging: finds out why something is broken"


def test_a_skill_that_completes_more_often_comes_first_of_two_that_match_alike(
    store: Store, model: Model | None
) -> None:
    for skill, outcome in (("a fails", "failed"), ("b completes", "completed")):
        used(store, skill, "the build was red", "completed")
        for _ in range(6):
            used(store, skill, None, outcome)
    used(store, "other", "paint the fence", "completed")
    if model:
        embed_missing(store, model)
    assert order(judged(store, Recollection(model), "the build was rather red"))[0] == "b completes"


def test_the_classifier_is_heard_for_meaning_only(store: Store) -> None:
    model = model_of(store)
    for skill in ("debugging", "review", "testing"):
        used(store, skill, f"the build fails, says {skill}", "completed")
    embed_missing(store, model)
    weights = np.zeros((2, DIMENSION + 1), "<f4")
    weights[:, -1] = [-5, 5]
    said = Classifier(Fitted(model.model_id, ["debugging", "review"], weights.tobytes(), 9, True))
    for one, changes in ((Recollection(model), True), (Recollection(None), False)):
        before = candidates(judged(store, one, "the build fails"))
        one.classifier = said
        after = candidates(judged(store, one, "the build fails"))
        assert (after["review"].value > before["review"].value) is changes
        assert (after == before) is not changes


def test_the_best_are_those_similar_enough_in_order_of_score() -> None:
    def made(name: str, score: float, similarity: float, identical: int = 0) -> Candidate:
        return Candidate(name, score, score, similarity, Tally(1, 1, 1), None, "text", identical)

    all_of_them = [made("b", 0.5, 0.9), made("a", 0.5, 0.2), made("c", 1.0, 0.1), made("d", 1.0, 1.0, 2)]
    assert [one.skill_name for one in judging.best(all_of_them, 0.0, 10)] == ["d", "c", "a", "b"]
    assert [one.skill_name for one in judging.best(all_of_them, 0.2, 2)] == ["d", "a"]
    assert judging.best([], 0.0, 5) == []

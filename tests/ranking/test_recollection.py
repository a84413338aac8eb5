"""A recollection that follows its store knows what one knows that was built from the same rows."""

import pytest

from session_buddy.ranking import recollection as room
from session_buddy.ranking.judging import Judgement, Phase
from session_buddy.ranking.parameters import KEPT
from session_buddy.ranking.recollection import Recollection
from session_buddy.store.recommendations import Standing
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model
from tests.ranking.history import History, describe, embed_missing, judged, looked_at, model_of
from tests.store.filling import used

ASKED = ("deploy the login page", "merge review", "schema migrate fails", "nothing of the kind")


def figures(found: Judgement) -> dict[str, object]:
    """What a judgement says, in an order that does not depend on when a skill became known."""
    skills = {
        one.skill_name: (
            pytest.approx(one.value, abs=1e-4),
            pytest.approx(one.score, abs=1e-4),
            pytest.approx(one.similarity, abs=1e-4),
            one.tally,
            one.identical,
        )
        for one in found.candidates
    }
    return {"skills": skills, "fit": pytest.approx(found.fit, abs=1e-4), "threshold": pytest.approx(found.threshold)}


def same(one: Judgement, other: Judgement) -> bool:
    return figures(one) == {
        "skills": {
            skill.skill_name: (skill.value, skill.score, skill.similarity, skill.tally, skill.identical)
            for skill in other.candidates
        },
        "fit": other.fit,
        "threshold": other.threshold,
    }


@pytest.fixture(params=["vectors", "words"])
def model(request: pytest.FixtureRequest, store: Store) -> Model | None:
    return model_of(store) if request.param == "vectors" else None


@pytest.mark.parametrize("seed", range(4))
def test_following_step_by_step_gives_what_building_anew_gives(store: Store, model: Model | None, seed: int) -> None:
    history, following = History(store, model, seed), Recollection(model)
    for step in range(120):
        history.step()
        if step % 3 == 0:
            judged(store, following, ASKED[0])
        if step % 30 == 29:
            anew = Recollection(model)
            for text in (*ASKED, history.text()):
                for phase in (None, Phase("testing", 0.3)):
                    assert same(judged(store, following, text, phase), judged(store, anew, text, phase)), (step, text)


def test_a_skill_with_many_texts_keeps_a_bounded_number_of_them(store: Store, model: Model | None) -> None:
    following = Recollection(model)
    for number in range(KEPT + 20):
        used(store, "debugging", f"problem number {number} of its kind", "completed")
        if number % 10 == 0:
            if model:
                embed_missing(store, model)
            judged(store, following, "problem")
    if model:
        embed_missing(store, model)
    describe(store, "debugging", "finds out why")
    if model:
        embed_missing(store, model)
    kept = looked_at(store, following, lambda memory: len(memory.examples.rows(0)))
    assert kept == KEPT + 1
    assert looked_at(store, Recollection(model), lambda memory: len(memory.examples.rows(0))) == KEPT + 1


def test_with_many_new_rows_it_is_built_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_NEW", 5)
    following = Recollection(None)
    used(store, "debugging", "the build fails", "completed")
    judged(store, following, "build")
    before = looked_at(store, following, id)
    for number in range(4):
        used(store, "debugging", f"the build fails in {number} ways")
    assert looked_at(store, following, id) == before
    for number in range(8):
        used(store, "review", f"read change {number}")
    assert looked_at(store, following, id) != before
    assert {one.skill_name for one in judged(store, following, "read the change").candidates} >= {"review"}


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
    assert same(before, judged(store, recollection, "build"))


def test_an_empty_store_has_no_candidates(store: Store, model: Model | None) -> None:
    found = judged(store, Recollection(model), "anything")
    assert (found.candidates, found.fit) == ([], 0.0)

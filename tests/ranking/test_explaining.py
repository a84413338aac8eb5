"""Why a skill is recommended: what the ranking computed, part by part."""

import random

import numpy as np
import pytest

from session_buddy.embedding.hashing import DIMENSION
from session_buddy.ranking import explaining, judging, scoring
from session_buddy.ranking.classifier import Classifier
from session_buddy.ranking.explaining import CHOICE, NEAREST, NEW, OTHERS, WORDS, Why
from session_buddy.ranking.judging import Candidate, Phase
from session_buddy.ranking.recollection import Recollection
from session_buddy.ranking.scoring import Evidence, Setting
from session_buddy.store import invocations
from session_buddy.store.classifiers import Fitted
from session_buddy.store.ids import query_id
from session_buddy.store.recommendations import Standing
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor
from tests.ranking.history import History, describe, embed_missing, model_of, vector
from tests.store.filling import used


@pytest.fixture(params=["vectors", "words"])
def model(request: pytest.FixtureRequest, store: Store) -> Model | None:
    return model_of(store) if request.param == "vectors" else None


def explained(
    store: Store, recollection: Recollection, text: str, phase: Phase | None = None
) -> list[tuple[Candidate, Why]]:
    """Every candidate for a text, with why."""

    def job(cursor: Cursor) -> list[tuple[Candidate, Why]]:
        with recollection.current(cursor) as memory:
            identical = invocations.completed_for(cursor, query_id(text))
            asked = vector(text) if recollection.model else None
            found = judging.judge(recollection, memory, text, asked, identical, phase, query_id(text))
            best = judging.best(found.candidates, 0.0, 50)
            whys = explaining.explain(recollection, memory, text, asked, identical, phase, best)
            return [(one, whys[one.skill_name]) for one in best]

    return store.read(job)


@pytest.mark.parametrize("seed", range(4))
def test_the_parts_sum_up_to_the_ranking_value_and_those_of_the_score_to_the_score(
    store: Store, model: Model | None, seed: int
) -> None:
    lived = History(store, model, seed)
    for _ in range(60):
        lived.step()
    describe(store, "never used", "builds and deploys")
    if model:
        embed_missing(store, model)
    recollection = Recollection(model)
    recollection.standings = {"skill-1": Standing(50, 1, 20.0)}
    if model:
        weights = np.random.default_rng(seed).normal(size=(2, DIMENSION + 1)).astype("<f4")
        recollection.classifier = Classifier(Fitted(model.model_id, ["skill-0", "skill-2"], weights.tobytes(), 9, True))
    store.read(recollection.learn)
    found = 0
    for text in ("build deploy", "merge the branch", lived.text(), lived.text()):
        for phase in (None, Phase("testing", 0.3), Phase("testing", 1.0)):
            for one, why in explained(store, recollection, text, phase):
                assert why.value == one.value
                assert sum(part.value for part in why.parts) == pytest.approx(one.value, abs=1e-6)
                assert sum(part.value for part in why.score_parts) == pytest.approx(one.score, abs=1e-6)
                assert len({part.name for part in why.parts}) == len(why.parts)
                assert all(part.note for part in (*why.parts, *why.score_parts))
                found += 1
    assert found


@pytest.mark.parametrize("seed", range(30))
def test_for_any_evidence_the_parts_sum_up_to_the_values(seed: int) -> None:
    random.seed(seed)
    generator, size = np.random.default_rng(seed), random.choice([1, 2, 5, 40])
    halves = (generator.random(size), generator.random(size)) if seed % 3 else None
    logit = generator.normal(size=size) if seed % 2 else None
    if logit is not None and seed % 5 == 0:
        logit[::2] = np.nan
    made = [generator.random(size), generator.random(size), logit, (generator.random(size) < 0.3).astype(float)]
    similarity = None if halves is None else halves[0] + halves[1]
    evidence = Evidence._make([similarity, *made, generator.normal(size=size), -generator.random(size)])
    setting = Setting(random.choice([0.0, 0.2]), random.choice([0.0, 0.5, 1.0]))
    found = explaining.parts(evidence, setting, halves)
    np.testing.assert_allclose(sum(found.values()), scoring.values(evidence, setting), atol=1e-9)


def test_the_nearest_past_uses_are_shown_the_nearest_first(store: Store, model: Model | None) -> None:
    for text in ("the build fails", "the build fails on monday", "the build is slow", "paint the fence"):
        used(store, "debugging", text, "completed")
    describe(store, "debugging", "finds out why the build fails")
    if model:
        embed_missing(store, model)
    [(_, why)] = explained(store, Recollection(model), "the build fails")
    assert [example.user_query for example, _ in why.examples][:2] == ["the build fails", "the build fails on monday"]
    assert len(why.examples) == 3
    similar = [similarity for _, similarity in why.examples]
    assert similar == sorted(similar, reverse=True)
    assert similar[0] == pytest.approx(1.0, abs=1e-5)


def test_by_words_nothing_is_said_of_meaning(store: Store) -> None:
    used(store, "debugging", "the build fails", "completed")
    used(store, "review", "the build is to be read", "completed")
    for _, why in explained(store, Recollection(None), "build"):
        assert {part.name for part in why.parts}.isdisjoint({NEAREST, OTHERS, NEW})
        assert WORDS in {part.name for part in why.parts}


def test_what_is_never_chosen_loses_by_that_part(store: Store, model: Model | None) -> None:
    used(store, "debugging", "the build fails", "completed")
    used(store, "review", "the build is to be read", "completed")
    if model:
        embed_missing(store, model)
    recollection = Recollection(model)
    recollection.standings = {"review": Standing(100, 0, 50.0)}
    found = {one.skill_name: why for one, why in explained(store, recollection, "the build is red")}
    values = {name: next(part.value for part in why.parts if part.name == CHOICE) for name, why in found.items()}
    assert values["debugging"] == 0
    assert values["review"] < 0

"""A recollection that follows its store knows what one knows that was built from the same rows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from session_buddy.ranking import recollection as room
from session_buddy.ranking.judging import Judgement, Phase
from session_buddy.ranking.parameters import KEPT
from session_buddy.ranking.recollection import STALE_LISTS, Recollection
from session_buddy.store import recommendations
from session_buddy.store.ids import new_id
from session_buddy.store.recommendations import Given
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor
from tests.ranking.history import WORDS, History, describe, embed_missing, judged, looked_at, model_of
from tests.store.filling import BEGIN, LIMIT, used, write

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
    return same_examples(one, other) and figures(one) == {
        "skills": {
            skill.skill_name: (skill.value, skill.score, skill.similarity, skill.tally, skill.identical)
            for skill in other.candidates
        },
        "fit": other.fit,
        "threshold": other.threshold,
    }


def same_examples(one: Judgement, other: Judgement) -> bool:
    """Whether the same invocation is shown wherever both show the same text; of texts of the same words either is."""
    shown = {(skill.skill_name, skill.text): skill.example for skill in one.candidates}
    return all(shown.get((skill.skill_name, skill.text), skill.example) == skill.example for skill in other.candidates)


def known(found: Judgement) -> dict[str, object]:
    """What a judgement says that does not depend on what was learned of the whole."""
    return {one.skill_name: (one.tally, one.identical, round(one.similarity, 4)) for one in found.candidates}


@pytest.fixture(params=["vectors", "words"])
def model(request: pytest.FixtureRequest, store: Store) -> Model | None:
    return model_of(store) if request.param == "vectors" else None


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 4))])
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


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_what_is_learned_of_the_whole_is_the_same_too(store: Store, model: Model | None, seed: int) -> None:
    history, following, anew = History(store, model, seed), Recollection(model), Recollection(model)
    for step in range(260):
        history.step()
        if step % 10 == 0:
            judged(store, following, ASKED[0])
    for one in (following, anew):
        store.read(one.learn)
    learned, expected = following.calibration, anew.calibration
    assert learned.threshold.queries == expected.threshold.queries > 0
    assert learned.threshold.value == pytest.approx(expected.threshold.value, abs=1e-3)
    assert learned.setting == pytest.approx(expected.setting, abs=1e-3)


def test_by_words_it_is_the_same_with_more_texts_than_are_kept(store: Store) -> None:
    following = Recollection(None)
    for number in range(KEPT + 30):
        text = f"{WORDS[number % len(WORDS)]} {WORDS[number // 7 % len(WORDS)]} number {number}"
        used(store, f"skill-{number % 10 // 9}", text, ("completed", "failed", None)[number % 3])
        used(store, "skill-0", f"{text} again")
        if number % 20 == 0:
            judged(store, following, ASKED[0])
    for text in (*ASKED, "merge number 7 again"):
        assert same(judged(store, following, text), judged(store, Recollection(None), text))


def test_while_it_learns_and_is_asked_in_many_threads_it_misses_nothing(store: Store, model: Model | None) -> None:
    history, following = History(store, model, 11), Recollection(model)
    for _ in range(40):
        history.step()
    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(judged, store, following, ASKED[number % len(ASKED)]) for number in range(24)]
        learning = [pool.submit(store.read, following.learn) for _ in range(3)]
        for _ in range(40):
            history.step()
        for judging in asking:
            judging.result(LIMIT)
        for learned in learning:
            learned.result(LIMIT)
    for text in ASKED:
        assert known(judged(store, following, text)) == known(judged(store, Recollection(model), text))


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


def test_whoever_is_not_patient_gets_the_memory_there_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_NEW", 5)
    following = Recollection(model_of(store))

    def seen(patient: bool) -> int:
        def job(cursor: Cursor) -> int:
            with following.current(cursor, patient) as memory:
                return sum(counts.overall.invocations for counts in memory.counts)

        return store.read(job)

    used(store, "debugging", "the build fails")
    assert seen(patient=False) == 1
    for number in range(20):
        used(store, "debugging", f"the build fails in {number} ways")
    assert [seen(patient=False), seen(patient=True), seen(patient=False)] == [1, 21, 21]


def test_how_lists_were_followed_is_learned_again_when_enough_happened(store: Store) -> None:
    following = Recollection(None)
    store.read(following.learn)
    assert following.standings == {}
    for number in range(STALE_LISTS // 2):
        answered(store, number, "review")
    store.read(following.learn)
    assert following.standings["debugging"].shown == STALE_LISTS // 2
    answered(store, STALE_LISTS, "debugging")
    store.read(following.learn)
    assert following.standings["debugging"].chosen == 0
    for number in range(STALE_LISTS):
        answered(store, 100 + number, "debugging")
    store.read(following.learn)
    assert following.standings["debugging"].chosen == STALE_LISTS + 1


def answered(store: Store, number: int, chosen: str) -> None:
    """A list of two skills, of which one was used then."""
    minute = 2 * number
    moment = BEGIN + timedelta(minutes=minute)
    given = Given(new_id(), None, "s", "p", None, "lexical", True, ["debugging", "review"], [0.9, 0.8], moment, moment)
    write(store, lambda cursor: recommendations.insert(cursor, given))
    used(store, chosen, minute=minute + 1)

"""A problem that is left out leaves nothing behind: not in meaning and words, not in counts."""

from typing import Any

import pytest

from session_buddy.ranking.evaluation import Asked, attempt, left_out
from session_buddy.ranking.recollection import Recollection
from session_buddy.store.ids import query_id
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model
from tests.ranking.history import describe, embed_missing, looked_at, model_of
from tests.store.filling import change, used

PAST = {
    "debugging": ["the build fails with an error", "a test fails at random", "the server crashes after login"],
    "review": ["please read my change", "is this merge request ready", "read the change to the login page"],
    "release-notes": ["tell people what changed"],
}
# A text of a skill with others, one that came three times, and the only one of a skill that is described.
CASES = [("debugging", "a test fails at random"), ("review", "please read my change"), ("release-notes", "tell people")]
OWN_WORDS = {"debugging": "find out why it fails", "release-notes": "write what changed for people"}


@pytest.fixture(params=["vectors", "words"])
def model(request: pytest.FixtureRequest, store: Store) -> Model | None:
    return model_of(store) if request.param == "vectors" else None


def fill(store: Store, model: Model | None) -> None:
    for skill, texts in PAST.items():
        for text in texts:
            used(store, skill, text, "completed")
    used(store, "review", "please read my change", "completed")
    used(store, "review", "please read my change", "abandoned")
    used(store, "debugging", "which skill is it", "failed")
    used(store, "debugging", None, "completed")
    for skill, text in OWN_WORDS.items():
        describe(store, skill, text)
    if model:
        embed_missing(store, model)


def row_of(memory: Any, text: str) -> int:
    return next(int(row) for row, known in memory.texts.items() if known.startswith(text))


def asked_anew(store: Store, model: Model | None, skill: str, text: str) -> dict[str, dict[str, float]]:
    """What is said of it when it is gone from the store, by skill."""
    ended = "DELETE FROM completion WHERE invocation_id IN (SELECT invocation_id FROM invocation WHERE query_id = ?)"
    change(store, ended, query_id(text))
    change(store, "DELETE FROM invocation WHERE query_id = ?", query_id(text))
    used(store, "marker", text, "completed")
    recollection = Recollection(model)

    def look(memory: Any) -> dict[str, dict[str, float]]:
        found = left_out(recollection, memory, memory.examples.find(memory.skill("marker"), query_id(text)))
        return by_name(memory, found)

    made = looked_at(store, recollection, look)
    assert isinstance(made, dict)
    return made


def by_name(memory: Any, found: Asked) -> dict[str, dict[str, float]]:
    evidence = found.evidence
    return {
        memory.names[skill]: {
            "similarity": 0.0 if evidence.similarity is None else float(evidence.similarity[at]),
            "tfidf": float(evidence.tfidf[at]),
            "cold": float(evidence.cold[at]),
            "rate": float(evidence.rate[at]),
            "uses": float(found.uses[at]),
        }
        for at, skill in enumerate(found.chosen)
        if memory.names[skill] != "marker"
    }


@pytest.mark.parametrize(("skill", "beginning"), CASES)
def test_it_is_judged_as_by_a_memory_that_never_had_it(
    store: Store, model: Model | None, skill: str, beginning: str
) -> None:
    fill(store, model)
    text = next(one for one in PAST[skill] if one.startswith(beginning))
    recollection = Recollection(model)

    def look(memory: Any) -> dict[str, dict[str, float]]:
        return by_name(memory, left_out(recollection, memory, row_of(memory, text)))

    without = looked_at(store, recollection, look)
    anew = asked_anew(store, model, skill, text)
    assert isinstance(without, dict)
    assert without.keys() == anew.keys()
    for name, figures in anew.items():
        for exact in ("cold", "uses"):
            assert without[name][exact] == figures[exact], (name, exact)
        assert without[name]["rate"] == pytest.approx(figures["rate"], abs=1e-9)
        # The share of the nearest, and the idf, depend a little on how many examples there are.
        assert without[name]["similarity"] == pytest.approx(figures["similarity"], abs=0.02)
        assert without[name]["tfidf"] == pytest.approx(figures["tfidf"], abs=0.1)


def test_leaving_out_changes_nothing_for_those_who_come_after(store: Store, model: Model | None) -> None:
    fill(store, model)
    recollection = Recollection(model)

    def look(memory: Any) -> list[Any]:
        before = [counts.overall for counts in memory.counts]
        first = attempt(recollection, memory, row_of(memory, "please read"), None)
        again = attempt(recollection, memory, row_of(memory, "please read"), None)
        return [first == again, before == [counts.overall for counts in memory.counts]]

    assert looked_at(store, recollection, look) == [True, True]


def test_the_nearest_and_the_most_used_are_what_their_names_say(store: Store, model: Model | None) -> None:
    fill(store, model)
    recollection = Recollection(model)
    found = looked_at(
        store, recollection, lambda memory: attempt(recollection, memory, row_of(memory, "read the change to"), None)
    )
    assert found is not None
    # "please read my change" is the nearest; debugging was used five times, review four times besides this one.
    assert (found.nearest, found.most_used) == (1, 2)  # type: ignore[attr-defined]

"""Vectors of texts, and similarities to them, against the same computed by hand."""

from collections import defaultdict
from uuid import UUID

import numpy as np
import pytest

from session_buddy.store import catalogue, invocations, queries, vectors
from session_buddy.store.ids import query_id
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model, SkillSimilarity, Vectors
from session_buddy.store.writing import Cursor
from tests.store.filling import change, ending_of, rows, use, used, write

DIMENSION = 48
BAD_WEIGHT = 0.25
CLOSE = 1e-5
OUTCOMES = ("completed", "failed", "abandoned", None)

Example = tuple[str, str, bool]


def unit(text: str) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """A made-up vector of a text: always the same, of length 1."""
    vector = np.random.default_rng(query_id(text).int % 2**32).normal(size=DIMENSION)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def units(texts: list[str]) -> Vectors:
    return np.stack([unit(text) for text in texts])


def model_of(store: Store, name: str = "model", dimension: int = DIMENSION) -> Model:
    return write(store, lambda cursor: vectors.ensure_model(cursor, name, dimension))


def keep(store: Store, model: Model, texts: list[str]) -> None:
    ids: list[UUID] = [query_id(text) for text in texts]
    write(store, lambda cursor: vectors.insert(cursor, model, ids, units(texts)))


def embed_all(store: Store, model: Model) -> None:
    keep(store, model, [text for _, text in store.read(lambda cursor: vectors.missing(cursor, model, 10_000))])


def similarities(store: Store, model: Model, text: str) -> dict[str, SkillSimilarity]:
    vector: list[float] = unit(text).tolist()
    found = store.read(lambda cursor: vectors.similarities(cursor, model, vector, BAD_WEIGHT))
    assert len({one.skill_name for one in found}) == len(found)
    return {one.skill_name: one for one in found}


def mean_lengths(store: Store, model: Model, *skills: str) -> dict[str, float]:
    return store.read(lambda cursor: vectors.mean_lengths(cursor, model, list(skills), BAD_WEIGHT))


def coverage(store: Store, model: Model | None) -> tuple[int, int]:
    return store.read(lambda cursor: vectors.coverage(cursor, model))


def end(store: Store, identity: UUID, outcome: str) -> None:
    write(store, lambda cursor: invocations.complete(cursor, ending_of(identity, outcome)))


def describe(store: Store, skill: str, description: str) -> None:
    def job(cursor: Cursor) -> bool:
        return catalogue.put(cursor, skill, queries.remember(cursor, description), "test", "p")

    write(store, job)


def fill(store: Store) -> list[Example]:
    """Uses of five skills with every outcome, texts used several times, and descriptions."""
    examples: list[Example] = []
    random = np.random.default_rng(7)

    def job(cursor: Cursor) -> None:
        for _ in range(60):
            skill, text = f"skill {random.integers(4)}", f"problem {random.integers(25)}"
            outcome = OUTCOMES[random.integers(4)]
            use(cursor, skill, text, outcome)
            examples.append((skill, text, outcome in ("completed", None)))

    write(store, job)
    for skill in ("skill 0", "never used"):
        describe(store, skill, f"what {skill} does")
        examples.append((skill, f"what {skill} does", True))
    used(store, "without a text", None, "completed")
    return examples


def by_skill(examples: list[Example]) -> dict[str, list[tuple[str, float]]]:
    found = defaultdict(list)
    for skill, text, good in examples:
        found[skill].append((text, 1.0 if good else BAD_WEIGHT))
    return found


@pytest.fixture
def model(store: Store) -> Model:
    return model_of(store)


def test_similarities_are_what_numpy_computes(store: Store, model: Model) -> None:
    examples = fill(store)
    embed_all(store, model)
    asked = unit("a new problem").astype(np.float64)
    found = similarities(store, model, "a new problem")
    expected = by_skill(examples)
    assert set(found) == set(expected)
    for skill, members in expected.items():
        cosines = {text: float(asked @ unit(text)) for text, _ in members}
        good = [cosines[text] for text, weight in members if weight == 1.0]
        one = found[skill]
        assert one.weighted_sum == pytest.approx(sum(cosines[text] * weight for text, weight in members), abs=CLOSE)
        assert one.weight == pytest.approx(sum(weight for _, weight in members), abs=CLOSE)
        assert one.nearest == pytest.approx(max(cosines.values()), abs=CLOSE)
        assert one.nearest_good == pytest.approx(max(good) if good else None, abs=CLOSE)
        assert one.nearest_query == query_id(max(cosines, key=lambda text: cosines[text]))


def test_mean_lengths_are_what_numpy_computes(store: Store, model: Model) -> None:
    examples = fill(store)
    embed_all(store, model)
    expected = by_skill(examples)
    found = mean_lengths(store, model, *expected)
    assert set(found) == set(expected)
    for skill, members in expected.items():
        total = sum((weight * unit(text).astype(np.float64) for text, weight in members), np.zeros(DIMENSION))
        assert found[skill] == pytest.approx(np.linalg.norm(total) / sum(w for _, w in members), abs=CLOSE)


def test_the_two_parts_make_the_cosine_to_the_centroid(store: Store, model: Model) -> None:
    for text in ("one", "two", "two", "three"):
        used(store, "debugging", text, "completed")
    embed_all(store, model)
    centroid = np.mean(units(["one", "two", "two", "three"]).astype(np.float64), axis=0)
    cosine = float(centroid @ unit("asked") / np.linalg.norm(centroid))
    one, length = similarities(store, model, "asked")["debugging"], mean_lengths(store, model, "debugging")["debugging"]
    assert one.weighted_sum / one.weight / length == pytest.approx(cosine, abs=CLOSE)


def test_only_the_lengths_asked_for_are_computed(store: Store, model: Model) -> None:
    used(store, "debugging", "one")
    used(store, "testing", "two")
    embed_all(store, model)
    assert mean_lengths(store, model, "testing", "unknown") == {"testing": pytest.approx(1.0, abs=CLOSE)}
    assert mean_lengths(store, model) == {}


def test_a_skill_with_nothing_but_failures_has_no_nearest_good_example(store: Store, model: Model) -> None:
    used(store, "debugging", "one", "failed")
    embed_all(store, model)
    one = similarities(store, model, "one")["debugging"]
    assert one.nearest_good is None
    assert one.nearest == pytest.approx(1.0, abs=CLOSE)
    assert one.weight == BAD_WEIGHT


def test_the_same_text_has_similarity_one(store: Store, model: Model) -> None:
    used(store, "debugging", "one")
    embed_all(store, model)
    assert similarities(store, model, "one")["debugging"].nearest == pytest.approx(1.0, abs=CLOSE)


def test_texts_without_a_vector_do_not_count(store: Store, model: Model) -> None:
    used(store, "debugging", "one")
    keep(store, model, ["one"])
    used(store, "debugging", "not embedded")
    used(store, "testing", "not embedded either")
    found = similarities(store, model, "asked")
    assert {skill: one.weight for skill, one in found.items()} == {"debugging": 1.0}


@pytest.mark.parametrize("outcome", ["failed", "abandoned"])
def test_the_state_of_a_skill_changes_with_an_outcome(store: Store, model: Model, outcome: str) -> None:
    identity = used(store, "debugging", "one")
    used(store, "debugging", "two")
    embed_all(store, model)
    before = similarities(store, model, "asked")["debugging"].state
    assert similarities(store, model, "something else")["debugging"].state == before
    end(store, identity, outcome)
    assert similarities(store, model, "asked")["debugging"].state != before


def test_the_state_of_a_skill_changes_when_two_uses_for_the_same_text_fail(store: Store, model: Model) -> None:
    again = [used(store, "debugging", "one"), used(store, "debugging", "one")]
    used(store, "debugging", "two")
    embed_all(store, model)
    before, length = similarities(store, model, "asked")["debugging"].state, mean_lengths(store, model, "debugging")
    for identity in again:
        end(store, identity, "failed")
    assert mean_lengths(store, model, "debugging") != length
    assert similarities(store, model, "asked")["debugging"].state != before


def test_the_state_of_a_skill_changes_with_a_new_example(store: Store, model: Model) -> None:
    used(store, "debugging", "one")
    embed_all(store, model)
    before = similarities(store, model, "asked")["debugging"].state
    used(store, "debugging", "one")
    assert similarities(store, model, "asked")["debugging"].state != before


def test_a_vector_that_is_kept_already_stays_the_only_one(store: Store, model: Model) -> None:
    used(store, "debugging", "one")
    keep(store, model, ["one"])
    keep(store, model, ["one", "two"])
    assert rows(store, f"SELECT count(*), count(DISTINCT query_id) FROM vector_{model.model_id}") == [(2, 2)]


def test_an_id_that_comes_twice_in_one_batch_gets_one_vector(store: Store, model: Model) -> None:
    keep(store, model, ["one", "one"])
    assert rows(store, f"SELECT count(*) FROM vector_{model.model_id}") == [(1,)]


def test_vectors_come_back_in_the_order_of_their_ids(store: Store, model: Model) -> None:
    texts = [f"text {number}" for number in range(700)]
    keep(store, model, texts)
    stored = dict(rows(store, f"SELECT query_id, vector FROM vector_{model.model_id}"))
    assert len(stored) == len(texts)
    for text in texts:
        np.testing.assert_array_equal(np.asarray(stored[query_id(text)], dtype=np.float32), unit(text))


def test_a_vector_that_is_stored_twice_changes_no_answer(store: Store, model: Model) -> None:
    fill(store)
    embed_all(store, model)
    before, lengths = similarities(store, model, "asked"), mean_lengths(store, model, "skill 0", "skill 1")
    change(
        store, f"INSERT INTO vector_{model.model_id} SELECT * FROM vector_{model.model_id} WHERE hash(query_id) % 3 = 0"
    )
    after = similarities(store, model, "asked")
    assert {skill: one.weight for skill, one in after.items()} == {skill: one.weight for skill, one in before.items()}
    assert mean_lengths(store, model, "skill 0", "skill 1") == pytest.approx(lengths, abs=CLOSE)


def test_an_end_that_is_stored_twice_changes_no_similarity(store: Store, model: Model) -> None:
    identity = used(store, "debugging", "one", "failed")
    used(store, "debugging", "two", "completed")
    embed_all(store, model)
    before = similarities(store, model, "asked")
    end(store, identity, "failed")
    assert similarities(store, model, "asked") == before


def test_what_has_no_vector_yet_is_missing_if_it_is_in_use(store: Store, model: Model) -> None:
    used(store, "debugging", "one")
    used(store, "debugging", "two")
    describe(store, "testing", "three")
    write(store, lambda cursor: queries.remember(cursor, "in use by nothing"))
    keep(store, model, ["two"])
    missing = store.read(lambda cursor: vectors.missing(cursor, model, 10))
    assert dict(missing) == {query_id("one"): "one", query_id("three"): "three"}
    assert len(store.read(lambda cursor: vectors.missing(cursor, model, 1))) == 1


def test_without_a_model_everything_in_use_is_missing(store: Store) -> None:
    used(store, "debugging", "one")
    describe(store, "testing", "two")
    write(store, lambda cursor: queries.remember(cursor, "in use by nothing"))
    missing = store.read(lambda cursor: vectors.missing(cursor, None, 10))
    assert {text for _, text in missing} == {"one", "two"}
    assert coverage(store, None) == (2, 0)


def test_coverage_counts_each_text_in_use_once(store: Store, model: Model) -> None:
    assert coverage(store, model) == (0, 0)
    for text in ("one", "one", "two", "three"):
        used(store, "debugging", text)
    describe(store, "testing", "one")
    keep(store, model, ["one", "three", "in use by nothing"])
    assert coverage(store, model) == (3, 2)
    embed_all(store, model)
    assert coverage(store, model) == (3, 3)


def test_a_model_is_found_by_its_name_once_it_is_there(store: Store) -> None:
    assert store.read(lambda cursor: vectors.find_model(cursor, "model")) is None
    model = model_of(store)
    assert model_of(store) == model
    assert store.read(lambda cursor: vectors.find_model(cursor, "model")) == model
    assert model.dimension == DIMENSION


def test_a_model_whose_dimension_changed_is_a_new_model(store: Store) -> None:
    old, new = model_of(store), model_of(store, dimension=8)
    assert old.model_id != new.model_id
    assert store.read(lambda cursor: vectors.find_model(cursor, "model")) == new


def test_the_vectors_of_an_older_model_answer_until_the_newer_one_covers_enough(store: Store) -> None:
    for text in ("one", "two", "three", "four"):
        used(store, "debugging", text)
    old = model_of(store, "old")
    keep(store, old, ["one", "two", "three", "four"])
    new = model_of(store, "new")
    keep(store, new, ["one", "two"])
    assert store.read(lambda cursor: vectors.covering(cursor, 0.9)) == old
    assert store.read(lambda cursor: vectors.covering(cursor, 0.5)) == new
    keep(store, new, ["three", "four"])
    assert store.read(lambda cursor: vectors.covering(cursor, 0.9)) == new


def test_no_model_covers_texts_that_none_has_embedded(store: Store, model: Model) -> None:
    used(store, "debugging", "one")
    assert store.read(lambda cursor: vectors.covering(cursor, 0.9)) is None


def test_vectors_outlive_the_process(store: Store, model: Model) -> None:
    used(store, "debugging", "one", "completed")
    embed_all(store, model)
    before = similarities(store, model, "asked")
    path = store.path
    store.close()
    again = Store.open(path)
    try:
        assert similarities(again, model, "asked") == before
    finally:
        again.close()

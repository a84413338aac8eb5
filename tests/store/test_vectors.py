"""Vectors of texts, per embedding model."""

from uuid import UUID

import numpy as np
import pytest

from session_buddy.store import catalogue, queries, vectors
from session_buddy.store.catalogue import Entry
from session_buddy.store.ids import query_id
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model, Vectors
from session_buddy.store.writing import Cursor
from tests.store.filling import change, rows, used, write

DIMENSION = 48


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


def coverage(store: Store, model: Model | None) -> tuple[int, int]:
    return store.read(lambda cursor: vectors.coverage(cursor, model))


def describe(store: Store, skill: str, description: str) -> None:
    def job(cursor: Cursor) -> bool:
        text = queries.remember(cursor, description)
        return catalogue.put(cursor, Entry(skill, text, text, "test", "p"))

    write(store, job)


@pytest.fixture
def model(store: Store) -> Model:
    return model_of(store)


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


def test_the_vectors_asked_for_are_given_and_no_others(store: Store, model: Model) -> None:
    keep(store, model, ["one", "two", "three"])
    asked = [query_id(text) for text in ("one", "three", "of no vector")]
    found = store.read(lambda cursor: vectors.of(cursor, model, asked))
    assert set(found) == {query_id("one"), query_id("three")}
    np.testing.assert_array_equal(found[query_id("three")], unit("three"))


def test_a_vector_that_is_stored_twice_is_given_once(store: Store, model: Model) -> None:
    keep(store, model, ["one"])
    change(store, f"INSERT INTO vector_{model.model_id} SELECT * FROM vector_{model.model_id}")
    found = store.read(lambda cursor: vectors.of(cursor, model, [query_id("one")]))
    np.testing.assert_array_equal(found[query_id("one")], unit("one"))


def test_vectors_outlive_the_process(store: Store, model: Model) -> None:
    keep(store, model, ["one"])
    path = store.path
    store.close()
    again = Store.open(path)
    try:
        found = again.read(lambda cursor: vectors.of(cursor, model, [query_id("one")]))
    finally:
        again.close()
    np.testing.assert_array_equal(found[query_id("one")], unit("one"))

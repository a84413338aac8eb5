"""Classifiers as they are kept, one per model."""

from pathlib import Path

import numpy as np

from session_buddy.store import classifiers
from session_buddy.store.classifiers import Fitted
from session_buddy.store.store import Store
from tests.store.filling import rows, write

WEIGHTS = np.arange(6, dtype="<f4").tobytes()
FITTED = Fitted(1, ["debugging", "données"], WEIGHTS, 20, True)


def put(store: Store, fitted: Fitted) -> None:
    write(store, lambda cursor: classifiers.put(cursor, fitted))


def find(store: Store, model_id: int) -> Fitted | None:
    return store.read(lambda cursor: classifiers.find(cursor, model_id))


def test_what_was_kept_is_found_as_it_was(store: Store) -> None:
    put(store, FITTED)
    assert find(store, 1) == FITTED


def test_a_new_classifier_takes_the_place_of_the_old_one(store: Store) -> None:
    put(store, FITTED)
    newer = FITTED._replace(skills=["review"], weights=WEIGHTS[:12], examples=30, joins=False)
    put(store, newer)
    assert find(store, 1) == newer
    assert rows(store, "SELECT count(*) FROM classifier") == [(1,)]


def test_every_model_has_its_own(store: Store) -> None:
    other = FITTED._replace(model_id=2, examples=7)
    put(store, FITTED)
    put(store, other)
    assert (find(store, 1), find(store, 2), find(store, 3)) == (FITTED, other, None)


def test_a_classifier_outlives_the_process(store: Store, path: Path) -> None:
    put(store, FITTED)
    store.close()
    again = Store.open(str(path))
    try:
        assert find(again, 1) == FITTED
    finally:
        again.close()

"""The coaching room over a real store."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.store.store import Store
from tests.coaching.room import Room


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new store, closed: a copy of it is opened sooner than one is made."""
    path = tmp_path_factory.mktemp("empty") / "session_buddy.duckdb"
    Store.open(str(path)).close()
    return path


@pytest.fixture
def room(tmp_path: Path, empty_store: Path) -> Iterator[Room]:
    path = tmp_path / "session_buddy.duckdb"
    shutil.copy(empty_store, path)
    store = Store.open(str(path))
    yield Room(store)
    store.close()

"""An open store for the tests of this room."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.store.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies, or will lie."""
    return tmp_path / "session_buddy.duckdb"


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new store, closed: a copy of it is opened sooner than one is made."""
    path = tmp_path_factory.mktemp("empty") / "session_buddy.duckdb"
    Store.open(str(path)).close()
    return path


@pytest.fixture
def store(path: Path, empty_store: Path) -> Iterator[Store]:
    shutil.copy(empty_store, path)
    store = Store.open(str(path))
    yield store
    store.close()

"""An open store for the tests of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.store.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies, or will lie."""
    return tmp_path / "session_buddy.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store.open(str(path))
    yield store
    store.close()

"""An open store for the tests of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.store.store import Store
from tests.skills.pasts import opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "store.duckdb") as store:
        yield store

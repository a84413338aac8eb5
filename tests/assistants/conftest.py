"""A ground of its own for every test."""

from pathlib import Path

import pytest

from tests.assistants.ground import Ground


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)

"""A tracker on a store of its own, in this process, with the settings of the test's place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy import SkillsTracker
from tests.system.processes import Place


@pytest.fixture
def here(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This process has the place's environment and works in its project."""
    for name in ("CLAUDE_CODE_SESSION_ID", "CLAUDE_PROJECT_DIR", "SESSION_BUDDY_SESSION_ID", "SESSION_BUDDY_STORE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in place.environment.items():
        if name.startswith("SESSION_BUDDY"):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(place.project)
    return place


@pytest.fixture
def store(here: Place, tmp_path: Path) -> Path:
    return Path(here.store)


@pytest.fixture
def tracker(here: Place, store: Path) -> Iterator[SkillsTracker]:
    with SkillsTracker("monday", store=store) as tracker:
        yield tracker

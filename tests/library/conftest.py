"""A tracker on a store of its own, in this process, with the settings of the test's place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy import SkillsTracker
from tests.library.coached import new_name
from tests.system.processes import Place, leave_no_hub, new_place

OWN = ("CLAUDE_CODE_SESSION_ID", "CLAUDE_PROJECT_DIR", "SESSION_BUDDY_SESSION_ID", "SESSION_BUDDY_STORE")


def enter(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OWN:
        monkeypatch.delenv(name, raising=False)
    for name, value in place.environment.items():
        if name.startswith("SESSION_BUDDY"):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(place.project)


@pytest.fixture
def here(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This process has the place's environment and works in its project."""
    enter(place, monkeypatch)
    return place


@pytest.fixture
def store(here: Place, tmp_path: Path) -> Path:
    return Path(here.store)


@pytest.fixture
def tracker(here: Place, store: Path) -> Iterator[SkillsTracker]:
    with SkillsTracker("monday", store=store) as tracker:
        yield tracker


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place with one hub for the tests of a module; each uses workflows of its own, named by `workflow`."""
    place = new_place(tmp_path_factory.mktemp("shared") / "project")
    with pytest.MonkeyPatch.context() as monkeypatch:
        enter(place, monkeypatch)
        yield place
    leave_no_hub(place)


@pytest.fixture
def workflow() -> str:
    """A workflow that no other test knows."""
    return new_name()

"""Fixtures that every room's tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.processes import Place, leave_no_hub, new_place


@pytest.fixture(scope="session", autouse=True)
def data_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder for the whole run, so that no store of a test is registered in the user's own."""
    folder = tmp_path_factory.mktemp("data-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        yield folder


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A project of its own; no hub outlives it."""
    place = new_place(tmp_path / "project")
    yield place
    leave_no_hub(place)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: there, everything a test needs is at hand."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("skipped tests are failures in CI")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

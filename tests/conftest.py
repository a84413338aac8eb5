"""Fixtures that every room's tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.processes import Place, leave_no_hub


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A project of its own, with the environment that processes of ours are started with; no hub outlives it."""
    project = tmp_path / "project"
    project.mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SESSION_BUDDY", "CLAUDE"))}
    place = Place(project, kept | {"SESSION_BUDDY_LINGER": "1", "SESSION_BUDDY_EMBEDDER": "off"})
    yield place
    leave_no_hub(place)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: there, everything a test needs is at hand."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("skipped tests are failures in CI")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

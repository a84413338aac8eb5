"""The demo, which is the first thing anybody sees."""

import os

import psutil
import pytest

from tests.system.processes import Place, run


@pytest.mark.slow
@pytest.mark.model
def test_the_demo_recommends_what_a_person_would_choose_and_leaves_nothing_behind(place: Place) -> None:
    done = run(place.with_variables(SESSION_BUDDY_EMBEDDER="sentence-transformers"), "demo")
    assert done.returncode == 0, done.stderr
    assert "213 invocations imported" in done.stdout
    assert "For 5 of 5 problems" in done.stdout
    for skill in ("performance-profiling", "dependency-upgrade", "git-history-surgery", "security-audit"):
        assert skill in done.stdout
    assert not [one for one in psutil.process_iter() if "session-buddy-demo" in _store_of(one)]


def _store_of(process: psutil.Process) -> str:
    try:
        return process.environ().get("SESSION_BUDDY_STORE", "") if process.pid != os.getpid() else ""
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return ""

"""No process of ours runs code, or obeys a configuration, that lies in the project it works for.

Every hostile module writes a line into a file, so an empty file shows that none was loaded by any process.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from tests.system.processes import (
    COMMAND,
    LIMIT,
    Place,
    Window,
    eventually,
    leave_no_hub,
    new_place,
    processes_of,
    run,
    running,
)

pytestmark = pytest.mark.slow

MODULES = (
    "duckdb", "json", "socket", "sitecustomize", "usercustomize", "typing_extensions", "session_buddy_evil", "startup",
)  # fmt: skip
PACKAGES = ("numpy", "encodings", "matplotlib", "sklearn", "mcp", "uvicorn", "pydantic", "session_buddy", "anyio")
PROGRAMS = ("xdg-open", "git", "fc-list", "latex", "uname", "firefox")
MATPLOTLIBRC = "text.usetex: True\nbackend: module://session_buddy_evil\ntext.latex.preamble: \\input{/etc/hostname}\n"
# As an assistant may pass them on: relative names, which mean the project.
VARIABLES = {
    "PYTHONPATH": ".", "PYTHONSTARTUP": "startup.py", "PYTHONUSERBASE": "userbase", "PYTHONPYCACHEPREFIX": "cache",
    "PYTHONBREAKPOINT": "session_buddy_evil.run", "PYTHONWARNINGS": "ignore::session_buddy_evil.Warning",
    "MATPLOTLIBRC": ".", "MPLCONFIGDIR": ".", "PATH": f".:{os.environ['PATH']}:", "LD_LIBRARY_PATH": ".",
}  # fmt: skip
USER_SITE = f"userbase/lib/python3.{sys.version_info.minor}/site-packages"
# Python imports `encodings` when it has neither `open` nor a codec yet.
TRAP = """
import posix
trap = posix.open(MARKER, posix.O_WRONLY | posix.O_CREAT | posix.O_APPEND, 0o600)
posix.write(trap, __name__.encode() + b"\\n")
posix.close(trap)
"""
FIT = """
import asyncio, numpy
from session_buddy.ranking import classifier
from session_buddy.ranking.fitting import Examples
skill = numpy.repeat(numpy.arange(2, dtype="<i4"), 8)
vectors = numpy.eye(16, dtype="<f4")
taught = classifier.Lesson(["a", "b"], Examples(skill, numpy.zeros(16, bool), vectors), numpy.arange(16))
assert asyncio.run(classifier.fitted(taught, 1)) is not None
assert asyncio.run(classifier.unseen(taught)) is not None
"""


class Hostile(NamedTuple):
    """A project full of traps, and the file that they write to."""

    place: Place
    marker: Path

    def spring(self) -> str:
        return self.marker.read_text(encoding="utf-8") if self.marker.exists() else ""

    def isolated(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command whose own process ignores the variables, which it passes on to its children."""
        command = [sys.executable, "-I", "-m", "session_buddy", *arguments]
        return subprocess.run(
            command, env=self.place.environment, cwd=self.place.project, input=stdin, capture_output=True, text=True,
            timeout=100, check=False,
        )  # fmt: skip


def set_traps(folder: Path, marker: Path) -> None:
    """Put modules, packages, programs and configuration files into a folder, all of which tell when they are used."""
    code = TRAP.replace("MARKER", repr(os.fsencode(marker)))
    for name in MODULES:
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    for name in PACKAGES:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(code, encoding="utf-8")
    site = folder / USER_SITE
    site.mkdir(parents=True)
    for trap in (folder / "trap.pth", site / "trap.pth"):
        trap.write_text(f"import os; open({str(marker)!r}, 'a').write('a .pth file')\n", encoding="utf-8")
    (site / "usercustomize.py").write_text(code, encoding="utf-8")
    (folder / "pyvenv.cfg").write_text("home = /nowhere\ninclude-system-site-packages = false\n", encoding="utf-8")
    (folder / "matplotlibrc").write_text(MATPLOTLIBRC, encoding="utf-8")
    for name in PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\necho {name} >> '{marker}'\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    model = folder / "sentence-transformers" / "all-MiniLM-L6-v2"
    model.mkdir(parents=True)
    (model / "modules.json").write_text(json.dumps([{"idx": 0, "type": "session_buddy_evil.Run", "path": ""}]))


def history(count: int) -> str:
    """Lines of past uses, each with a text of its own."""
    return "".join(
        json.dumps(
            {
                "skill_name": ("debugging", "planning", "review")[number % 3],
                "invoked_at": f"2026-01-{number + 1:02}T03:04:05Z",
                "user_query": f"problem {number} of kind {number % 3}",
                "workflow_phase": "work",
                "completed": True,
                "session_id": "past",
            }
        )
        + "\n"
        for number in range(count)
    )


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Hostile]:
    """A project with a store of ours in it, to which traps were added later, beside the store too."""
    place = new_place(tmp_path / "project").with_variables(
        SESSION_BUDDY_EMBEDDER="hashing", SESSION_BUDDY_LINGER="30", HOME=str(tmp_path / "home")
    )
    (tmp_path / "home").mkdir()
    with Window(place) as window:
        window.initialize()
        for skill, query in (("debugging", "the tests fail"), ("planning", "a new feature"), ("review", "read this")):
            window.call("track_skill", skill_name=skill, user_query=query, workflow_phase="work")
    assert run(place, "hub", "stop").returncode == 0
    marker = tmp_path / "marker"
    for folder in (place.project, place.store.parent):
        set_traps(folder, marker)
    yield Hostile(place, marker)
    leave_no_hub(place)


@pytest.fixture
def inherited(hostile: Hostile) -> Hostile:
    """The same, where processes inherit variables that lead into the project."""
    return Hostile(hostile.place.with_variables(**VARIABLES), hostile.marker)


def test_the_traps_catch_a_process_that_is_not_careful(inherited: Hostile) -> None:
    program = [sys.executable, "-c", "import duckdb"]
    project = inherited.place.project
    subprocess.run(program, cwd=project, env=inherited.place.environment, check=False, capture_output=True)
    assert "encodings" in inherited.spring()
    shutil.rmtree(project / "encodings")
    subprocess.run(program, cwd=project, env=inherited.place.environment, check=False)
    assert "sitecustomize" in inherited.spring()
    inherited.marker.unlink()
    clean = {"PATH": f".:{os.environ['PATH']}"}
    subprocess.run([sys.executable, "-c", "import duckdb"], cwd=inherited.place.project, env=clean, check=False)
    assert "duckdb" in inherited.spring()
    subprocess.run(["/bin/sh", "-c", "git"], cwd=inherited.place.project, env=clean, check=False)
    assert "git" in inherited.spring()


def test_a_session_with_its_hub_and_worker_springs_none(inherited: Hostile) -> None:
    place = inherited.place
    with Window(place, ["-I", "-m", "session_buddy"], program=sys.executable) as window:
        window.initialize()
        window.track("debugging", "the tests fail again")
    done = inherited.isolated("recommend", "--wait-for-model", "--json", "the tests fail")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ranking"] != "lexical"
    started = [process for process in processes_of(place) if process.is_running()]
    assert {process.cwd() for process in started} == {"/"}
    assert running(place, "session_buddy.embedding.worker")
    assert inherited.spring() == ""


def test_a_window_started_in_the_project_springs_none(hostile: Hostile) -> None:
    with Window(hostile.place) as window:
        window.initialize()
        window.track("debugging", "the tests fail again")
        window.call("recommend_skills", user_query="the tests fail")
    assert psutil.Process(hostile.place.hub_pid()).cwd() == "/"
    assert hostile.spring() == ""


def test_a_standalone_server_springs_none(hostile: Hostile) -> None:
    with Window(hostile.place, ["serve", "--standalone"]) as window:
        window.initialize()
        window.track("debugging", "the tests fail again")
        window.call("recommend_skills", user_query="the tests fail")
    assert hostile.spring() == ""


def test_a_hook_springs_none(inherited: Hostile) -> None:
    event = {
        "session_id": "s", "hook_event_name": "UserPromptSubmit", "prompt": "x", "cwd": str(inherited.place.project)
    }  # fmt: skip
    assert inherited.isolated("hook", stdin=json.dumps(event)).returncode == 0
    direct = subprocess.run(
        [COMMAND, "hook"], input=json.dumps(event), text=True, cwd=inherited.place.project, timeout=LIMIT, check=False,
        env={name: value for name, value in inherited.place.environment.items() if not name.startswith("PYTHON")},
    )  # fmt: skip
    assert direct.returncode == 0
    assert inherited.spring() == ""


def test_a_command_springs_none(inherited: Hostile) -> None:
    (inherited.place.project / "history.jsonl").write_text(history(1), encoding="utf-8")
    for line in (
        "import history.jsonl", "export", "export --format csv --out tables", "export --format parquet --out tables",
        "backup copy.duckdb", "restore copy.duckdb", "forget --skill planning --yes", "hub stop", "recover", "doctor",
    ):  # fmt: skip
        done = inherited.isolated(*line.split())
        assert done.returncode == 0 or line == "doctor", done.stderr
        assert (line, inherited.spring()) == (line, "")


def test_a_picture_obeys_no_configuration_of_the_project(inherited: Hostile) -> None:
    assert inherited.isolated("import", "-", "--wait-for-model", stdin=history(30)).returncode == 0
    for command, name in (("heatmap", "heat.png"), ("evaluate", "fit.svg")):
        done = inherited.isolated(command, "--out", name)
        assert done.returncode == 0, done.stderr
        assert (inherited.place.project / name).stat().st_size > 1000
    assert inherited.spring() == ""


def test_processes_that_fit_a_classifier_spring_none(inherited: Hostile) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", FIT], cwd=inherited.place.project, env=inherited.place.environment,
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert inherited.spring() == ""


def test_the_dashboard_springs_none(inherited: Hostile) -> None:
    done = inherited.isolated("dashboard", "--no-open", "--json")
    assert done.returncode == 0, done.stderr
    assert psutil.Process(json.loads(done.stdout)["pid"]).cwd() == "/"
    assert inherited.isolated("dashboard", "--stop").returncode == 0
    assert inherited.spring() == ""


def test_the_demo_springs_none(inherited: Hostile) -> None:
    done = inherited.isolated("demo")
    assert "The first of them is used and completed" in done.stdout, done.stderr
    assert inherited.spring() == ""


def test_python_with_our_module_loads_nothing_from_its_folder(hostile: Hostile) -> None:
    shutil.rmtree(hostile.place.project / "session_buddy")  # which Python itself would load, before any line of ours
    for arguments in (["export"], ["recover"], ["hub", "status"]):
        command = [sys.executable, "-m", "session_buddy", *arguments]
        done = subprocess.run(
            command, env=hostile.place.environment, cwd=hostile.place.project, capture_output=True, text=True,
            timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
    assert "duckdb" not in hostile.spring()
    assert "matplotlib" not in hostile.spring()


@pytest.mark.model
def test_a_bare_model_name_is_no_folder_of_the_project(inherited: Hostile) -> None:
    place = inherited.place.with_variables(SESSION_BUDDY_EMBEDDER="sentence-transformers")
    done = Hostile(place, inherited.marker).isolated("recommend", "--wait-for-model", "--json", "the tests fail")
    assert done.returncode == 0, done.stderr
    assert "folder given" not in Hostile(place, inherited.marker).isolated("hub", "status", "--json").stdout
    assert inherited.spring() == ""


def test_a_model_folder_means_the_folder_of_the_caller(hostile: Hostile) -> None:
    place = hostile.place.with_variables(SESSION_BUDDY_MODEL="./models/mine")
    assert run(place, "metrics").returncode == 0
    (hub,) = running(place, "session_buddy.hub")
    assert hub.environ()["SESSION_BUDDY_MODEL"] == str(place.project / "models" / "mine")
    eventually(place.hub_runs)

"""A child process gets no variable and no working directory that lead to code of a project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from session_buddy.common import child_process
from session_buddy.settings import child_environment

SHOW = "import os, sys, json; print(json.dumps([os.getcwd(), sys.flags.safe_path, sys.path]))"


@pytest.mark.parametrize(
    "name",
    [
        "PYTHONBREAKPOINT", "PYTHONHOME", "PYTHONINSPECT", "PYTHONPATH", "PYTHONPLATLIBDIR", "PYTHONPYCACHEPREFIX",
        "PYTHONSAFEPATH", "PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHON_HISTORY", "PYTHONOFALATERVERSION", "PythonPath",
    ],
)  # fmt: skip
def test_a_variable_that_may_name_code_is_dropped(name: str) -> None:
    assert child_process.clean_environment({name: "/somewhere", "HOME": "/home/me"}) == {"HOME": "/home/me"}


@pytest.mark.parametrize(("folder", "kept"), [("/home/me/.local", True), ("userbase", False), ("./x", False)])
def test_the_users_own_packages_are_kept_by_full_path(folder: str, kept: bool) -> None:
    assert ("PYTHONUSERBASE" in child_process.clean_environment({"PYTHONUSERBASE": folder})) == kept


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/usr/bin:/bin", "/usr/bin:/bin"), (":/bin", "/bin"), ("/bin:", "/bin"), ("/bin::/sbin", "/bin:/sbin"),
        (".:/bin:./node_modules/.bin", "/bin"), ("", ""), ("bin", ""),
    ],
)  # fmt: skip
def test_a_path_keeps_only_absolute_entries(path: str, kept: str) -> None:
    assert child_process.clean_environment({"PATH": path})["PATH"] == kept


def test_folders_of_assistants_mean_the_same_in_a_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "mine")
    monkeypatch.setenv("CODEX_HOME", "~/codex")
    found = child_environment({})
    assert found["CLAUDE_CONFIG_DIR"] == str(tmp_path / "mine")
    assert found["CODEX_HOME"] == os.path.expanduser("~/codex")


def test_a_child_works_in_a_neutral_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('code of the project ran')", encoding="utf-8")
    command = [sys.executable, *child_process.PROGRAM[1:-1], "-c", SHOW]
    with child_process.start(command, child_environment({}), stdout=subprocess.PIPE, text=True) as process:
        output, _ = process.communicate(timeout=60)
    assert output.startswith(f'["{child_process.neutral_folder()}", true, ')
    assert str(tmp_path) not in output


@pytest.mark.parametrize("entry", [".", "", "tools"])
def test_a_program_of_the_project_is_not_found_by_name(entry: str, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "tools"):
        folder.mkdir(exist_ok=True)
        (folder / "a-browser").write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / "a-browser").chmod(0o755)
    show = "import shutil; print(shutil.which('a-browser'))"
    clean = "from session_buddy.settings import ignore_project_programs as clean; clean();"
    for program, expected in ((show, False), (clean + show, True)):
        done = subprocess.run(
            [sys.executable, "-I", "-c", program], cwd=tmp_path, env={"PATH": f"{entry}:/usr/bin"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert (done.stdout == "None\n") == expected

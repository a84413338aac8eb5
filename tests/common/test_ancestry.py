"""Processes below an assistant's program, with real processes: its servers, its shells, hidden variables."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "import sys; from session_buddy import settings; print(settings.inside_assistant(), {0})"
ASKED = PROGRAM.format("settings.started_by_assistants_shell()")
ITSELF = f"{sys.executable} -P -c '{ASKED}'"


@pytest.fixture
def assistant(tmp_path: Path) -> Path:
    """A program of this name that runs its arguments as its own child."""
    program = tmp_path / "claude"
    program.write_text(f"#!{sys.executable}\nimport subprocess, sys\nsys.exit(subprocess.call(sys.argv[1:]))\n")
    program.chmod(0o755)
    return program


def answers(*command: str, **variables: str) -> tuple[str, str]:
    """Whether the last program of a command is inside an assistant, and started by its shell, as it sees it."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    done = subprocess.run(
        command, env=kept | variables, capture_output=True, text=True, timeout=60, check=False, start_new_session=True
    )
    assert done.returncode == 0, done.stderr
    inside, shell = done.stdout.split()
    return inside, shell


def test_without_an_assistant_a_person_has_started_it() -> None:
    assert answers(sys.executable, "-P", "-c", ASKED) == ("False", "False")
    assert answers("sh", "-c", f"{ITSELF}; true") == ("False", "False")


def test_an_assistant_starts_its_server_as_its_child(assistant: Path) -> None:
    server = (str(assistant), sys.executable, "-P", "-c", ASKED)
    assert answers(*server) == ("True", "False")
    assert answers(*server, CLAUDE_CODE_ENTRYPOINT="cli", CLAUDECODE="1") == ("True", "False")


def test_a_wrapper_of_the_assistant_changes_nothing(assistant: Path) -> None:
    codex = assistant.with_name("codex")
    codex.write_text(assistant.read_text())
    codex.chmod(0o755)
    assert answers(str(assistant), str(codex), sys.executable, "-P", "-c", ASKED) == ("True", "False")


def test_a_shell_between_them_is_an_assistants_command(assistant: Path) -> None:
    assert answers(str(assistant), "sh", "-c", f"{ITSELF}; true") == ("True", "True")


def test_an_empty_environment_hides_no_assistant(assistant: Path) -> None:
    assert answers(str(assistant), "sh", "-c", f"env -i {ITSELF}; true", CLAUDECODE="1") == ("True", "True")
    assert answers("sh", "-c", f"env -i {ITSELF}; true", COPILOT_AGENT="1") == ("True", "True")


def test_an_assistant_within_an_assistants_shell_is_none(assistant: Path) -> None:
    inner = f"{assistant} {ITSELF}; true"
    assert answers(str(assistant), "sh", "-c", inner) == ("True", "True")


def test_a_variable_alone_is_a_command() -> None:
    assert answers(sys.executable, "-P", "-c", ASKED, CODEX_THREAD_ID="x") == ("True", "True")

"""What the environment says, and what it may not say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from session_buddy import settings
from session_buddy.errors import SettingsError
from session_buddy.settings import Settings

READ_IN_A_DELETED_FOLDER = """
import os, sys
from session_buddy import settings
from session_buddy.errors import SettingsError
os.chdir(sys.argv[1])
os.rmdir(sys.argv[1])
try:
    print(settings.read().project)
except SettingsError as error:
    print("SettingsError:", error)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path.resolve() / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("sys.platform", "linux")
    return home


@pytest.fixture
def project(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, a project."""
    project = home / "work"
    (project / ".session-buddy").mkdir(parents=True)
    monkeypatch.chdir(project)
    return project


def read(**environ: str) -> Settings:
    return settings.read(environ)


def run(program: str, folder: Path, **changes: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SESSION_BUDDY", "CLAUDE"))}
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        env=kept | {"PYTHONPATH": str(Path(__file__).parents[1])} | changes,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_without_any_variable_the_defaults_hold(project: Path, home: Path) -> None:
    assert read() == Settings(
        project=str(project),
        tree=str(project),
        store=str(project / ".session-buddy" / "session_buddy.duckdb"),
        data_folder=str(home / ".local" / "share" / "session-buddy"),
        home=str(home),
        claude_folder=str(home / ".claude"),
        claude_file=str(home / ".claude.json"),
        codex_folder=str(home / ".codex"),
        config_folder=str(home / ".config"),
        runtime_folder=None,
        session_id=None,
        session_pinned=False,
        model="sentence-transformers/all-MiniLM-L6-v2",
        embedder="sentence-transformers",
        linger=120.0,
        worker_idle=600.0,
        log="warning",
        transport="auto",
        mask_secrets=True,
        abandoned_after=86400.0,
        hints="on",
        is_child=False,
        catalogue=True,
        managed_folder="/etc/claude-code",
    )


def test_an_empty_variable_is_as_good_as_none(project: Path) -> None:
    names = ("STORE", "PROJECT", "SESSION_ID", "MODEL", "EMBEDDER", "LINGER", "LOG", "TRANSPORT", "MASK_SECRETS")
    empty = {f"SESSION_BUDDY_{name}": "" for name in names} | {"CLAUDE_PROJECT_DIR": "", "CLAUDE_CODE_SESSION_ID": ""}
    assert settings.read(empty) == read()


def test_the_settings_cannot_be_changed(project: Path) -> None:
    with pytest.raises(AttributeError):
        read().linger = 3.0


def test_without_an_argument_the_environment_of_the_process_is_read(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESSION_BUDDY_MODEL", "from-the-process")
    assert settings.read().model == "from-the-process"


def test_the_store_can_be_another_file(project: Path, home: Path) -> None:
    assert read(SESSION_BUDDY_STORE="/data/all.duckdb").store == "/data/all.duckdb"
    assert read(SESSION_BUDDY_STORE="~/all.duckdb").store == str(home / "all.duckdb")
    assert read(SESSION_BUDDY_STORE="sub/../all.duckdb").store == str(project / "all.duckdb")


def test_the_store_of_the_command_line_wins(project: Path) -> None:
    assert settings.read({"SESSION_BUDDY_STORE": "/data/all.duckdb"}, store="/mine.duckdb").store == "/mine.duckdb"
    assert settings.read({"SESSION_BUDDY_STORE": "/data/all.duckdb"}).store == "/data/all.duckdb"


def test_another_store_leaves_the_project_as_it_is(project: Path) -> None:
    assert read(SESSION_BUDDY_STORE="/data/all.duckdb").project == str(project)


def test_the_project_can_be_named(project: Path, home: Path) -> None:
    (home / "other" / "part").mkdir(parents=True)
    for value in (str(home / "other" / "part"), "~/other/part"):
        found = read(SESSION_BUDDY_PROJECT=value)
        assert found.project == str(home / "other" / "part")
        assert found.store == str(home / "other" / "part" / ".session-buddy" / "session_buddy.duckdb")


def test_the_assistants_project_is_searched_for_its_root(project: Path, home: Path) -> None:
    (home / "other" / ".session-buddy").mkdir(parents=True)
    (home / "other" / "part").mkdir()
    assert read(CLAUDE_PROJECT_DIR=str(home / "other" / "part")).project == str(home / "other")


def test_a_named_project_wins_over_the_assistants(project: Path, home: Path) -> None:
    (home / "other").mkdir()
    found = read(SESSION_BUDDY_PROJECT=str(home / "other"), CLAUDE_PROJECT_DIR=str(project))
    assert found.project == str(home / "other")


def test_the_assistants_project_wins_over_the_working_directory(project: Path, home: Path) -> None:
    (home / "other").mkdir()
    assert read(CLAUDE_PROJECT_DIR=str(home / "other")).project == str(home / "other")


@pytest.mark.parametrize("variable", ["SESSION_BUDDY_PROJECT", "CLAUDE_PROJECT_DIR"])
@pytest.mark.parametrize("place", ["home", "/"])
def test_the_home_directory_and_the_root_use_the_users_data_folder(
    project: Path, home: Path, variable: str, place: str
) -> None:
    data = home / ".local" / "share" / "session-buddy"
    found = settings.read({variable: str(home) if place == "home" else place})
    assert found.project == str(data)
    assert found.store == str(data / "session_buddy.duckdb")


def test_the_users_data_folder_can_be_set(project: Path) -> None:
    assert read(XDG_DATA_HOME="/data").data_folder == "/data/session-buddy"


def test_a_relative_data_folder_is_not_taken(project: Path) -> None:
    assert os.path.isabs(read(XDG_DATA_HOME="data").data_folder)


def test_the_session_is_ours_or_the_assistants(project: Path) -> None:
    assert read(SESSION_BUDDY_SESSION_ID="mine", CLAUDE_CODE_SESSION_ID="theirs").session_id == "mine"
    assert read(CLAUDE_CODE_SESSION_ID="theirs").session_id == "theirs"


def test_the_model_can_be_a_name_or_a_folder(project: Path) -> None:
    assert read(SESSION_BUDDY_MODEL="/models/mine").model == "/models/mine"


@pytest.mark.parametrize("value", ["./mine", "./models/../mine", "././mine/"])
def test_a_model_folder_with_a_dot_lies_in_the_project(project: Path, value: str) -> None:
    (project / "below").mkdir()
    assert read(SESSION_BUDDY_MODEL=value).model == str(project / "mine")
    assert settings.read({"SESSION_BUDDY_MODEL": value}, folder=str(project / "below")).model == str(project / "mine")


@pytest.mark.parametrize("value", ["owner/name", "name", "../mine", "~/mine", ".hidden/x", "."])
def test_any_other_model_is_kept_as_it_is(project: Path, value: str) -> None:
    (project / value).mkdir(parents=True, exist_ok=True)
    assert read(SESSION_BUDDY_MODEL=value).model == value


def test_the_runtime_folder_is_the_users(project: Path) -> None:
    assert read(XDG_RUNTIME_DIR="/run/user/1000").runtime_folder == "/run/user/1000"


CHOICES = {
    "SESSION_BUDDY_EMBEDDER": ("embedder", ("sentence-transformers", "hashing", "off")),
    "SESSION_BUDDY_LOG": ("log", ("debug", "info", "warning", "error")),
    "SESSION_BUDDY_TRANSPORT": ("transport", ("auto", "tcp")),
}


@pytest.mark.parametrize("variable", CHOICES)
def test_a_choice_may_be_any_of_its_values_in_any_case(project: Path, variable: str) -> None:
    field, values = CHOICES[variable]
    for value in values:
        assert getattr(settings.read({variable: value}), field) == value
        assert getattr(settings.read({variable: f" {value.upper()} "}), field) == value


@pytest.mark.parametrize("variable", [*CHOICES, "SESSION_BUDDY_MASK_SECRETS", "SESSION_BUDDY_CATALOGUE"])
def test_a_choice_that_is_none_is_refused_with_what_is_allowed(project: Path, variable: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read({variable: "sometimes"})
    message = str(refused.value)
    assert variable in message
    assert "sometimes" in message
    assert all(value in message for value in CHOICES.get(variable, ("", ("on", "off")))[1])


def test_masking_can_be_switched_off(project: Path) -> None:
    assert not read(SESSION_BUDDY_MASK_SECRETS="off").mask_secrets
    assert read(SESSION_BUDDY_MASK_SECRETS="on").mask_secrets


@pytest.mark.parametrize(("text", "seconds"), [("0", 0.0), ("2.5", 2.5), (" 60 ", 60.0), ("1e3", 1000.0)])
def test_seconds_may_be_any_number_from_zero_on(project: Path, text: str, seconds: float) -> None:
    assert read(SESSION_BUDDY_LINGER=text).linger == seconds
    assert read(SESSION_BUDDY_WORKER_IDLE=text).worker_idle == seconds


@pytest.mark.parametrize("variable", ["SESSION_BUDDY_LINGER", "SESSION_BUDDY_WORKER_IDLE"])
@pytest.mark.parametrize("text", ["-1", "soon", "nan", "inf", "-inf", "1e300", "2 minutes"])
def test_what_is_no_number_of_seconds_is_refused(project: Path, variable: str, text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read({variable: text})
    assert variable in str(refused.value)
    assert text in str(refused.value)


def test_what_a_hub_and_its_windows_should_agree_on_holds_no_place_and_no_session(project: Path) -> None:
    shared = read(SESSION_BUDDY_MODEL="m", SESSION_BUDDY_EMBEDDER="hashing", SESSION_BUDDY_LINGER="5").of_hub()
    assert shared == {
        "model": "m",
        "embedder": "hashing",
        "linger": 5.0,
        "mask_secrets": True,
        "abandoned_after": 86400.0,
        "hints": "on",
        "catalogue": True,
    }


def test_a_working_directory_that_is_gone_is_told_with_what_to_do(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    said = run(READ_IN_A_DELETED_FOLDER, gone)
    assert said.startswith("SettingsError: The working directory no longer exists")
    assert "SESSION_BUDDY_PROJECT" in said


def test_in_a_working_directory_that_is_gone_a_named_project_is_enough(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    assert run(READ_IN_A_DELETED_FOLDER, gone, SESSION_BUDDY_PROJECT=str(tmp_path)) == f"{tmp_path.resolve()}\n"


@pytest.mark.parametrize("variable", ["SESSION_BUDDY_PROJECT", "CLAUDE_PROJECT_DIR"])
def test_in_a_working_directory_that_is_gone_a_relative_project_is_refused(tmp_path: Path, variable: str) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    assert run(READ_IN_A_DELETED_FOLDER, gone, **{variable: "part"}).startswith("SettingsError: The working directory")


def test_a_process_of_ours_gets_no_foreign_python_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("KEPT", "yes")
    made = settings.child_environment({"ADDED": "too"})
    assert "PYTHONPATH" not in made
    assert (made["KEPT"], made["ADDED"]) == ("yes", "too")


def test_the_worker_is_told_to_stay_off_the_network() -> None:
    made = settings.worker_environment()
    assert (made["HF_HUB_OFFLINE"], made["TRANSFORMERS_OFFLINE"], made["HF_HUB_DISABLE_TELEMETRY"]) == ("1", "1", "1")


def test_the_worker_leaves_some_of_the_processors_to_the_person() -> None:
    assert 1 <= settings.cpu_share() <= max(1, (os.cpu_count() or 1) // 2)


@pytest.mark.parametrize(("value", "inside"), [("1", True), ("", False), (None, False)])
def test_an_assistant_is_recognised_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, value: str | None, inside: bool
) -> None:
    monkeypatch.delenv("CLAUDECODE", raising=False)
    if value is not None:
        monkeypatch.setenv("CLAUDECODE", value)
    assert settings.inside_assistant() is inside

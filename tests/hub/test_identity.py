"""A project keeps its id, wherever it is moved."""

import os
import shutil
from pathlib import Path
from uuid import UUID

import pytest

from session_buddy.common.store_registry import register
from session_buddy.hub.identity import known_id, project_id

THEIRS = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("data"))


def test_a_project_gets_an_id_and_keeps_it(tmp_path: Path, data_folder: str) -> None:
    first = project_id(str(tmp_path), data_folder)
    assert UUID(first).version == 7
    assert project_id(str(tmp_path), data_folder) == first
    assert (tmp_path / ".session-buddy" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_moved_project_is_the_same_project(tmp_path: Path, data_folder: str) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    first = project_id(str(before), data_folder)
    shutil.move(before, after)
    assert project_id(str(after), data_folder) == first


def test_an_id_file_that_is_a_link_is_not_followed(tmp_path: Path, data_folder: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(THEIRS, encoding="ascii")
    project = tmp_path / "project"
    register(str(project / ".session-buddy" / "session_buddy.duckdb"), data_folder)
    (project / ".session-buddy" / "project").symlink_to(elsewhere)
    assert project_id(str(project), data_folder) != THEIRS


def test_where_no_id_can_be_kept_the_path_gives_one(tmp_path: Path, data_folder: str) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / ".session-buddy").write_text("a file where the folder should be", encoding="utf-8")
    assert project_id(str(blocked), data_folder) == project_id(str(blocked), data_folder)


def test_the_users_data_folder_holds_its_id_directly(tmp_path: Path) -> None:
    identity = project_id(str(tmp_path), str(tmp_path))
    assert os.listdir(tmp_path) == ["project"]
    assert (tmp_path / "project").read_text(encoding="ascii").strip() == identity


def test_an_id_that_came_with_a_project_is_not_read(tmp_path: Path, data_folder: str) -> None:
    project = tmp_path / "project"
    (project / ".session-buddy").mkdir(parents=True)
    (project / ".session-buddy" / "project").write_text(THEIRS, encoding="ascii")
    assert project_id(str(project), data_folder) != THEIRS
    assert known_id(str(project), data_folder) != THEIRS
    assert os.listdir(project / ".session-buddy") == ["project"]


def test_a_copied_project_is_another_project(tmp_path: Path, data_folder: str) -> None:
    first, copy = tmp_path / "first", tmp_path / "copy"
    first.mkdir()
    original = project_id(str(first), data_folder)
    shutil.copytree(first, copy)
    assert project_id(str(copy), data_folder) != original
    assert known_id(str(copy), data_folder) != original
    assert known_id(str(first), data_folder) == original


def test_a_project_that_an_event_names_is_not_changed(tmp_path: Path, data_folder: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    assert known_id(str(project), data_folder) == known_id(str(project), data_folder)
    assert os.listdir(project) == []

"""A project keeps its id, wherever it is moved."""

import os
import shutil
from pathlib import Path
from uuid import UUID

from session_buddy.hub.identity import project_id


def test_a_project_gets_an_id_and_keeps_it(tmp_path: Path) -> None:
    first = project_id(str(tmp_path), "/nowhere")
    assert UUID(first).version == 7
    assert project_id(str(tmp_path), "/nowhere") == first
    assert (tmp_path / ".session-buddy" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_moved_project_is_the_same_project(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    first = project_id(str(before), "/nowhere")
    shutil.move(before, after)
    assert project_id(str(after), "/nowhere") == first


def test_an_id_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("00000000-0000-7000-8000-000000000000", encoding="ascii")
    project = tmp_path / "project"
    (project / ".session-buddy").mkdir(parents=True)
    (project / ".session-buddy" / "project").symlink_to(elsewhere)
    assert project_id(str(project), "/nowhere") != "00000000-0000-7000-8000-000000000000"


def test_where_no_id_can_be_kept_the_path_gives_one(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / ".session-buddy").write_text("a file where the folder should be", encoding="utf-8")
    assert project_id(str(blocked), "/nowhere") == project_id(str(blocked), "/nowhere")


def test_the_users_data_folder_holds_its_id_directly(tmp_path: Path) -> None:
    identity = project_id(str(tmp_path), str(tmp_path))
    assert os.listdir(tmp_path) == ["project"]
    assert (tmp_path / "project").read_text(encoding="ascii").strip() == identity

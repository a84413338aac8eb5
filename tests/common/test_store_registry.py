"""A store is trusted only where this user's program created it."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from session_buddy.bridge.lock import HubLock
from session_buddy.common import store_registry
from session_buddy.common.store_registry import (
    is_occupied,
    keep_out_of_git,
    key_path,
    note_git_tracked,
    notices,
    register,
    require_registered,
    set_aside_file,
    store_key,
)
from session_buddy.errors import HubUnavailableError, UnregisteredStoreError, UnsafePathError

NAME = "session_buddy.duckdb"


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "data")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def store(project: Path) -> str:
    return store_in(project)


def store_in(project: Path) -> str:
    return str(project / ".session-buddy" / NAME)


def brought(project: Path, *names: str) -> Path:
    """A `.session-buddy` folder that came with a project."""
    folder = project / ".session-buddy"
    folder.mkdir(parents=True)
    for name in names or (NAME,):
        (folder / name).write_text("theirs", encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_new_store_gets_a_key_that_both_folders_hold(store: str, data: str) -> None:
    assert store_key(store, data) is None
    assert register(store, data) is None
    key = store_key(store, data)
    assert key
    assert len(key) == 64
    assert Path(key_path(store)).read_text(encoding="ascii").strip() == key
    [record] = Path(data, "stores").glob("*.json")
    assert json.loads(record.read_text(encoding="utf-8"))["key"] == key


def test_the_key_and_its_record_are_for_their_user_only(store: str, data: str) -> None:
    register(store, data)
    for path in (Path(key_path(store)), *Path(data, "stores").glob("*.json")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(os.stat(data).st_mode) == 0o700


def test_a_second_registration_changes_nothing(store: str, data: str) -> None:
    register(store, data)
    before = store_key(store, data)
    assert register(store, data) is None
    assert store_key(store, data) == before
    assert len(list(Path(data, "stores").glob("*.json"))) == 1


def test_a_store_in_the_data_folder_needs_no_key(data: str) -> None:
    os.mkdir(data)
    assert store_key(os.path.join(data, NAME), data) == ""
    assert store_key(os.path.join(data, "projects", "p", NAME), data) == ""
    assert store_key(data + "-other/" + NAME, data) is None


def test_a_link_out_of_the_data_folder_is_not_in_it(tmp_path: Path, data: str) -> None:
    os.mkdir(data)
    (tmp_path / "theirs").mkdir()
    os.symlink(tmp_path / "theirs", os.path.join(data, "link"))
    assert store_key(os.path.join(data, "link", NAME), data) is None


def test_a_moved_project_stays_registered(project: Path, store: str, data: str, tmp_path: Path) -> None:
    register(store, data)
    key = store_key(store, data)
    moved = tmp_path / "elsewhere" / "renamed"
    moved.parent.mkdir()
    project.rename(moved)
    assert store_key(store_in(moved), data) == key


def test_a_copied_project_is_not_registered(project: Path, store: str, data: str, tmp_path: Path) -> None:
    register(store, data)
    shutil.copytree(project, tmp_path / "copy")
    assert store_key(store_in(tmp_path / "copy"), data) is None
    assert store_key(store, data)


def test_a_folder_with_a_stolen_key_is_not_registered(store: str, data: str, tmp_path: Path) -> None:
    register(store, data)
    folder = brought(tmp_path / "clone")
    shutil.copy(key_path(store), folder / "key")
    assert store_key(str(folder / NAME), data) is None


def test_a_key_for_another_file_name_does_not_count(tmp_path: Path, data: str) -> None:
    one, other = str(tmp_path / "one.duckdb"), str(tmp_path / "other.duckdb")
    register(one, data)
    shutil.copy(key_path(one), key_path(other))
    assert store_key(other, data) is None
    assert store_key(one, data)


@pytest.mark.parametrize("text", ["", "\n", "0" * 64, "../../etc/passwd", "z" * 64, "0" * 63, "A" * 64, "\0" * 64])
def test_an_invented_key_is_not_trusted(project: Path, data: str, text: str) -> None:
    register(store_in(project / "other"), data)
    folder = brought(project)
    (folder / "key").write_text(text, encoding="utf-8")
    assert store_key(str(folder / NAME), data) is None


@pytest.mark.parametrize("record", ["", "[]", "null", "{}", "7", "[" * 100_000, '{"key": 7}'])
def test_a_damaged_record_trusts_nothing(store: str, data: str, record: str) -> None:
    register(store, data)
    [path] = Path(data, "stores").glob("*.json")
    path.write_text(record, encoding="utf-8")
    assert store_key(store, data) is None


@pytest.mark.parametrize("kind", ["link", "folder", "fifo", "link to nothing"])
def test_a_key_that_is_no_regular_file_is_not_read(store: str, data: str, tmp_path: Path, kind: str) -> None:
    register(store, data)
    path = Path(key_path(store))
    path.rename(tmp_path / "the key")
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to(tmp_path / ("the key" if kind == "link" else "nothing"))
    assert store_key(store, data) is None


def test_a_linked_store_folder_is_not_trusted(project: Path, store: str, data: str, tmp_path: Path) -> None:
    register(store, data)
    (tmp_path / "clone").mkdir()
    (tmp_path / "clone" / ".session-buddy").symlink_to(project / ".session-buddy")
    assert store_key(store_in(tmp_path / "clone"), data) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to another user")
def test_another_users_key_is_not_read(store: str, data: str) -> None:
    register(store, data)
    os.chown(key_path(store), 65534, 65534)
    assert store_key(store, data) is None


@pytest.mark.parametrize("name", [NAME, NAME + ".hub", "project", ".gitignore", NAME + ".lock"])
def test_an_unregistered_folder_gets_another_name_unopened(project: Path, data: str, name: str) -> None:
    folder = brought(project, name)
    before = contents(folder)
    moved = register(store_in(project), data)
    assert moved
    assert Path(moved).parent == project
    assert os.path.basename(moved).startswith(".session-buddy.set-aside-")
    assert before.items() - contents(Path(moved)).items() <= {(".gitignore", b"theirs")}
    assert os.listdir(folder) == ["key"]
    assert store_key(store_in(project), data)


def test_an_empty_folder_is_registered_where_it_is(project: Path, data: str) -> None:
    (project / ".session-buddy").mkdir()
    assert register(store_in(project), data) is None
    assert store_key(store_in(project), data)
    assert notices(data) == []


def test_a_folder_that_was_set_aside_stays_out_of_git(project: Path, data: str) -> None:
    folder = brought(project)
    (folder / ".gitignore").write_text("!*\n", encoding="utf-8")
    moved = register(store_in(project), data)
    assert moved
    assert Path(moved, ".gitignore").read_text(encoding="utf-8") == "*\n"
    [kept] = Path(moved).glob(".gitignore.set-aside*")
    assert kept.read_text(encoding="utf-8") == "!*\n"


def test_a_linked_gitignore_is_replaced_and_not_followed(project: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    folder = brought(project)
    (folder / ".gitignore").symlink_to(victim)
    keep_out_of_git(str(folder))
    assert not (folder / ".gitignore").is_symlink()
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert victim.read_text(encoding="utf-8") == "mine"


def test_two_folders_that_are_set_aside_get_two_names(project: Path, data: str) -> None:
    names = set()
    for _ in range(3):
        shutil.rmtree(project / ".session-buddy", ignore_errors=True)
        brought(project)
        names.add(register(store_in(project), data))
    assert len(names) == 3
    assert len(list(project.glob(".session-buddy.set-aside*"))) == 3
    assert len(notices(data)) == 3


def test_what_was_set_aside_is_noted_for_the_user(project: Path, store: str, data: str) -> None:
    brought(project)
    moved = register(store, data)
    [notice] = notices(data)
    assert (notice["path"], notice["store"], notice["reported"]) == (moved, store, False)
    store_registry.mark_reported(notice)
    [again] = notices(data)
    assert again["reported"] is True
    assert moved
    store_registry.remove_notice(moved, data)
    assert notices(data) == []


def test_a_notice_ends_with_the_folder_that_it_names(project: Path, store: str, data: str) -> None:
    brought(project)
    moved = register(store, data)
    assert moved
    shutil.rmtree(moved)
    assert notices(data) == []


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_a_damaged_notice_is_left_out(project: Path, store: str, data: str, text: str) -> None:
    brought(project)
    register(store, data)
    Path(data, "set-aside", "00000000T000000Z.json").write_text(text, encoding="utf-8")
    assert len(notices(data)) == 1


def test_a_tracked_folder_is_noted_once(project: Path, store: str, data: str) -> None:
    folder = brought(project)
    for _ in range(2):
        note_git_tracked(str(folder), store, data)
    assert [notice["reason"] for notice in notices(data)] == [store_registry.GIT_TRACKS]


@pytest.mark.parametrize("ending", ["", ".wal", ".hub", ".spool", ".draft"])
def test_an_unregistered_store_elsewhere_is_rejected(tmp_path: Path, data: str, ending: str) -> None:
    (tmp_path / f"s.duckdb{ending}").write_text("theirs", encoding="utf-8")
    with pytest.raises(UnregisteredStoreError, match="session-buddy store adopt"):
        register(str(tmp_path / "s.duckdb"), data)
    assert (tmp_path / f"s.duckdb{ending}").read_text(encoding="utf-8") == "theirs"
    assert not (tmp_path / "s.duckdb.key").exists()


@pytest.mark.parametrize("name", ["s.duckdb.lock", "s.duckdb.log", "other.duckdb", "s.duckdbx", "s.duckdb.set-aside-1"])
def test_files_that_are_no_store_are_not_in_the_way(tmp_path: Path, data: str, name: str) -> None:
    (tmp_path / name).write_text("", encoding="utf-8")
    assert not is_occupied(str(tmp_path / "s.duckdb"))
    register(str(tmp_path / "s.duckdb"), data)
    assert store_key(str(tmp_path / "s.duckdb"), data)


def test_require_registered_names_the_command_that_adopts(project: Path, store: str, data: str) -> None:
    brought(project)
    with pytest.raises(UnregisteredStoreError) as rejected:
        require_registered(store, data)
    assert f"session-buddy store adopt {store}" in str(rejected.value)
    register(store, data)
    require_registered(store, data)


def test_a_store_that_an_older_program_uses_stays(project: Path, store: str, data: str) -> None:
    brought(project)
    lock = HubLock.take(store + ".lock")
    assert lock
    with pytest.raises(HubUnavailableError, match="earlier version"):
        register(store, data)
    assert Path(store).read_text(encoding="utf-8") == "theirs"
    lock.release()
    assert register(store, data)


def test_a_linked_folder_of_records_is_refused(tmp_path: Path, store: str, data: str) -> None:
    os.mkdir(data)
    (tmp_path / "theirs").mkdir()
    os.symlink(tmp_path / "theirs", os.path.join(data, "stores"))
    with pytest.raises(UnsafePathError, match="Nothing was stored"):
        register(store, data)
    assert os.listdir(tmp_path / "theirs") == []


def test_a_data_folder_may_be_a_link_of_its_user(tmp_path: Path, store: str, data: str) -> None:
    (tmp_path / "disk").mkdir()
    os.symlink(tmp_path / "disk", data)
    register(store, data)
    assert store_key(store, data)


def test_a_file_in_the_folders_place_gets_another_name(project: Path, store: str, data: str) -> None:
    (project / ".session-buddy").write_text("theirs", encoding="utf-8")
    moved = register(store, data)
    assert moved
    assert Path(moved).read_text(encoding="utf-8") == "theirs"
    assert store_key(store, data)


def test_a_replaced_store_file_gets_another_name_with_its_log(project: Path, store: str, data: str) -> None:
    register(store, data)
    Path(store).write_text("theirs", encoding="utf-8")
    Path(store + ".wal").write_text("their log", encoding="utf-8")
    target = Path(set_aside_file(store, data))
    assert target.read_text(encoding="utf-8") == "theirs"
    assert Path(f"{target}.wal").read_text(encoding="utf-8") == "their log"
    assert sorted(os.listdir(project / ".session-buddy")) == sorted(["key", target.name, f"{target.name}.wal"])
    assert [notice["path"] for notice in notices(data)] == [str(target)]


def test_stores_of_projects_with_long_paths_get_short_names(data: str) -> None:
    one, other = ("/" + "a" * 150 + "/" + name * 100 for name in "bc")
    first, second = (store_registry.project_store(path, data) for path in (one, other))
    assert first != second
    assert all(len(os.path.basename(os.path.dirname(path))) < 255 for path in (first, second))


def test_projects_whose_long_paths_end_alike_get_two_stores(data: str) -> None:
    one, other = (f"/{name}" + "/folder" * 40 for name in "ab")
    assert store_registry.project_store(one, data) != store_registry.project_store(other, data)

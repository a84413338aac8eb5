"""What other users or a project prepare under the names of our files is neither followed nor waited for."""

import json
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from session_buddy.errors import StoreError
from session_buddy.store import migrations
from session_buddy.store.store import Store
from tests.system.processes import COMMAND, Place, Window, leave_no_hub, new_place, run

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
SECRET = "the tests of the secret project fail"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A project with a past, whose hub goes on running."""
    place = new_place(tmp_path_factory.mktemp("foreign") / "project").with_variables(SESSION_BUDDY_LINGER="60")
    with Window(place) as window:
        window.initialize()
        window.call("track_skill", skill_name="debugging", user_query=SECRET, workflow_phase="work")
    yield place
    leave_no_hub(place)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder that all users may write to, as `/tmp` is."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    file = tmp_path / "victim"
    file.write_bytes(b"mine")
    return file


def theirs(make: Callable[[], object], path: Path) -> None:
    """Make something that then belongs to another user."""
    make()
    os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


WRITING = {
    "export --out {}": "out.jsonl",
    "export --format json --force --out {}": "out.json",
    "heatmap --out {}": "out.png",
    "backup {}": "out.duckdb",
}


@as_root
@pytest.mark.parametrize("line", WRITING)
def test_output_goes_through_nothing_that_others_prepared(line: str, place: Place, shared: Path, victim: Path) -> None:
    path = shared / WRITING[line]
    for make in (
        lambda: path.symlink_to(victim),
        lambda: path.symlink_to(victim.with_name("nowhere")),
        lambda: os.mkfifo(path, 0o666),
        lambda: path.write_bytes(b"theirs"),
    ):
        theirs(make, path)
        before = os.lstat(path)
        done = run(place, *line.format(path).split())
        assert done.returncode == 1, done.stderr
        assert str(path) in done.stderr
        assert "Traceback" not in done.stderr
        assert (os.lstat(path).st_ino, victim.read_bytes()) == (before.st_ino, b"mine")
        assert [name for name in os.listdir(shared) if name != path.name] == []
        path.unlink()
    assert not victim.with_name("nowhere").exists()
    assert run(place, *line.format(path).split()).returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) & 0o133 == 0


@as_root
def test_a_backup_uses_no_file_beside_its_name(place: Place, shared: Path, victim: Path) -> None:
    for prepared in ("unfinished-backup", "unfinished-backup.wal", "wal"):
        beside = shared / f"copy.duckdb.{prepared}"
        theirs(lambda path=beside: path.symlink_to(victim), beside)  # type: ignore[misc]
    done = run(place, "backup", str(shared / "copy.duckdb"))
    assert victim.read_bytes() == b"mine"
    assert done.returncode == 0 or "copy.duckdb" in done.stderr


@as_root
def test_a_backup_beside_the_log_of_another_user_is_not_restored(place: Place, shared: Path) -> None:
    copy, log = shared / "copy.duckdb", shared / "copy.duckdb.wal"
    assert run(place, "backup", str(copy)).returncode == 0
    for make in (lambda: log.write_bytes(b"rows of theirs"), lambda: os.mkfifo(log), lambda: log.symlink_to(copy)):
        theirs(make, log)
        done = run(place, "restore", str(copy))
        assert done.returncode == 1
        assert str(log) in done.stderr
        log.unlink()


@as_root
@pytest.mark.parametrize("command", ["import", "restore"])
def test_a_source_that_another_user_prepared_is_not_opened(command: str, place: Place, shared: Path) -> None:
    source = shared / "source"
    for make in (lambda: source.symlink_to(place.store), lambda: os.mkfifo(source, 0o666)):
        theirs(make, source)
        done = run(place, command, str(source))
        assert done.returncode == 1
        assert "another user" in done.stderr
        source.unlink()


@as_root
def test_tables_go_into_no_folder_that_others_control(place: Place, shared: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for make in (lambda: (shared / "tables").symlink_to(own), lambda: (shared / "tables").mkdir()):
        theirs(make, shared / "tables")
        done = run(place, "export", "--format", "csv", "--out", str(shared / "tables"))
        assert done.returncode == 1
        assert "another user" in done.stderr
        assert list(own.iterdir()) == []
        if (shared / "tables").is_symlink():
            (shared / "tables").unlink()


def test_no_table_replaces_a_link(place: Place, tmp_path: Path, victim: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "invocation.csv").symlink_to(victim)
    done = run(place, "export", "--format", "csv", "--force", "--out", str(folder))
    assert done.returncode == 1
    assert "is a link" in done.stderr
    assert victim.read_bytes() == b"mine"
    assert os.listdir(folder) == ["invocation.csv"]


def test_an_export_through_a_shells_pipe_works(place: Place) -> None:
    done = subprocess.run(
        ["bash", "-c", f"'{COMMAND}' export --out >(cat); wait $!; '{COMMAND}' import <('{COMMAND}' export)"],
        env=place.environment, cwd=place.project, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert SECRET in done.stdout
    assert "0 invocations imported" in done.stdout


@pytest.mark.parametrize("kind", ["a link", "a FIFO", "a hard link"])
def test_a_log_that_a_project_brings_is_not_written(kind: str, tmp_path: Path, victim: Path) -> None:
    place = new_place(tmp_path / "project")
    log = Path(f"{place.store}.log")
    place.store.parent.mkdir(mode=0o700)
    {
        "a link": lambda: log.symlink_to(victim),
        "a FIFO": lambda: os.mkfifo(log),
        "a hard link": lambda: os.link(victim, log),
    }[kind]()
    event = {"session_id": "s", "hook_event_name": "SessionStart"}
    assert run(place, "hook", stdin=json.dumps(event)).returncode == 0
    run(place, "metrics")
    leave_no_hub(place)
    assert victim.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["before-0001", "before-0001.wal"])
@pytest.mark.parametrize("kind", ["link", "FIFO"])
def test_a_migration_copies_through_nothing_prepared(name: str, kind: str, tmp_path: Path, victim: Path) -> None:
    store = tmp_path / "s.duckdb"
    for file in (store, tmp_path / "s.duckdb.wal"):
        file.write_bytes(b"rows")
    prepared = tmp_path / f"s.duckdb.{name}"
    if kind == "link":
        prepared.symlink_to(victim)
    else:
        os.mkfifo(prepared)
    with pytest.raises(StoreError, match="copy of it could not be kept"):
        migrations.keep_copy(str(store), 1)
    assert victim.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["before-0001.draft", "before-0001.draft.wal", "before-0001.wal.draft"])
def test_a_guessed_name_of_a_draft_is_not_used(name: str, tmp_path: Path, victim: Path) -> None:
    store = tmp_path / "s.duckdb"
    store.write_bytes(b"rows")
    (tmp_path / f"s.duckdb.{name}").symlink_to(victim)
    migrations.keep_copy(str(store), 1)
    assert (tmp_path / "s.duckdb.before-0001").read_bytes() == b"rows"
    assert victim.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["session_buddy.duckdb", "session_buddy.duckdb.wal"])
def test_a_store_or_log_that_is_a_pipe_is_refused(name: str, tmp_path: Path) -> None:
    store = tmp_path / "session_buddy.duckdb"
    Store.open(str(store)).close()
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    with pytest.raises(StoreError, match="not a regular file"):
        Store.open(str(store))


def test_recovering_a_pipe_waits_for_nobody(tmp_path: Path) -> None:
    place = new_place(tmp_path / "project")
    place.store.parent.mkdir(mode=0o700)
    os.mkfifo(place.store)
    done = run(place, "recover")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    leave_no_hub(place)

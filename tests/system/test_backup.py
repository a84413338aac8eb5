"""`backup`: a whole copy of a store that is in use."""

import json
import os
import shutil
import stat
import subprocess
import threading
from pathlib import Path

import duckdb
import pytest

from session_buddy.bridge.client import Client
from session_buddy.settings import read
from tests.system.keeping import family, fill, rows
from tests.system.processes import Place, Window, exported, leave_no_hub, new_place, run

pytestmark = pytest.mark.slow

LINES = [{"skill_name": f"skill-{number % 7}", "user_query": f"problem {number}"} for number in range(300)]


def test_a_backup_holds_every_row_and_is_private_to_its_user(place: Place, tmp_path: Path) -> None:
    fill(place, LINES)
    copy = tmp_path / "copy.duckdb"
    done = run(place, "backup", str(copy))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"300 invocations copied to {copy} (")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["copy.duckdb"]
    whole = exported(place)
    other = new_place(tmp_path / "other")
    assert run(other, "restore", str(copy)).returncode == 0
    assert exported(other) == whole
    leave_no_hub(other)


def test_a_backup_is_told_as_json(place: Place, tmp_path: Path) -> None:
    fill(place, LINES[:3])
    copy = tmp_path / "copy.duckdb"
    told = json.loads(run(place, "backup", str(copy), "--json").stdout)
    assert told == {"file": str(copy), "invocations": 3, "bytes": copy.stat().st_size}


def test_windows_go_on_writing_while_backups_are_made_and_each_is_whole(place: Place, tmp_path: Path) -> None:
    fill(place, LINES)
    over = threading.Event()
    tracked: list[str] = []
    with Window(place) as window:
        window.initialize()

        def work() -> None:
            while not over.is_set():
                tracked.append(window.track(query=f"while it is copied {len(tracked)}"))

        worker = threading.Thread(target=work)
        worker.start()
        try:
            for number in range(3):
                done = run(place, "backup", str(tmp_path / f"{number}.duckdb"))
                assert done.returncode == 0, done.stderr
        finally:
            over.set()
            worker.join()
    held = [rows(tmp_path / f"{number}.duckdb", "SELECT count(*) FROM invocation")[0][0] for number in range(3)]
    assert 300 <= held[0] <= held[1] <= held[2] <= 300 + len(tracked)
    assert len(exported(place)) == 300 + len(tracked)


def test_writes_wait_while_the_file_is_held_and_are_done_when_the_command_dies(place: Place) -> None:
    fill(place, LINES[:1])
    with Window(place) as window:
        window.initialize()
        client = Client(read(place.environment))
        assert client.ask("hold")["rows"]["invocation"] == 1
        size, log = place.store.stat().st_size, Path(f"{place.store}.wal")
        asked = window.ask("tools/call", {"name": "track_skill", "arguments": {"skill_name": "waiting"}})
        assert client.ask("renew_hold") == {"held": True}
        assert client.ask("status")["invocations"] == 1
        assert (place.store.stat().st_size, log.exists() and log.stat().st_size) == (size, False)
        client.__exit__()  # as when it is killed: the connection ends, and nothing was released
        assert "result" in window.answer(asked)
    assert len(exported(place)) == 2


def test_two_holds_come_one_after_the_other_and_a_hub_can_stop_under_one(place: Place) -> None:
    fill(place, LINES[:1])
    settings = read(place.environment)
    with Client(settings) as first, Client(settings) as second:
        first.ask("hold")
        second.send("hold")
        assert first.ask("release") == {"held": True}
        assert second.result()["rows"]["invocation"] == 1
        assert run(place, "hub", "stop").returncode == 0
    assert len(exported(place)) == 1


def test_a_name_that_cannot_be_used_is_refused_and_nothing_is_changed(place: Place, tmp_path: Path) -> None:
    fill(place, LINES[:1])
    there = tmp_path / "there"
    there.write_text("precious", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    hard = tmp_path / "hard"
    os.link(place.store, hard)
    for target, reason in {
        there: "there already",
        link: "there already",
        hard: "there already",
        tmp_path: "is a folder",
        tmp_path / "missing" / "copy": "There is no folder",
        place.store: "is the store, or has a name that belongs to it",
        Path(f"{place.store}.wal"): "name that belongs to it",
        Path(f"{place.store}.copy"): "name that belongs to it",
    }.items():
        done = run(place, "backup", str(target))
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert reason in done.stderr
        assert "No backup was made" in done.stderr
    assert there.read_text(encoding="utf-8") == "precious"
    assert not (tmp_path / "nowhere").exists()
    assert family(place) == set()
    assert len(exported(place)) == 1


def test_a_store_that_is_not_there_is_not_made_by_backing_it_up(place: Place, tmp_path: Path) -> None:
    done = run(place, "backup", str(tmp_path / "copy"))
    assert done.returncode == 1
    assert "There is no store at" in done.stderr
    assert not place.store.exists()
    assert not place.hub_runs()


def test_a_folder_without_room_leaves_no_half_copy(place: Place, tmp_path: Path) -> None:
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("needs root, for mounting a file system")
    fill(place, LINES)
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=True)
    try:
        done = run(place, "backup", str(small / "copy"))
        assert done.returncode == 1
        assert "No space left" in done.stderr
        assert "No backup was made" in done.stderr
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


def test_the_copy_opens_with_duckdb_alone(place: Place, tmp_path: Path) -> None:
    fill(place, LINES[:5])
    run(place, "backup", str(tmp_path / "copy.duckdb"))
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM query").fetchall() == [(5,)]

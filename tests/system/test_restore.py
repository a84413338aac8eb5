"""`restore`: a backup takes the store's place, and what was there is kept."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.system.keeping import family, fill, rows, stranger
from tests.system.processes import Place, Window, exported, leave_no_hub, new_place, run

pytestmark = pytest.mark.slow

OLD = [{"skill_name": "debugging", "user_query": f"old problem {number}"} for number in range(3)]
LEAVE_A_LOG = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("PRAGMA disable_checkpoint_on_shutdown")
row = "SELECT uuid() AS invocation_id, 'in-the-log' AS skill_name, now() AS invoked_at"
connection.execute("INSERT INTO invocation BY NAME " + row)
os._exit(0)
"""


@pytest.fixture
def copy(place: Place, tmp_path: Path) -> Path:
    """A backup with three invocations, of a store that has two more by now."""
    fill(place, OLD)
    assert run(place, "backup", str(tmp_path / "copy.duckdb")).returncode == 0
    fill(place, [{"skill_name": "newer"}, {"skill_name": "newer", "user_query": "a new problem"}])
    return tmp_path / "copy.duckdb"


def _kept(place: Place) -> Path:
    """The one store that was replaced."""
    names = {name for name in family(place) if not name.endswith(".wal")}
    assert len(names) == 1, names
    assert ".replaced-" in next(iter(names))
    return place.store.parent / names.pop()


def test_a_restored_store_holds_the_backup_and_the_other_one_is_kept(place: Place, copy: Path) -> None:
    done = run(place, "restore", str(copy))
    assert done.returncode == 0, done.stderr
    kept = _kept(place)
    assert f"now holds the 3 invocations of {copy}" in done.stdout
    assert f"(5 invocations) is kept as {kept}" in done.stdout
    assert rows(place.store, "SELECT DISTINCT skill_name FROM invocation") == [("debugging",)]
    assert rows(kept, "SELECT count(*) FROM invocation") == [(5,)]
    assert place.store.stat().st_mode & 0o777 == 0o600
    assert copy.exists()
    assert run(place, "restore", str(kept)).returncode == 0
    assert len(exported(place)) == 5


def test_a_restore_is_told_as_json(place: Place, copy: Path) -> None:
    told = json.loads(run(place, "restore", str(copy), "--json").stdout)
    kept = str(_kept(place))
    assert told == {"store": str(place.store), "invocations": 3, "replaced": kept, "replaced_invocations": 5}


def test_an_open_window_works_on_with_the_restored_store(place: Place, copy: Path) -> None:
    with Window(place) as window:
        window.initialize()
        window.track("before")
        assert run(place, "restore", str(copy)).returncode == 0
        window.track("after")
    assert sorted({row["skill_name"] for row in exported(place)}) == ["after", "debugging"]


def test_no_other_program_gets_at_the_store_in_between(place: Place, copy: Path) -> None:
    with stranger(place.store) as met:
        done = run(place, "restore", str(copy))
        assert done.returncode == 0, done.stderr
        found = met()
    assert found.opened == 0
    assert found.refused > 0


def test_a_log_beside_the_backup_is_taken_along(place: Place, copy: Path) -> None:
    subprocess.run([sys.executable, "-c", LEAVE_A_LOG, str(copy)], check=True)
    assert Path(f"{copy}.wal").exists()
    assert "4 invocations of" in run(place, "restore", str(copy)).stdout
    assert "in-the-log" in {row["skill_name"] for row in exported(place)}
    assert Path(f"{copy}.wal").exists()


@pytest.mark.parametrize("damage", ["truncated", "garbage", "text", "empty"])
def test_a_damaged_store_is_replaced_and_kept_as_it_was(place: Place, copy: Path, damage: str) -> None:
    run(place, "hub", "stop")
    data = place.store.read_bytes()
    broken = {"truncated": data[: len(data) // 2], "garbage": os.urandom(8192) + data[8192:], "text": b"x\n" * 900}
    place.store.write_bytes(broken.get(damage, b""))
    Path(f"{place.store}.wal").write_bytes(b"a log of it")
    done = run(place, "restore", str(copy))
    assert done.returncode == 0, done.stderr
    if damage != "empty":
        assert "could not be read" in done.stdout
        assert _kept(place).read_bytes() == broken[damage]
        assert Path(f"{_kept(place)}.wal").read_bytes() == b"a log of it"
    assert len(exported(place)) == 3


def test_a_store_that_is_not_there_is_restored(place: Place, copy: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    other = place.with_variables(SESSION_BUDDY_STORE=str(tmp_path / "elsewhere" / "s.duckdb"))
    other.store = tmp_path / "elsewhere" / "s.duckdb"
    done = run(other, "restore", str(copy))
    assert done.returncode == 0, done.stderr
    assert "is kept as" not in done.stdout
    assert family(other) == set()
    assert len(exported(other)) == 3
    run(other, "hub", "stop")


def test_a_file_that_is_no_backup_is_refused_and_nothing_is_touched(place: Place, copy: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database\n" * 500, encoding="utf-8")
    nothing = tmp_path / "nothing"
    nothing.touch()
    other, newer, torn, empty = (tmp_path / name for name in ("other", "newer", "torn", "empty"))
    with duckdb.connect(str(other)) as connection:
        connection.execute("CREATE TABLE sales (i INTEGER)")
    duckdb.connect(str(empty)).close()
    newer.write_bytes(copy.read_bytes())
    with duckdb.connect(str(newer)) as connection:
        connection.execute("INSERT INTO store_migration VALUES (9999, '99.0.0', NULL)")
    torn.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    before = exported(place)
    for source, reason in {
        text: "could not be opened",
        nothing: "notes",
        other: "DuckDB database of another program",
        empty: "no store of session_buddy",
        newer: "session_buddy 99.0.0",
        torn: "could not be opened",
        tmp_path / "missing": "There is no file",
        tmp_path: "is no file",
        place.store: "is the store itself",
    }.items():
        done = run(place, "restore", str(source))
        assert done.returncode == 1, source
        assert len(done.stderr.splitlines()) == 1
        assert source == nothing or reason in done.stderr
    assert family(place) == set()
    assert exported(place) == before


def test_a_backup_with_a_damaged_block_is_refused(place: Place, copy: Path) -> None:
    data = bytearray(copy.read_bytes())
    for start in range(3 * 4096 + 262_144, len(data) - 4096, 262_144):
        data[start : start + 64] = os.urandom(64)
    copy.write_bytes(data)
    done = run(place, "restore", str(copy))
    assert done.returncode == 1
    assert len(exported(place)) == 5


def test_a_store_open_in_another_program_is_not_replaced(place: Place, copy: Path) -> None:
    run(place, "hub", "stop")
    program = "import duckdb, sys; kept = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(place.store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdin
        holder.stdout.readline()
        done = run(place, "restore", str(copy))
        assert done.returncode == 1
        assert f"PID {holder.pid}" in done.stderr
        holder.stdin.close()
    assert family(place) == set()
    assert len(exported(place)) == 5


def test_a_second_restore_in_the_same_second_keeps_both_stores(place: Place, copy: Path) -> None:
    for _ in range(3):
        assert run(place, "restore", str(copy)).returncode == 0
    assert len(family(place)) == 3


def test_the_file_of_another_projects_store_is_not_restored(place: Place, tmp_path: Path) -> None:
    fill(place, OLD)
    run(place, "hub", "stop")
    foreign = tmp_path / "clone.duckdb"
    shutil.copy(place.store, foreign)
    other = new_place(tmp_path / "other")
    done = run(other, "restore", str(foreign))
    leave_no_hub(other)
    assert done.returncode == 1
    assert "is not a backup" in done.stderr
    assert f"session-buddy store adopt {foreign}" in done.stderr


@pytest.mark.parametrize("key", ["", "0" * 64])
def test_a_backup_with_a_strangers_key_is_not_restored(place: Place, copy: Path, key: str) -> None:
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"COMMENT ON TABLE store_migration IS '{key}'")
    done = run(place, "restore", str(copy))
    assert done.returncode == 1
    assert "is not a backup" in done.stderr

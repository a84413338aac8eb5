"""`recover`, as a person types it."""

import json
import os
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from session_buddy.store.recovery.blocks import BLOCK, HEADERS
from tests.store import damage
from tests.system.processes import COMMAND, Place, Window, exported, own_folder, run, until

pytestmark = pytest.mark.slow


@pytest.fixture
def damaged(place: Place) -> Place:
    """A store of which the block with the invocations is destroyed."""
    own_folder(place)
    damage.make(place.store, 300, 20)
    data = bytearray(place.store.read_bytes())
    for begin in range(HEADERS + BLOCK, len(data), BLOCK):
        data[begin + 5_000 : begin + 5_100] = bytes(range(100))
    place.store.write_bytes(bytes(data))
    return place


@pytest.fixture
def healthy(place: Place) -> Place:
    with Window(place) as window:
        window.initialize()
        window.track(query="before the trouble")
    run(place, "hub", "stop")
    return place


def _files(place: Place) -> dict[str, bytes]:
    """The store's files; the lock file has nothing in it."""
    return {
        path.name: path.read_bytes() for path in place.store.parent.iterdir() if path.suffix not in (".lock", ".log")
    }


def test_a_damaged_store_is_left_as_it_is_and_the_new_one_works(damaged: Place) -> None:
    before = _files(damaged)
    done = run(damaged, "recover")
    assert done.returncode == 0, done.stderr
    new = Path(f"{damaged.store}.recovered")
    assert _files(damaged) == before | {new.name: new.read_bytes()}
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert "Not everything could be read" in done.stdout
    assert f"session-buddy restore {new}" in done.stdout
    assert run(damaged, "restore", str(new)).returncode == 0
    assert len(exported(damaged)) >= 20


def test_the_rows_of_each_table_are_told(damaged: Place) -> None:
    shown = run(damaged, "recover").stdout.splitlines()
    assert shown[0].split() == ["table", "found", "read", "lost"]
    told = json.loads(run(damaged, "recover", "--json").stdout)
    assert told["file"] == f"{damaged.store}.recovered-2"
    assert told["complete"] is False
    tables = {table["table"]: table for table in told["tables"]}
    assert tables["invocation"]["found"] == 320
    assert tables["invocation"]["lost"] == 320 - tables["invocation"]["read"] > 0
    assert shown[2].split() == ["invocation", *(str(tables["invocation"][name]) for name in ("found", "read", "lost"))]


def test_a_store_that_is_not_damaged_is_copied_whole(healthy: Place, tmp_path: Path) -> None:
    out = tmp_path / "new.duckdb"
    done = run(healthy, "recover", "--out", str(out))
    assert done.returncode == 0
    assert "Everything could be read." in done.stdout
    before = exported(healthy)
    assert run(healthy, "restore", str(out)).returncode == 0
    assert exported(healthy) == before


def test_a_store_that_a_hub_serves_is_not_recovered(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        window.track()
        before = {path.name for path in place.store.parent.iterdir()}
        done = run(place, "recover")
        assert done.returncode == 1
        assert f"PID {place.hub_pid()}" in done.stderr
        assert "hub stop" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert {path.name for path in place.store.parent.iterdir()} == before
        window.track()


def test_a_store_that_another_program_has_open_is_not_recovered(healthy: Place) -> None:
    program = "import duckdb, sys; kept = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [str(Path(COMMAND).parent / "python"), "-c", program, str(healthy.store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout
        assert holder.stdin
        holder.stdout.readline()
        done = run(healthy, "recover")
        holder.stdin.close()
    assert done.returncode == 1
    assert "open in another program" in done.stderr


def test_a_store_that_is_missing_is_named_and_nothing_made(place: Place) -> None:
    done = run(place, "recover")
    assert done.returncode == 1
    assert f"There is no store at {place.store}" in done.stderr
    assert not place.store.parent.exists()


def test_what_is_no_store_is_refused_in_one_line(place: Place) -> None:
    own_folder(place)
    place.store.write_bytes(b"hello\n" * 9_000)
    before = _files(place)
    done = run(place, "recover")
    assert done.returncode == 1
    assert "is not a DuckDB file" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert _files(place) == before


def test_a_new_file_that_exists_or_cannot_be_made_is_refused(damaged: Place, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    for out, reason in ((tmp_path / "mine", "exists already"), (tmp_path / "no" / "new", "there is no folder")):
        done = run(damaged, "recover", "--out", str(out))
        assert done.returncode == 1
        assert reason in done.stderr
        assert "Nothing was changed" in done.stderr
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"


def test_a_recovery_that_is_ended_leaves_nothing_behind(damaged: Place) -> None:
    before = _files(damaged)
    with subprocess.Popen(
        [COMMAND, "recover"], env=damaged.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        until(
            lambda: os.listdir(damaged.store.parent), lambda names: any(name.startswith(".recover-") for name in names)
        )
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode in (0, 1)  # it may have been done just before
    names = {path.name for path in damaged.store.parent.iterdir()}
    assert not {name for name in names if name.startswith(".recover-")}
    assert {name: data for name, data in _files(damaged).items() if name in before} == before

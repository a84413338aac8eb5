"""What goes wrong around the store is said in words that a person can act on, and nothing stored is touched."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.system.processes import Place, Window, eventually, exported, own_folder, run, until

pytestmark = pytest.mark.slow


def _refused(place: Place) -> str:
    """What a window is told when it cannot be served."""
    with Window(place) as window:
        return str(window.initialize()["error"]["message"])


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _filled(place: Place) -> None:
    """A store with one invocation, and no hub on it."""
    with Window(place) as window:
        window.initialize()
        window.track(query="before the trouble")
    run(place, "hub", "stop")


@contextmanager
def _held_by_foreign_program(store: Path) -> Iterator[int]:
    program = "import duckdb, sys; kept = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdin
        holder.stdout.readline()
        yield holder.pid
        holder.stdin.close()


def test_a_store_open_in_another_program_is_left_alone_and_the_program_named(place: Place) -> None:
    _filled(place)
    with _held_by_foreign_program(place.store) as holder:
        with Window(place) as window:
            message = window.initialize()["error"]["message"]
            assert f"PID {holder}" in message
            assert "Close it there" in message
            assert "Nothing was stored" in message
        doctor = run(place, "doctor")
        assert doctor.returncode == 1
        assert f"PID {holder}" in doctor.stdout
    assert len(exported(place)) == 1


def test_a_window_works_as_soon_as_the_other_program_has_let_go(place: Place) -> None:
    _filled(place)
    with Window(place) as window:
        with _held_by_foreign_program(place.store):
            assert "error" in window.initialize()
        reply = until(window.initialize, lambda reply: "result" in reply)
        assert reply["result"]["serverInfo"]["name"] == "session-buddy"
        window.track(query="after the trouble")
    assert len(exported(place)) == 2


def test_a_store_written_by_a_newer_program_is_refused_and_not_touched(place: Place) -> None:
    _filled(place)
    with duckdb.connect(str(place.store)) as connection:
        connection.execute("INSERT INTO store_migration VALUES (9999, '99.0.0', NULL)")
    before = _digest(place.store)
    message = _refused(place)
    assert "session_buddy 99.0.0" in message
    assert "Update session_buddy" in message
    assert _digest(place.store) == before


@pytest.mark.parametrize("damage", ["truncated", "garbage", "text"])
def test_a_damaged_store_is_refused_with_the_way_out_and_not_touched(place: Place, damage: str) -> None:
    _filled(place)
    data = place.store.read_bytes()
    broken = {"truncated": data[: len(data) // 2], "garbage": os.urandom(8192) + data[8192:], "text": b"hello\n" * 900}
    place.store.write_bytes(broken[damage])
    message = _refused(place)
    assert str(place.store) in message
    assert "session-buddy recover" in message
    assert place.store.read_bytes() == broken[damage]


def test_a_folder_that_cannot_be_written_is_named(place: Place, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    with _file_system(closed, "ro"):
        message = _refused(place.with_variables(SESSION_BUDDY_STORE=str(closed / "s.duckdb")))
    assert str(closed) in message
    assert "not writable" in message
    assert "SESSION_BUDDY_STORE" in message


@contextmanager
def _file_system(folder: Path, options: str) -> Iterator[None]:
    """A file system of its own at `folder`; only root may mount one."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for mounting a file system")
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_loses_no_acknowledged_call_and_says_what_is_wrong(place: Place, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    full = place.with_variables(SESSION_BUDDY_STORE=str(small / "s.duckdb"))
    full.store = small / "s.duckdb"
    with _file_system(small, "size=4096k"):
        acknowledged, message = _fill(full)
        assert "Nothing of this call was stored" in message or "Nothing was stored" in message
        (small / "ballast").unlink()
        with Window(full) as window:
            eventually(lambda: "result" in window.initialize())
            acknowledged.add(window.track(query="after making room"))
        assert {row["invocation_id"] for row in exported(full)} == acknowledged
        run(full, "hub", "stop")


def _fill(place: Place) -> tuple[set[str], str]:
    """Track until the disk is full; returns what was acknowledged, and what the refused call was told."""
    acknowledged = set()
    with Window(place) as window:
        window.initialize()
        acknowledged.add(window.track(query="while there is room"))
        with (place.store.parent / "ballast").open("wb", buffering=0) as ballast:
            try:
                while ballast.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        for number in range(2000):
            arguments = {"skill_name": "debugging", "user_query": f"{number} " * 400}
            reply = window.request("tools/call", {"name": "track_skill", "arguments": arguments})
            if "error" in reply:
                return acknowledged, reply["error"]["message"]
            if reply["result"].get("isError"):
                return acknowledged, reply["result"]["content"][0]["text"]
            acknowledged.add(reply["result"]["structuredContent"]["invocation_id"])
    raise AssertionError("The disk never got full.")


def test_a_store_that_is_a_link_is_refused(place: Place, tmp_path: Path) -> None:
    target = tmp_path / "somebody-elses-file"
    target.write_text("precious", encoding="utf-8")
    own_folder(place)
    place.store.symlink_to(target)
    assert "is a link" in _refused(place)
    assert target.read_text(encoding="utf-8") == "precious"


def test_a_project_folder_that_links_elsewhere_is_set_aside(place: Place, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (place.project / ".session-buddy").symlink_to(tmp_path / "elsewhere")
    with Window(place) as window:
        window.initialize()
        window.track()
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert [path.is_symlink() for path in place.project.glob(".session-buddy.set-aside-*")] == [True]


def test_an_address_file_that_is_a_link_is_ignored_and_replaced(place: Place, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(json.dumps({"program": "0.1.0", "pid": 1, "token": "x", "socket": "/x", "port": None}))
    place.store.parent.mkdir()
    place.address.symlink_to(trap)
    with Window(place) as window:
        window.initialize()
        window.track()
        assert not place.address.is_symlink()
    assert json.loads(trap.read_text())["token"] == "x"


def test_settings_that_are_not_allowed_are_explained_to_every_request(place: Place) -> None:
    message = _refused(place.with_variables(SESSION_BUDDY_LINGER="soon"))
    assert "SESSION_BUDDY_LINGER" in message
    assert "'soon'" in message
    assert "number of seconds" in message


def test_lines_that_are_no_messages_hurt_nothing_else(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        window.send_bytes(b"this is not JSON\n")
        assert window.answer(None)["error"]["code"] == -32700
        window.send_bytes(
            b'{"jsonrpc":"2.0","id":900,"method":"tools/call","params":{"x":"' + b"a" * 20_000_000 + b'"}}\n'
        )
        too_long = window.answer(900)["error"]
        assert "16 MB" in too_long["message"]
        window.send_bytes(b'{"jsonrpc":"2.0","id":901,"method":"tools/call","params":{"name":"\\ud800"}}\n')
        assert "error" in window.answer(901)
        window.send_bytes(b"[]\n\n[1, 2]\n")
        assert "error" in window.answer(None)
        assert "error" in window.answer(None)
        window.track()


def test_stdin_closing_in_the_middle_of_a_line_ends_the_window(place: Place) -> None:
    window = Window(place)
    window.initialize()
    window.send_bytes(b'{"jsonrpc":"2.0","id":5,"meth')
    assert window.close() == 0


def test_a_call_sent_just_before_stdin_closes_is_stored(place: Place) -> None:
    window = Window(place)
    window.initialize()
    window.ask("tools/call", {"name": "track_skill", "arguments": {"skill_name": "debugging"}})
    assert window.close() == 0
    assert len(exported(place)) == 1


def test_a_window_whose_stderr_nobody_reads_is_not_held_up(place: Place) -> None:
    noisy = place.with_variables(SESSION_BUDDY_STORE=str(place.project))
    with Window(noisy) as window:
        for _ in range(1000):
            assert "is a folder" in window.initialize()["error"]["message"]

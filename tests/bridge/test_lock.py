"""The lock that decides which process is the hub."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from session_buddy.bridge.lock import HubLock, is_held

LIMIT = 30.0
HOLD = """
import os, subprocess, sys
from session_buddy.bridge.lock import HubLock
lock = HubLock.take(sys.argv[1])
if sys.argv[2:]:
    subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"])
print("held" if lock else "lost", flush=True)
sys.stdin.read()
"""
TRY = "import sys; from session_buddy.bridge.lock import HubLock; print(bool(HubLock.take(sys.argv[1], patience=0)))"


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "store.duckdb.lock")


@contextmanager
def holder(path: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock until its stdin closes or it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.stdin.close()
            process.wait(LIMIT)


def taken(path: str, patience: float = 0.0) -> bool:
    """Whether the lock can be had; it is let go of at once."""
    lock = HubLock.take(path, patience)
    if lock:
        lock.release()
    return lock is not None


def test_a_lock_that_is_taken_is_held_until_it_is_released(path: str) -> None:
    lock = HubLock.take(path)
    assert lock
    assert is_held(path)
    assert not taken(path)
    lock.release()
    assert not is_held(path)
    assert taken(path)


def test_without_a_file_nobody_holds_the_lock_and_asking_makes_none(path: str) -> None:
    assert not is_held(path)
    assert not os.path.exists(path)


def test_asking_does_not_take_the_lock(path: str) -> None:
    assert taken(path)
    assert not is_held(path)
    assert not is_held(path)
    assert taken(path)


def test_the_file_stays_and_is_for_its_user_only(path: str) -> None:
    before = os.umask(0)
    try:
        assert taken(path)
    finally:
        os.umask(before)
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_a_second_process_does_not_get_the_lock(path: str) -> None:
    with holder(path):
        assert is_held(path)
        assert not taken(path)
        assert not taken(path, patience=0.05)


def test_this_process_keeps_a_second_one_out(path: str) -> None:
    lock = HubLock.take(path)
    assert lock
    done = subprocess.run([sys.executable, "-c", TRY, path], capture_output=True, text=True, check=True, timeout=LIMIT)
    assert done.stdout == "False\n"
    lock.release()


def test_the_lock_is_free_when_its_holder_is_killed(path: str) -> None:
    with holder(path) as process:
        process.kill()
        process.wait(LIMIT)
        assert not is_held(path)
        assert taken(path)


def test_a_child_of_a_killed_holder_does_not_keep_the_lock(path: str) -> None:
    with holder(path, "with a child") as process:
        process.kill()
        process.wait(LIMIT)
        assert not is_held(path)


def test_the_lock_is_free_when_its_holder_ends(path: str) -> None:
    with holder(path):
        assert is_held(path)
    assert not is_held(path)


def test_who_is_patient_gets_the_lock_when_its_holder_ends_meanwhile(path: str) -> None:
    with holder(path) as process:
        assert process.stdin
        process.stdin.close()  # it ends some time from now
        assert taken(path, patience=LIMIT)


def test_a_link_is_not_followed(path: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    os.symlink(victim, path)
    with pytest.raises(OSError, match="symbolic links"):
        HubLock.take(path)
    assert not is_held(path)
    assert victim.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        HubLock.take(str(tmp_path / "gone" / "store.lock"))

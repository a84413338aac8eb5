"""Existing files are opened without following links or waiting, and only where they are this user's."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from session_buddy.common.safe_open import foreign_reason, open_append, open_device, open_lock, open_regular

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
OPENERS: dict[str, Callable[[str], int]] = {
    "read": lambda path: open_regular(path, own=True),
    "append": open_append,
    "lock": lambda path: open_lock(path, create=True),
    "existing lock": lambda path: open_lock(path, create=False),
}


@pytest.mark.parametrize("opener", OPENERS)
def test_a_pipe_that_nobody_uses_holds_nothing_up(opener: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=r"not a regular file|No such device"):
        OPENERS[opener](str(tmp_path / "pipe"))


@pytest.mark.parametrize("opener", OPENERS)
def test_a_pipe_with_a_reader_gets_nothing(opener: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(OSError, match="not a regular file"):
        OPENERS[opener](str(tmp_path / "pipe"))
    assert os.read(reader, 1) == b""
    os.close(reader)


@pytest.mark.parametrize("opener", OPENERS)
def test_a_link_is_not_followed(opener: str, tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic links"):
        OPENERS[opener](str(tmp_path / "link"))


@as_root
@pytest.mark.parametrize("opener", OPENERS)
def test_a_file_of_another_user_is_refused(opener: str, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"")
    os.chown(tmp_path / "theirs", NOBODY, NOBODY)
    with pytest.raises(OSError, match="another user"):
        OPENERS[opener](str(tmp_path / "theirs"))


def test_a_log_with_a_second_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    os.link(tmp_path / "victim", tmp_path / "log")
    with pytest.raises(OSError, match="second name"):
        open_append(str(tmp_path / "log"))


def test_a_refused_file_leaves_no_descriptor_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for opener in OPENERS.values():
        with pytest.raises(OSError, match="regular file"):
            opener(os.devnull)
    assert before == (len(os.listdir("/proc/self/fd")) if before else 0)


def test_a_device_is_written_and_nothing_else(tmp_path: Path) -> None:
    os.close(open_device(os.devnull))
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(OSError, match="not a character device"):
        open_device(str(tmp_path / "file"))


@as_root
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink("/etc/passwd", path)])
def test_what_others_prepare_in_a_shared_folder_is_named(make: Callable[[str], None], tmp_path: Path) -> None:
    path = str(tmp_path / "prepared")
    make(path)
    os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    assert foreign_reason(path) is None
    tmp_path.chmod(0o1777)
    assert "of another user" in str(foreign_reason(path))


def test_a_pipe_of_this_user_is_read_anywhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    os.mkfifo(tmp_path / "pipe")
    assert foreign_reason(str(tmp_path / "pipe")) is None

"""Files are created and replaced whole, private, and never through a link, a FIFO or another user's file."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from session_buddy.common import atomic_io
from session_buddy.common.atomic_io import NewFile, copy_file, move, publish, write_file
from session_buddy.errors import UnsafePathError

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    file = tmp_path / "victim"
    file.write_bytes(b"mine")
    return file


def of_another_user(path: Path) -> None:
    path.write_bytes(b"theirs")
    os.chown(path, NOBODY, NOBODY)


UNSAFE: dict[str, Callable[[Path, Path], object]] = {
    "a link": lambda path, victim: path.symlink_to(victim),
    "a dangling link": lambda path, victim: path.symlink_to(victim.with_name("nowhere")),
    "a link to a folder": lambda path, victim: path.symlink_to(victim.parent),
    "a FIFO": lambda path, victim: os.mkfifo(path),
    "a folder": lambda path, victim: path.mkdir(),
    "a device": lambda path, victim: os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 3)),
    "another user's file": lambda path, victim: of_another_user(path),
}
REASON = {"a folder": "is a directory", "another user's file": "belongs to another user"}
WAYS: dict[str, Callable[[Path, Path], object]] = {
    "write": lambda path, source: write_file(str(path), b"new"),
    "copy": lambda path, source: copy_file(str(source), str(path)),
    "publish": lambda path, source: publish(str(source), str(path)),
    "publish exclusively": lambda path, source: publish(str(source), str(path), exclusive=True),
}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", UNSAFE)
def test_nothing_is_written_in_an_unsafe_place(kind: str, way: str, victim: Path, tmp_path: Path) -> None:
    if os.geteuid() != 0 and kind in ("a device", "another user's file"):
        pytest.skip("needs root")
    path, source = tmp_path / "out", tmp_path / "source"
    source.write_bytes(b"new")
    UNSAFE[kind](path, victim)
    before, kept = os.lstat(path), names(tmp_path)
    with pytest.raises(UnsafePathError, match=REASON.get(kind, "is a link|is not a regular file")):
        WAYS[way](path, source)
    assert os.lstat(path).st_ino == before.st_ino
    assert names(tmp_path) == kept
    assert victim.read_bytes() == b"mine"


@pytest.mark.parametrize(("mask", "mode", "given"), [(0o022, 0o644, 0o644), (0, 0o666, 0o644), (0o077, 0o644, 0o600)])
def test_a_mode_is_at_most_readable_for_others(mask: int, mode: int, given: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        write_file(str(tmp_path / "out"), b"", mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == given


def test_a_file_is_private_unless_another_mode_is_named(tmp_path: Path) -> None:
    copy_file(__file__, str(tmp_path / "out"))
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600
    assert (tmp_path / "out").read_bytes() == Path(__file__).read_bytes()


def test_after_an_exception_the_old_file_stays(victim: Path, tmp_path: Path) -> None:
    def write_half() -> None:
        with NewFile(str(victim), text=True) as file:
            file.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert victim.read_bytes() == b"mine"
    assert names(tmp_path) == {"victim"}


def test_a_reader_of_the_old_file_keeps_it(victim: Path) -> None:
    with victim.open("rb") as reader:
        write_file(str(victim), b"new", durable=True)
        assert reader.read() == b"mine"
    assert victim.read_bytes() == b"new"


def test_another_name_of_the_old_file_keeps_its_content(victim: Path, tmp_path: Path) -> None:
    os.link(victim, tmp_path / "other")
    write_file(str(victim), b"new")
    assert (tmp_path / "other").read_bytes() == b"mine"


def test_an_exclusive_file_replaces_nothing(victim: Path, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError), NewFile(str(victim), exclusive=True) as file:
        file.write(b"new")
    assert victim.read_bytes() == b"mine"
    assert names(tmp_path) == {"victim"}


def test_a_draft_has_room_beside_a_long_name(tmp_path: Path) -> None:
    path = tmp_path / ("ü" * 127)
    write_file(str(path), b"new")
    assert path.read_bytes() == b"new"


def test_a_name_without_a_folder_is_written_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_file("out", b"new", durable=True)
    assert names(tmp_path) == {"out"}


@pytest.mark.parametrize("kind", ["a link", "a FIFO", "a folder"])
def test_only_a_regular_file_is_copied(kind: str, victim: Path, tmp_path: Path) -> None:
    UNSAFE[kind](tmp_path / "source", victim)
    with pytest.raises(OSError, match=r"regular file|symbolic links|directory"):
        copy_file(str(tmp_path / "source"), str(tmp_path / "out"))
    assert names(tmp_path) == {"victim", "source"}


def test_a_move_replaces_a_link_and_not_its_target(victim: Path, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"new")
    (tmp_path / "out").symlink_to(victim)
    move(str(tmp_path / "source"), str(tmp_path / "out"))
    assert victim.read_bytes() == b"mine"
    assert (tmp_path / "out").read_bytes() == b"new"


@pytest.mark.parametrize("mode", [0o755, 0o700, 0o1777, 0o775])
def test_a_folder_that_others_cannot_change_is_used(mode: int, tmp_path: Path) -> None:
    tmp_path.chmod(mode)
    atomic_io.check_folder(str(tmp_path))


def test_a_folder_that_every_user_can_change_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(UnsafePathError, match="changed by every user"):
        atomic_io.check_folder(str(tmp_path))


@as_root
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    with pytest.raises(UnsafePathError, match="another user"):
        atomic_io.check_folder(str(tmp_path))

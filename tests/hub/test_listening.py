"""Where a hub listens when a folder for its socket is taken or cannot be used."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.common.private_folder import first_private, make_private
from session_buddy.hub import listening
from session_buddy.settings import Settings, read

NOBODY = 65534


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose name leaves room for a socket's."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def settings(short: Path, tmp_path: Path) -> Settings:
    environment = {"SESSION_BUDDY_PROJECT": str(tmp_path), "XDG_DATA_HOME": str(short / "d")}
    return read(environment | {"XDG_RUNTIME_DIR": str(short / "r")})


def folder_of(settings: Settings) -> str | None:
    listener, address = listening.listen(settings)
    listener.close()
    if address.socket is None:
        assert address.port
        return None
    os.unlink(address.socket)
    return os.path.dirname(address.socket)


def make_unusable(folder: Path, how: str, short: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    if how == "link":
        (short / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(short / "elsewhere")
    elif how == "dangling link":
        folder.symlink_to(short / "nowhere")
    elif how == "file":
        folder.write_text("", encoding="utf-8")
    elif how == "open to others":
        folder.mkdir()
        folder.chmod(0o755)
    elif how == "another user's":
        if os.geteuid() != 0:
            pytest.skip("needs root, for giving a folder away")
        folder.mkdir(mode=0o700)
        os.chown(folder, NOBODY, NOBODY)


HOW = ["link", "dangling link", "file", "open to others", "another user's"]


@pytest.mark.parametrize("how", HOW)
def test_a_folder_that_is_taken_is_passed_over(settings: Settings, short: Path, how: str) -> None:
    make_unusable(short / "r" / "session-buddy", how, short)
    assert folder_of(settings) == f"/tmp/session-buddy-{os.geteuid()}"


@pytest.mark.parametrize("how", HOW)
def test_no_unusable_folder_is_private(short: Path, how: str) -> None:
    make_unusable(short / "folder", how, short)
    assert not make_private(str(short / "folder"))
    good = str(short / "good")
    assert first_private([str(short / "folder"), good]) == good
    assert os.stat(good).st_mode & 0o777 == 0o700


def test_the_runtime_folder_is_the_first_choice(settings: Settings, short: Path) -> None:
    assert folder_of(settings) == str(short / "r" / "session-buddy")


def test_the_data_folder_is_used_before_tcp(settings: Settings) -> None:
    folders = listening._folders(settings)
    assert folders[-1] == os.path.join(settings.data_folder, "run")
    assert make_private(folders[-1])


def test_without_any_folder_there_is_tcp(settings: Settings, short: Path) -> None:
    far = str(short / ("x" * 100))
    moved = settings._replace(runtime_folder=far, data_folder=far, transport="tcp")
    assert folder_of(moved) is None

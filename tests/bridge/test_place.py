"""What lies beside a store, and which places are refused."""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from session_buddy.bridge.place import Place, check, prepare
from session_buddy.common.atomic_io import unsafe_reason
from session_buddy.errors import HubUnavailableError, UnsafePathError

NOBODY = 65534
COMPANIONS = ["", ".wal", ".lock", ".log"]
GiveAway = Callable[[Path], None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path.resolve()


@pytest.fixture
def place(project: Path) -> Place:
    return Place(str(project / ".session-buddy" / "session_buddy.duckdb"))


@pytest.fixture
def give_away(monkeypatch: pytest.MonkeyPatch) -> GiveAway:
    """Make a file another user's. Who may not give files away becomes another user instead."""

    def give(path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        else:
            monkeypatch.setattr("os.geteuid", lambda: NOBODY)

    return give


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Be somebody whom the permissions of files bind, which they do not when root runs this."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder that everybody can read and nobody but root can write."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        os.chmod(name, 0o555)
        yield Path(name).resolve()
        os.chmod(name, 0o700)


def test_the_files_of_a_store_have_its_name() -> None:
    place = Place("/there/s.duckdb")
    assert place.folder == "/there"
    assert (place.lock, place.address) == ("/there/s.duckdb.lock", "/there/s.duckdb.hub")
    assert (place.log, place.wal) == ("/there/s.duckdb.log", "/there/s.duckdb.wal")


def test_the_folder_is_made_private_with_a_gitignore_of_everything(place: Place) -> None:
    before = os.umask(0o022)
    try:
        prepare(place)
    finally:
        os.umask(before)
    folder = Path(place.folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_folder_that_marked_the_project_becomes_private(place: Place) -> None:
    folder = Path(place.folder)
    folder.mkdir()
    folder.chmod(0o755)
    prepare(place)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_preparing_again_changes_nothing(place: Place) -> None:
    prepare(place)
    (Path(place.folder) / ".gitignore").write_text("# mine\n", encoding="utf-8")
    prepare(place)
    assert (Path(place.folder) / ".gitignore").read_text(encoding="utf-8") == "# mine\n"


def test_a_folder_of_the_persons_own_choice_gets_no_gitignore_and_keeps_its_permissions(project: Path) -> None:
    folder = project / "data"
    folder.mkdir()
    folder.chmod(0o755)
    prepare(Place(str(folder / "s.duckdb")))
    assert list(folder.iterdir()) == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


@pytest.mark.parametrize("companion", COMPANIONS)
def test_a_link_in_the_place_of_a_file_is_refused(place: Place, project: Path, companion: str) -> None:
    prepare(place)
    victim = project / "victim"
    victim.write_text("mine", encoding="utf-8")
    os.symlink(victim, place.store + companion)
    for action in (check, prepare):
        with pytest.raises(UnsafePathError, match="is a link") as refused:
            action(place)
        assert place.store + companion in str(refused.value)
    assert victim.read_text(encoding="utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_refused_too(place: Place, project: Path) -> None:
    prepare(place)
    os.symlink(project / "nothing", place.store)
    with pytest.raises(UnsafePathError, match="is a link"):
        check(place)
    assert not (project / "nothing").exists()


def test_a_folder_that_is_a_link_is_refused(place: Place, project: Path) -> None:
    elsewhere = project / "elsewhere"
    elsewhere.mkdir()
    os.symlink(elsewhere, place.folder)
    with pytest.raises(UnsafePathError, match="is a link"):
        prepare(place)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("companion", COMPANIONS)
def test_another_users_file_is_refused(place: Place, companion: str, give_away: GiveAway) -> None:
    prepare(place)
    file = Path(place.store + companion)
    file.write_bytes(b"")
    give_away(file)
    with pytest.raises(UnsafePathError, match="belongs to another user"):
        check(place)


def test_another_users_folder_is_refused(place: Place, give_away: GiveAway) -> None:
    Path(place.folder).mkdir()
    give_away(Path(place.folder))
    with pytest.raises(UnsafePathError, match="belongs to another user") as refused:
        prepare(place)
    assert place.folder in str(refused.value)
    assert list(Path(place.folder).iterdir()) == []


def test_a_store_that_is_a_folder_is_refused(place: Place) -> None:
    os.makedirs(place.store)
    with pytest.raises(UnsafePathError, match="is a folder"):
        prepare(place)


def test_what_is_not_there_is_no_trap(place: Place) -> None:
    assert unsafe_reason(place.store) is None
    check(place)
    assert not os.path.exists(place.folder)


def test_a_file_of_ones_own_is_no_trap(place: Place) -> None:
    prepare(place)
    Path(place.store).write_bytes(b"")
    assert unsafe_reason(place.store) is None


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(project: Path) -> None:
    (project / "file").write_text("", encoding="utf-8")
    with pytest.raises(HubUnavailableError, match="SESSION_BUDDY_STORE"):
        prepare(Place(str(project / "file" / "s.duckdb")))


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(read_only: Path) -> None:
    with bound_by_permissions(), pytest.raises(HubUnavailableError) as refused:
        prepare(Place(str(read_only / "s.duckdb")))
    assert f"{read_only} is not writable" in str(refused.value)
    assert "SESSION_BUDDY_STORE" in str(refused.value)


def test_a_project_that_cannot_be_written_is_told_with_what_to_do(read_only: Path) -> None:
    with bound_by_permissions(), pytest.raises(HubUnavailableError) as refused:
        prepare(Place(str(read_only / ".session-buddy" / "s.duckdb")))
    assert "Permission denied" in str(refused.value)
    assert "SESSION_BUDDY_STORE" in str(refused.value)
    assert list(read_only.iterdir()) == []

"""What lies beside a store, and which places are refused."""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from session_buddy.bridge import place as place_module
from session_buddy.bridge.place import Place, check
from session_buddy.common.atomic_io import unsafe_reason
from session_buddy.errors import HubUnavailableError, UnsafePathError

NOBODY = 65534
COMPANIONS = ["", ".wal", ".lock", ".log"]
GiveAway = Callable[[Path], None]
Prepare = Callable[[Place], None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path.resolve()


@pytest.fixture
def place(project: Path) -> Place:
    return Place(str(project / ".session-buddy" / "session_buddy.duckdb"))


@pytest.fixture
def prepare(tmp_path_factory: pytest.TempPathFactory) -> Prepare:
    """Prepare a place for a user whose data folder belongs to this test."""
    data_folder = str(tmp_path_factory.mktemp("data"))
    return lambda place: place_module.prepare(place, data_folder)


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


def prepare_as_new_user(place: Place) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as data_folder:
        place_module.prepare(place, data_folder)


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


def test_the_folder_is_made_private_with_a_gitignore_of_everything(place: Place, prepare: Prepare) -> None:
    before = os.umask(0o022)
    try:
        prepare(place)
    finally:
        os.umask(before)
    folder = Path(place.folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_folder_that_marked_the_project_becomes_private(place: Place, prepare: Prepare) -> None:
    folder = Path(place.folder)
    folder.mkdir()
    folder.chmod(0o755)
    prepare(place)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_preparing_again_changes_nothing(place: Place, prepare: Prepare) -> None:
    prepare(place)
    folder = Path(place.folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    prepare(place)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("text", ["# mine\n", "!*\n", "*\n!session_buddy.duckdb\n"])
def test_another_gitignore_file_gets_another_name(place: Place, prepare: Prepare, text: str) -> None:
    prepare(place)
    ignored = Path(place.folder) / ".gitignore"
    ignored.write_text(text, encoding="utf-8")
    prepare(place)
    assert ignored.read_text(encoding="utf-8") == "*\n"
    [kept] = Path(place.folder).glob(".gitignore.set-aside*")
    assert kept.read_text(encoding="utf-8") == text


def test_a_folder_of_the_persons_own_choice_gets_no_gitignore_and_keeps_its_permissions(
    project: Path, prepare: Prepare
) -> None:
    folder = project / "data"
    folder.mkdir()
    folder.chmod(0o755)
    prepare(Place(str(folder / "s.duckdb")))
    assert [path.name for path in folder.iterdir()] == ["s.duckdb.key"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


@pytest.mark.parametrize("companion", COMPANIONS)
def test_a_link_in_the_place_of_a_file_is_refused(
    place: Place, project: Path, companion: str, prepare: Prepare
) -> None:
    prepare(place)
    victim = project / "victim"
    victim.write_text("mine", encoding="utf-8")
    os.symlink(victim, place.store + companion)
    for action in (check, prepare):
        with pytest.raises(UnsafePathError, match="is a link") as refused:
            action(place)
        assert place.store + companion in str(refused.value)
    assert victim.read_text(encoding="utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_refused_too(place: Place, project: Path, prepare: Prepare) -> None:
    prepare(place)
    os.symlink(project / "nothing", place.store)
    with pytest.raises(UnsafePathError, match="is a link"):
        check(place)
    assert not (project / "nothing").exists()


def test_a_folder_that_is_a_link_is_set_aside(place: Place, project: Path, prepare: Prepare) -> None:
    elsewhere = project / "elsewhere"
    elsewhere.mkdir()
    os.symlink(elsewhere, place.folder)
    prepare(place)
    assert list(elsewhere.iterdir()) == []
    assert not os.path.islink(place.folder)
    (moved,) = project.glob(".session-buddy.set-aside-*")
    assert moved.is_symlink()


@pytest.mark.parametrize("companion", COMPANIONS)
def test_another_users_file_is_refused(place: Place, companion: str, give_away: GiveAway, prepare: Prepare) -> None:
    prepare(place)
    file = Path(place.store + companion)
    file.write_bytes(b"")
    give_away(file)
    with pytest.raises(UnsafePathError, match="belongs to another user"):
        check(place)


def test_another_users_folder_is_refused(place: Place, give_away: GiveAway, prepare: Prepare) -> None:
    Path(place.folder).mkdir()
    give_away(Path(place.folder))
    with pytest.raises(UnsafePathError, match="belongs to another user") as refused:
        prepare(place)
    assert place.folder in str(refused.value)
    assert list(Path(place.folder).iterdir()) == []


def test_a_store_that_is_a_folder_is_refused(place: Place, prepare: Prepare) -> None:
    prepare(place)
    os.makedirs(place.store)
    with pytest.raises(UnsafePathError, match="is a folder"):
        prepare(place)


def test_a_path_that_is_not_utf_8_is_refused(tmp_path: Path, prepare: Prepare) -> None:
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9/.session-buddy")
    with pytest.raises(UnsafePathError, match="not valid UTF-8"):
        prepare(Place(os.path.join(folder, "session_buddy.duckdb")))
    assert not os.path.exists(folder)


def test_what_is_not_there_is_no_trap(place: Place) -> None:
    assert unsafe_reason(place.store) is None
    check(place)
    assert not os.path.exists(place.folder)


def test_a_file_of_ones_own_is_no_trap(place: Place, prepare: Prepare) -> None:
    prepare(place)
    Path(place.store).write_bytes(b"")
    assert unsafe_reason(place.store) is None


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(project: Path, prepare: Prepare) -> None:
    (project / "file").write_text("", encoding="utf-8")
    with pytest.raises(HubUnavailableError, match="SESSION_BUDDY_STORE"):
        prepare(Place(str(project / "file" / "s.duckdb")))


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(read_only: Path) -> None:
    with bound_by_permissions(), pytest.raises(HubUnavailableError) as refused:
        prepare_as_new_user(Place(str(read_only / "s.duckdb")))
    assert str(read_only) in str(refused.value)
    assert "SESSION_BUDDY_STORE" in str(refused.value)


def test_a_project_that_cannot_be_written_is_told_with_what_to_do(read_only: Path) -> None:
    with bound_by_permissions(), pytest.raises(HubUnavailableError) as refused:
        prepare_as_new_user(Place(str(read_only / ".session-buddy" / "s.duckdb")))
    assert "Permission denied" in str(refused.value)
    assert "SESSION_BUDDY_STORE" in str(refused.value)
    assert list(read_only.iterdir()) == []

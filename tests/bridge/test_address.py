"""The file that says where a hub can be reached, and when it is not believed."""

import json
import os
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from session_buddy.bridge import address
from session_buddy.bridge.address import Address
from session_buddy.bridge.lock import HubLock
from session_buddy.bridge.place import Place
from session_buddy.common.store_registry import register, store_key

NOBODY = 65534
BY_PORT = Address("0.1.0", 4711, "token", None, 54321, "")

GiveAway = Callable[[Path], None]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(str(tmp_path / "s.duckdb"))


@pytest.fixture
def hub(place: Place) -> Iterator[HubLock]:
    """Somebody holds the hub's lock."""
    lock = HubLock.take(place.lock)
    assert lock
    yield lock
    lock.release()


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose name leaves room for a socket's."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="session-buddy-") as folder:
        yield Path(folder)


@pytest.fixture
def listening(short: Path) -> Iterator[Path]:
    path = short / "s.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield path


@pytest.fixture
def give_away(monkeypatch: pytest.MonkeyPatch) -> GiveAway:
    """Make a file another user's. Who may not give files away becomes another user instead."""

    def give(path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        else:
            monkeypatch.setattr("os.geteuid", lambda: NOBODY)

    return give


def by_socket(path: Path) -> Address:
    return Address("0.1.0", 4711, "token", str(path), None, "")


def test_an_address_is_read_as_it_was_written(place: Place, hub: HubLock, listening: Path) -> None:
    for one in (BY_PORT, by_socket(listening)):
        address.write(place, one)
        assert address.read(place, place.folder) == one


def test_the_file_is_for_its_user_only(place: Place) -> None:
    before = os.umask(0)
    try:
        address.write(place, BY_PORT)
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat(place.address).st_mode) == 0o600


def test_writing_leaves_no_draft(place: Place) -> None:
    address.write(place, BY_PORT)
    address.write(place, BY_PORT._replace(token="another"))
    assert os.listdir(place.folder) == [os.path.basename(place.address)]


def test_a_failed_write_leaves_no_draft_and_no_address(place: Place) -> None:
    os.mkdir(place.address)  # nothing can be renamed over a folder
    with pytest.raises(OSError, match="directory"):
        address.write(place, BY_PORT)
    assert os.listdir(place.folder) == [os.path.basename(place.address)]


def test_a_link_with_a_guessed_name_of_a_draft_is_not_followed(place: Place, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    os.symlink(victim, f"{place.address}.{BY_PORT.pid}")
    address.write(place, BY_PORT)
    assert victim.read_text(encoding="utf-8") == "mine"


def test_a_pipe_in_the_place_of_the_address_is_refused(place: Place) -> None:
    os.mkfifo(place.address)
    with pytest.raises(OSError, match="not a regular file"):
        address.write(place, BY_PORT)


def test_a_pipe_in_the_place_of_the_address_is_not_read(place: Place, hub: HubLock) -> None:
    os.mkfifo(place.address)
    assert address.read(place, place.folder) is None


def test_a_link_in_the_place_of_the_address_is_replaced_and_not_followed(place: Place, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    os.symlink(victim, place.address)
    address.write(place, BY_PORT)
    assert not os.path.islink(place.address)
    assert victim.read_text(encoding="utf-8") == "mine"


def test_an_address_whose_lock_is_free_is_ignored(place: Place) -> None:
    lock = HubLock.take(place.lock)
    assert lock
    address.write(place, BY_PORT)
    assert address.read(place, place.folder) == BY_PORT
    lock.release()
    assert address.read(place, place.folder) is None


def test_an_address_without_a_lock_file_is_ignored(place: Place) -> None:
    address.write(place, BY_PORT)
    assert address.read(place, place.folder) is None


def test_no_address_is_none(place: Place, hub: HubLock) -> None:
    assert address.read(place, place.folder) is None


def test_an_address_that_is_a_link_is_ignored(place: Place, hub: HubLock, tmp_path: Path) -> None:
    strange = tmp_path / "strange"
    strange.write_text(json.dumps(BY_PORT._asdict()), encoding="utf-8")
    os.symlink(strange, place.address)
    assert address.read(place, place.folder) is None


def test_an_address_of_another_user_is_ignored(place: Place, hub: HubLock, give_away: GiveAway) -> None:
    address.write(place, BY_PORT)
    assert address.read(place, place.folder)
    give_away(Path(place.address))
    assert address.read(place, place.folder) is None


@pytest.mark.parametrize(
    "garbage", [b"", b"{", b"null", b"[]", b"7", b'"text"', b'{"program": "1"}', b"\xff\xfe\x00", b"[" * 100_000]
)
def test_garbage_is_ignored(place: Place, hub: HubLock, garbage: bytes) -> None:
    Path(place.address).write_bytes(garbage)
    assert address.read(place, place.folder) is None


@pytest.mark.parametrize("fields", [{"socket": 7}, {"socket": "/tmp\0/x"}, {"socket": ["/tmp"]}, {"port": 10**9}])
def test_an_address_with_fields_of_the_wrong_kind_is_ignored(
    place: Place, hub: HubLock, fields: dict[str, object]
) -> None:
    Path(place.address).write_text(json.dumps(BY_PORT._asdict() | fields), encoding="utf-8")
    assert address.read(place, place.folder) is None


def test_an_address_may_say_more_than_this_program_knows(place: Place, hub: HubLock) -> None:
    Path(place.address).write_text(json.dumps(BY_PORT._asdict() | {"newer": 1}), encoding="utf-8")
    assert address.read(place, place.folder) == BY_PORT


def test_an_address_whose_socket_is_no_socket_is_ignored(place: Place, hub: HubLock, short: Path) -> None:
    (short / "file").write_text("", encoding="utf-8")
    for path in (short / "file", short / "gone", short):
        address.write(place, by_socket(path))
        assert address.read(place, place.folder) is None


def test_an_address_whose_socket_is_a_link_is_ignored(place: Place, hub: HubLock, listening: Path) -> None:
    link = listening.with_name("link")
    link.symlink_to(listening)
    address.write(place, by_socket(link))
    assert address.read(place, place.folder) is None


def test_an_address_whose_socket_is_another_users_is_ignored(
    place: Place, hub: HubLock, listening: Path, give_away: GiveAway
) -> None:
    address.write(place, by_socket(listening))
    assert address.read(place, place.folder)
    give_away(listening)
    assert address.read(place, place.folder) is None


def test_a_hub_is_reached_at_its_socket_or_port(listening: Path) -> None:
    address.dial(by_socket(listening)).close()
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = address.dial(BY_PORT._replace(port=server.getsockname()[1]))
        assert line.getpeername() == server.getsockname()
        line.close()


def test_where_nobody_listens_there_is_an_error(short: Path) -> None:
    with pytest.raises(FileNotFoundError):
        address.dial(by_socket(short / "gone"))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            address.dial(BY_PORT._replace(port=unused.getsockname()[1]))


def test_the_socket_of_a_killed_hub_is_swept_away(place: Place, listening: Path) -> None:
    address.write(place, by_socket(listening))
    address.sweep(place, place.folder)
    assert not listening.exists()


def test_nothing_but_a_socket_of_ones_own_is_swept_away(place: Place, listening: Path, give_away: GiveAway) -> None:
    file = listening.with_name("file")
    file.write_text("mine", encoding="utf-8")
    address.write(place, by_socket(file))
    address.sweep(place, place.folder)
    assert file.exists()
    address.write(place, by_socket(listening))
    give_away(listening)
    address.sweep(place, place.folder)
    assert listening.exists()


def test_a_socket_outside_of_this_programs_folders_stays(place: Place, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="agent-") as folder, socket.socket(socket.AF_UNIX) as listener:
        path = Path(folder) / "s.sock"
        listener.bind(str(path))
        address.write(place, by_socket(path))
        address.sweep(place, place.folder)
        assert path.exists()


@pytest.mark.parametrize("name", ["ssh", "agent.12"])
def test_a_socket_with_another_ending_stays(place: Place, short: Path, name: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(short / name))
        address.write(place, by_socket(short / name))
        address.sweep(place, place.folder)
        assert (short / name).exists()


@pytest.mark.parametrize("key", ["", "0" * 64])
def test_an_address_without_the_stores_key_is_ignored(tmp_path: Path, listening: Path, key: str) -> None:
    data_folder = str(tmp_path / "data")
    registered = Place(str(tmp_path / ".session-buddy" / "s.duckdb"))
    register(registered.store, data_folder)
    lock = HubLock.take(registered.lock)
    assert lock
    address.write(registered, by_socket(listening)._replace(store_key=key))
    assert address.read(registered, data_folder) is None
    address.sweep(registered, data_folder)
    assert listening.exists()
    lock.release()


def test_an_address_with_the_stores_key_is_read(tmp_path: Path, listening: Path) -> None:
    data_folder = str(tmp_path / "data")
    registered = Place(str(tmp_path / ".session-buddy" / "s.duckdb"))
    register(registered.store, data_folder)
    found = by_socket(listening)._replace(store_key=str(store_key(registered.store, data_folder)))
    lock = HubLock.take(registered.lock)
    assert lock
    address.write(registered, found)
    assert address.read(registered, data_folder) == found
    address.sweep(registered, data_folder)
    assert not listening.exists()
    lock.release()


def test_an_address_in_an_unregistered_folder_is_ignored(tmp_path: Path, listening: Path) -> None:
    unregistered = Place(str(tmp_path / ".session-buddy" / "s.duckdb"))
    os.mkdir(unregistered.folder)
    lock = HubLock.take(unregistered.lock)
    assert lock
    address.write(unregistered, by_socket(listening))
    assert address.read(unregistered, str(tmp_path / "data")) is None
    lock.release()

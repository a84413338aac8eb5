"""A project that a stranger prepared changes nothing of the user's, and decides nothing."""

import json
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from session_buddy.bridge.lock import HubLock
from session_buddy.common.store_registry import key_path, store_key
from session_buddy.store.ids import new_id
from tests.system.hooking import event, fire, skill
from tests.system.processes import Place, Window, eventually, exported, leave_no_hub, run
from tests.system.untrusted import HARMLESS, build, files, first_call, mode, set_aside, texts

pytestmark = pytest.mark.slow
TEXT = "the secret prompt of this user"


@pytest.fixture
def used(place: Place) -> Place:
    """A project that this user's program has a store in, with one row."""
    use(place)
    return place


def use(place: Place, query: str = TEXT) -> None:
    with Window(place) as window:
        window.initialize()
        window.track(query=query)
    run(place, "hub", "stop")


def moved_to(place: Place, project: Path) -> Place:
    return Place(project, place.environment)


def queries(place: Place) -> list[str]:
    return sorted(str(row["user_query"]) for row in exported(place))


def clone_with(place: Place, **contents: str) -> Path:
    """A `.session-buddy` folder that came with a clone."""
    folder = place.store.parent
    folder.mkdir(exist_ok=True)
    for name, text in contents.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def agent() -> Iterator[Path]:
    """A socket of this user that listens, like that of an SSH agent."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="session-buddy-") as folder:
        path = Path(folder) / "agent.sock"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            listener.setblocking(False)
            yield path
            with pytest.raises(BlockingIOError):
                listener.accept()


@pytest.mark.parametrize("log", [False, True])
def test_a_cloned_store_decides_nothing_and_is_kept(place: Place, log: bool) -> None:
    build(place.store)
    if log:
        connection = duckdb.connect(str(place.store))
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("UPDATE invocation SET skill_name = 'from-the-log'")
        connection.close()
    before = files(place.store.parent)
    assert mode(place) == ("observe", HARMLESS)
    [moved] = set_aside(place)
    after = files(moved)
    assert after.pop(".gitignore") == b"*\n"
    assert after == before
    assert exported(place) == []


def test_the_notice_comes_once_and_stays_in_doctor(place: Place) -> None:
    build(place.store)
    said = first_call(place)
    [moved] = set_aside(place)
    assert said.count(str(moved)) == 1
    assert said.count("session-buddy store adopt") == 1
    assert str(moved) not in first_call(place)
    assert str(moved) in run(place, "doctor").stdout


@pytest.mark.parametrize("key", ["", "0" * 64])
@pytest.mark.parametrize("locked", [False, True])
def test_a_cloned_address_leads_to_no_socket(place: Place, agent: Path, key: str, locked: bool) -> None:
    address = {"program": "9", "pid": 1, "token": "t", "socket": str(agent), "port": None, "store_key": key}
    folder = clone_with(place, **{f"{place.store.name}.hub": json.dumps(address), "key": key})
    fire(place, event("UserPromptSubmit", prompt=TEXT))
    lock = HubLock.take(f"{place.store}.lock") if locked else None
    fire(place, event("Stop"))
    if lock:
        lock.release()
    use(place)
    assert agent.exists()
    assert json.loads((set_aside(place)[0] / f"{place.store.name}.hub").read_text(encoding="utf-8")) == address
    assert folder.exists()


def test_a_cloned_spool_is_not_stored(place: Place) -> None:
    waiting = {"id": str(new_id()), "kind": "track", "at": "2026-11-02T09:30:00+00:00", "project": str(place.project)}
    text = json.dumps(waiting | {"session": "s", "skill_name": "theirs", "store_key": ""})
    clone_with(place, **{f"{place.store.name}.spool/0-{waiting['id']}.json": text})
    use(place)
    assert [row["skill_name"] for row in exported(place)] == ["debugging"]


@pytest.mark.parametrize("key", [None, "", "0" * 64])
def test_a_spooled_event_without_the_key_is_refused(used: Place, key: str | None) -> None:
    waiting = {"id": str(new_id()), "kind": "track", "at": "2026-11-02T09:30:00+00:00", "project": str(used.project)}
    spool = Path(f"{used.store}.spool")
    spool.mkdir(exist_ok=True)
    path = spool / f"0-{waiting['id']}.json"
    path.write_text(
        json.dumps(waiting | {"session": "s", "skill_name": "theirs"} | ({} if key is None else {"store_key": key})),
        encoding="utf-8",
    )
    with Window(used) as window:
        window.initialize()
        eventually(lambda: not path.exists())
    assert [row["skill_name"] for row in exported(used)] == ["debugging"]


DRAFTS = [".draft", ".draft.wal", ".hub", ".hub.1", ".spool", ".before-8", ".recovered"]


def link_all(folder: Path, names: list[str], victim: Path) -> None:
    for name in names:
        (folder / name).symlink_to(victim)


@pytest.mark.parametrize("to", ["file", "nothing"])
def test_prepared_links_with_names_of_drafts_are_not_followed(place: Place, tmp_path: Path, to: str) -> None:
    victim = tmp_path / "victim"
    if to == "file":
        victim.write_text("mine", encoding="utf-8")
    names = [*(f"{place.store.name}{ending}" for ending in DRAFTS), "key", "project", ".gitignore"]
    link_all(clone_with(place), names, victim)
    use(place)
    assert queries(place) == [TEXT]
    assert victim.exists() == (to == "file")
    assert to == "nothing" or victim.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("ending", ["", ".wal", ".lock", ".log", ".tmp"])
def test_a_prepared_link_in_a_files_place_is_not_followed(place: Place, tmp_path: Path, ending: str) -> None:
    victim = tmp_path / "victim"
    link_all(clone_with(place), [f"{place.store.name}{ending}"], victim)
    fire(place, event("UserPromptSubmit", prompt=TEXT))
    done = run(place, "export")
    assert done.returncode in (0, 1)
    assert done.returncode == 0 or "is a link" in done.stderr
    assert not victim.exists()


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *identity, "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=60, text=True, errors="replace").stdout


@pytest.mark.parametrize("gitignore", ["!*\n", "*\n!*.duckdb*\n", ""])
def test_a_clones_gitignore_lets_no_prompt_into_git(place: Place, gitignore: str) -> None:
    git(place.project, "init")
    clone_with(place, __gitignore=gitignore)
    use(place)
    assert queries(place) == [TEXT]
    git(place.project, "add", ".")
    assert git(place.project, "ls-files") == ""


@pytest.mark.parametrize("version", ["2", "4"])
def test_a_store_that_git_tracks_gets_no_prompts(place: Place, version: str) -> None:
    git(place.project, "init")
    build(place.store)
    git(place.project, "add", "-f", ".")
    git(place.project, "commit", "-m", "first")
    git(place.project, "update-index", "--index-version", version)
    said = first_call(place)
    assert "git tracks" in said
    use(place)
    assert queries(place) == [TEXT]
    git(place.project, "add", "-A", ".")
    assert git(place.project, "status", "--porcelain") == ""
    assert not set_aside(place)
    assert mode(place) == ("observe", HARMLESS)


def test_a_copied_project_starts_anew(used: Place, tmp_path: Path) -> None:
    shutil.copytree(used.project, tmp_path / "copy")
    copy = moved_to(used, tmp_path / "copy")
    assert exported(copy) == []
    assert len(set_aside(copy)) == 1
    assert queries(used) == [TEXT]
    leave_no_hub(copy)


@pytest.mark.parametrize("name", ["renamed", "deep/elsewhere"])
def test_a_moved_project_keeps_its_store(used: Place, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.parent.mkdir(exist_ok=True)
    used.project.rename(target)
    moved = moved_to(used, target)
    assert queries(moved) == [TEXT]
    assert not set_aside(moved)
    leave_no_hub(moved)


def test_a_stolen_key_registers_nothing(used: Place, tmp_path: Path) -> None:
    clone = moved_to(used, tmp_path / "clone")
    clone.project.mkdir()
    build(clone.store)
    shutil.copy(key_path(str(used.store)), clone.store.parent)
    assert mode(clone) == ("observe", HARMLESS)
    assert len(set_aside(clone)) == 1
    leave_no_hub(clone)


@pytest.mark.parametrize("comment", [False, True])
def test_a_replaced_store_file_is_set_aside_once(used: Place, tmp_path: Path, comment: bool) -> None:
    theirs = build(tmp_path / "theirs.duckdb")
    if comment:
        with duckdb.connect(str(theirs)) as connection:
            connection.execute(f"COMMENT ON TABLE store_migration IS '{'0' * 64}'")
    data = theirs.read_bytes()
    os.replace(theirs, used.store)
    said = first_call(used)
    [kept] = used.store.parent.glob(f"{used.store.name}.set-aside-*")
    assert kept.read_bytes() == data
    assert said.count(str(kept)) == 1
    assert str(kept) not in first_call(used)
    assert mode(used) == ("observe", HARMLESS)
    use(used, "after")
    assert queries(used) == ["after"]


def test_an_archive_over_a_registered_project_decides_nothing(used: Place, tmp_path: Path) -> None:
    build(tmp_path / "theirs" / ".session-buddy" / used.store.name)
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(tmp_path / "theirs" / ".session-buddy", ".session-buddy")
    with tarfile.open(tmp_path / "a.tar") as archive:
        archive.extractall(used.project, filter="data")
    assert mode(used) == ("observe", HARMLESS)
    assert exported(used) == []
    assert len(list(used.store.parent.glob(f"{used.store.name}.set-aside-*"))) == 1


@pytest.mark.parametrize("kind", ["log of another store", "noise"])
def test_a_replaced_log_brings_no_rows(used: Place, tmp_path: Path, kind: str) -> None:
    theirs = build(tmp_path / "theirs.duckdb")
    connection = duckdb.connect(str(theirs))
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    connection.execute("UPDATE invocation SET skill_name = 'injected'")
    connection.close()
    log = Path(f"{theirs}.wal").read_bytes()
    Path(f"{used.store}.wal").write_bytes(log if kind.startswith("log") else os.urandom(len(log)))
    done = run(used, "export")
    assert "injected" not in done.stdout
    assert "Traceback" not in done.stderr
    Path(f"{used.store}.wal").unlink(missing_ok=True)
    run(used, "hub", "stop")
    assert queries(used) == [TEXT]


@pytest.mark.parametrize("opened", [False, True])
def test_a_rebuilt_container_adopts_its_store_in_one_step(used: Place, tmp_path: Path, opened: bool) -> None:
    rebuilt = used.with_variables(XDG_DATA_HOME=str(tmp_path / "new-data"))
    if opened:
        assert exported(rebuilt) == []
        run(rebuilt, "hub", "stop")
    done = run(rebuilt, "store", "adopt", "--yes")
    assert done.returncode == 0, done.stderr
    assert queries(rebuilt) == [TEXT]
    assert len(set_aside(rebuilt)) == 1


@pytest.mark.parametrize("action", ["export", "forget", "backup", "recover", "window"])
def test_an_explicit_unregistered_store_is_rejected_unchanged(place: Place, tmp_path: Path, action: str) -> None:
    store = build(tmp_path / "given" / "given.duckdb")
    explicit = place.with_variables(SESSION_BUDDY_STORE=str(store))
    before = files(store.parent)
    if action == "window":
        with Window(explicit) as window:
            window.initialize()
            reply = window.request("tools/call", {"name": "track_skill", "arguments": {"skill_name": "x"}})
        said = json.dumps(reply)
    else:
        arguments = {"forget": ["--text", "their", "--yes"], "backup": [str(tmp_path / "copy")]}.get(action, [])
        done = run(explicit, action, *arguments)
        assert done.returncode == 1
        said = done.stderr
    assert "session-buddy store adopt" in said
    assert "Traceback" not in said
    assert files(store.parent) == before


def test_hooks_write_nothing_into_an_unregistered_folder(place: Place) -> None:
    build(place.store)
    before = files(place.project)
    fire(place, event("UserPromptSubmit", prompt=TEXT))
    fire(place, skill("debugging", "toolu_1"))
    assert files(place.project) == before
    use(place, "later")
    eventually(lambda: len(exported(place)) == 2)
    assert {row["skill_name"] for row in exported(place)} == {"debugging"}
    assert TEXT in queries(place)


def test_hooks_register_a_project_without_a_store(place: Place) -> None:
    fire(place, event("UserPromptSubmit", prompt=TEXT))
    fire(place, skill("debugging", "toolu_1"))
    assert store_key(str(place.store), str(place.data_folder))
    with Window(place) as window:
        window.initialize()
        assert "store adopt" not in texts(window.call("skill_metrics"))
        eventually(lambda: queries(place) == [TEXT])

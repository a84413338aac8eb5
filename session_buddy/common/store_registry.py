"""Registry of the stores that this user's program created. Nothing in an unregistered folder is opened or changed.

A project may come from a stranger, and so may a `.session-buddy/` folder in it. A store outside of the user's
data folder is therefore trusted only if it is registered: a random key lies beside the store and in the user's
data folder, and the inode of the store's folder is the one that was recorded with the key. A moved or renamed
folder keeps its inode; a clone, an unpacked archive or a copy has another one.
"""

import json
import os
import sys
import time

from session_buddy.common.atomic_io import move, move_aside, remove_if_present, unsafe_reason, write_file
from session_buddy.common.safe_open import open_lock, open_regular
from session_buddy.errors import HubUnavailableError, UnregisteredStoreError, UnsafePathError
from session_buddy.project import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

KEY_LENGTH = 64
ADOPT = "session-buddy store adopt"
GIT_TRACKS = "git tracks it"
_RECORDS = "stores"
_NOTICES = "set-aside"
_PROJECTS = "projects"
_BACKUPS = "backups"
_MAX_RECORD = 16_384
_MAX_NAME = 200
# Locks and logs are harmless, and a store that was removed by hand leaves them.
_HARMLESS = (".lock", ".log", ".log.1")


def is_project_store(store: str) -> bool:
    """Whether the store lies in a `.session-buddy` folder, which belongs to the program as a whole."""
    return os.path.basename(os.path.dirname(store)) == FOLDER


def key_path(store: str) -> str:
    """Return the file that holds a store's key: one for a whole `.session-buddy` folder, else one for each store."""
    return os.path.join(os.path.dirname(store), "key") if is_project_store(store) else store + ".key"


def store_key(store: str, data_folder: str) -> "str | None":
    """Return the key of a registered store, "" for a store in the user's data folder, or None if it is not trusted."""
    folder = os.path.dirname(store)
    if _is_below(folder, data_folder):
        return ""
    if is_project_store(store) and unsafe_reason(folder):
        return None
    key = _read(key_path(store)).strip()
    record = _record(data_folder, key)
    try:
        inode = os.stat(folder).st_ino
    except OSError:
        return None
    names = (key, inode, os.path.basename(key_path(store)))
    return key if record and (record.get("key"), record.get("inode"), record.get("name")) == names else None


def is_own_backup(key: "str | None", store: str, data_folder: str) -> bool:
    """Whether a file with this key is a backup that this user made, or a copy of a store that was in the same folder.
    The file of another project's store is neither: its levels were not earned here, and nobody chose to keep it."""
    record = _record(data_folder, key or "")
    if record is None or record.get("key") != key:
        return False
    return record.get("name") == _BACKUPS or record.get("path") == os.path.dirname(store)


def backup_key(data_folder: str) -> str:
    """Return the key of the files that `backup` and `recover` make for this user, created at the first of them.

    Raises:
        OSError: the key cannot be written.
    """
    path = os.path.join(data_folder, _RECORDS, "backups.key")
    key = _read(path).strip()
    if (_record(data_folder, key) or {}).get("name") != _BACKUPS:
        _make_data_folder(data_folder)
        key = os.urandom(KEY_LENGTH // 2).hex()
        write_file(_record_path(data_folder, key), json.dumps({"key": key, "name": _BACKUPS}).encode(), durable=True)
        write_file(path, key.encode() + b"\n", durable=True)
    return key


def is_in_data_folder(path: str, data_folder: str) -> bool:
    """Whether a file lies in the user's data folder, which is trusted."""
    return _is_below(os.path.dirname(path), data_folder)


def require_registered(store: str, data_folder: str) -> None:
    """Reject a store that this user's program did not create.

    Raises:
        UnregisteredStoreError: names the store and the command that adopts its rows. Nothing was opened.
    """
    if store_key(store, data_folder) is None:
        raise UnregisteredStoreError(
            f"{store} was not created by session_buddy for this user, so it was not opened, and nothing in it was "
            f"changed. `{ADOPT} {store}` shows what it holds and copies its rows into a store of yours."
        )


def is_occupied(store: str) -> bool:
    """Whether something lies where an unregistered store is to be created."""
    folder = os.path.dirname(store)
    if is_project_store(store) and os.path.islink(folder):
        return True
    try:
        if is_project_store(store):
            with os.scandir(folder) as entries:
                return any(True for _ in entries)
        names = os.listdir(folder)
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        return is_project_store(store)
    except OSError:
        return False  # the folder cannot be created or read either, and the error for that says why
    base = os.path.basename(store)
    return any(
        name == base or (name.startswith(base + ".") and not name.endswith(_HARMLESS) and ".set-aside" not in name)
        for name in names
    )


def register(store: str, data_folder: str) -> "str | None":
    """Register a store, and create its folder. An unregistered `.session-buddy` folder that is there already gets
    another name first; nothing in it is opened.

    Returns:
        The new path of such a folder, or None.

    Raises:
        UnregisteredStoreError: a file with the name of a store outside of a `.session-buddy` folder is in the way.
        HubUnavailableError: a folder or file cannot be written, or a hub of an older program uses the store.
        UnsafePathError: the data folder is not safe to use.
    """
    if store_key(store, data_folder) is not None:
        return None
    try:
        _make_data_folder(data_folder)
        with _Lock(os.path.join(data_folder, _RECORDS, "lock")):
            if store_key(store, data_folder) is not None:
                return None
            moved = _set_aside(store, data_folder) if is_occupied(store) else None
            _add(store, data_folder)
            return moved
    except OSError as error:
        raise HubUnavailableError(_unusable(store, data_folder, error)) from None


def _unusable(store: str, data_folder: str, error: OSError) -> str:
    if str(error.filename or "").startswith(data_folder):
        return (
            f"The data folder {data_folder}, in which stores are registered, cannot be used: {error.strerror}. Nothing "
            "was stored. Make it writable, or set XDG_DATA_HOME to a folder that is."
        )
    folder = os.path.dirname(store)
    unwritable = os.path.isdir(folder) and not os.access(folder, os.W_OK)
    problem = "is not writable for this user" if unwritable else f"cannot be used: {error.strerror}"
    return (
        f"The store's folder {folder} {problem}. Nothing was stored. Make it writable, or set SESSION_BUDDY_STORE to a "
        "file in a folder that is."
    )


def set_aside_file(store: str, data_folder: str) -> str:
    """Give a store file, with its log, another name: it is not the file that this program wrote there.

    Returns:
        The new path of the file.

    Raises:
        OSError: it cannot be renamed.
    """
    target = move_aside(store, f"set-aside-{_now()}")
    if os.path.lexists(store + ".wal"):
        move(store + ".wal", target + ".wal")
    _add_notice(data_folder, store, target, "the file was replaced by another program")
    return target


def project_store(project: str, data_folder: str) -> str:
    """Return the store of a project in whose work tree no store may lie, because git tracks `.session-buddy/` there."""
    name = project.replace("%", "%25").replace(os.sep, "%2F").replace(":", "%3A")
    if len(os.fsencode(name)) > _MAX_NAME:
        import hashlib  # a hook does not need it in a folder with a usual name

        name = hashlib.sha256(os.fsencode(project)).hexdigest()
    return os.path.join(data_folder, _PROJECTS, name, "session_buddy.duckdb")


def move_to_data_folder(project: str, data_folder: str) -> str:
    """From the next start on, keep a project's store in the data folder; return its path there.

    Raises:
        OSError: the folder cannot be created.
    """
    store = project_store(project, data_folder)
    os.makedirs(os.path.dirname(store), mode=0o700, exist_ok=True)
    return store


def notices(data_folder: str) -> "list[dict[str, Any]]":
    """Return what was set aside and still exists, newest first: `path`, `store`, `reason`, `at`, `reported`, `file`."""
    folder = os.path.join(data_folder, _NOTICES)
    try:
        names = sorted((name for name in os.listdir(folder) if name.endswith(".json")), reverse=True)
    except OSError:
        return []
    found = []
    for name in names:
        notice = _parsed(_read(os.path.join(folder, name)))
        if notice and os.path.lexists(str(notice.get("path"))):
            found.append(notice | {"file": os.path.join(folder, name)})
    return found


def note_git_tracked(path: str, store: str, data_folder: str) -> None:
    """Record, once, that git tracks the folder `path` of a project, while its store is `store`."""
    if all(notice.get("path") != path for notice in notices(data_folder)):
        _make_data_folder(data_folder)
        _add_notice(data_folder, store, path, GIT_TRACKS)


def mark_reported(notice: "dict[str, Any]") -> None:
    """Record that the user has been informed of a notice."""
    values = {name: value for name, value in notice.items() if name != "file"} | {"reported": True}
    try:
        write_file(notice["file"], json.dumps(values).encode())
    except OSError:
        pass  # it is reported again, which is better than not at all


def remove_notice(path: str, data_folder: str) -> None:
    """Remove the notices of a folder or file whose rows were adopted."""
    for notice in notices(data_folder):
        if notice["path"] == path:
            remove_if_present(notice["file"])


class _Lock:
    """Serialises registrations: two windows that start at once must not both set a folder aside."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._descriptor = open_lock(self._path, create=True)
        if sys.platform != "win32":
            import fcntl  # only the first start in a project gets here

            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None"
    ) -> None:
        os.close(self._descriptor)


def _make_data_folder(data_folder: str) -> None:
    for folder in (data_folder, os.path.join(data_folder, _RECORDS), os.path.join(data_folder, _NOTICES)):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if reason := unsafe_reason(folder):
            if folder == data_folder and reason == "is a link":
                continue  # a user may keep it elsewhere
            raise UnsafePathError(f"{folder} {reason}. Nothing was stored. Remove it, or set XDG_DATA_HOME.")


def _add(store: str, data_folder: str) -> None:
    folder = os.path.dirname(store)
    os.makedirs(folder, mode=0o700 if is_project_store(store) else 0o777, exist_ok=True)
    key = os.urandom(KEY_LENGTH // 2).hex()
    record = {
        "key": key,
        "inode": os.stat(folder).st_ino,
        "name": os.path.basename(key_path(store)),
        "path": folder,
        "registered_at": _now(),
    }
    # The record comes first: without it, the key would make the folder look occupied.
    write_file(_record_path(data_folder, key), json.dumps(record).encode(), durable=True)
    write_file(key_path(store), key.encode() + b"\n", durable=True)


def _set_aside(store: str, data_folder: str) -> str:
    if not is_project_store(store):
        require_registered(store, data_folder)
    folder = os.path.dirname(store)
    if not os.path.islink(folder):
        _reject_hub_of_older_program(store)
    target = move_aside(folder, f"set-aside-{_now()}")
    if os.path.isdir(target) and not os.path.islink(target):
        keep_out_of_git(target)
    _add_notice(data_folder, store, target, "session_buddy did not create it for this user")
    return target


def _reject_hub_of_older_program(store: str) -> None:
    """A lock that is held cannot come from a clone: a process of an earlier version of the program holds it."""
    if sys.platform == "win32":
        return  # there, the folder of an open file cannot be renamed
    import fcntl

    try:
        descriptor = open_lock(store + ".lock", create=False)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HubUnavailableError(
            f"A hub of an earlier version of session_buddy uses {store}. Nothing was stored. Close the other windows "
            "of your assistants and try again."
        ) from None
    finally:
        os.close(descriptor)


def keep_out_of_git(folder: str) -> None:
    """Write a `.gitignore` of `*` into a folder that may hold prompts. One that says something else came with a
    checkout and would let git add the store: it gets another name.

    Raises:
        OSError: it cannot be written.
    """
    path = os.path.join(folder, ".gitignore")
    if os.path.lexists(path) and _read(path).strip() != "*":
        move_aside(path, "set-aside")
    if not os.path.lexists(path):
        write_file(path, b"*\n")


def _add_notice(data_folder: str, store: str, path: str, reason: str) -> None:
    at = _now()
    notice = {"path": path, "store": store, "reason": reason, "at": at, "reported": False}
    os.makedirs(os.path.join(data_folder, _NOTICES), mode=0o700, exist_ok=True)
    name = f"{at}-{os.urandom(4).hex()}.json"
    write_file(os.path.join(data_folder, _NOTICES, name), json.dumps(notice).encode())


def _record_path(data_folder: str, key: str) -> str:
    return os.path.join(data_folder, _RECORDS, key[: KEY_LENGTH // 2] + ".json")


def _record(data_folder: str, key: str) -> "dict[str, Any] | None":
    if len(key) != KEY_LENGTH or not set(key) <= set("0123456789abcdef"):
        return None
    return _parsed(_read(_record_path(data_folder, key)))


def _parsed(text: str) -> "dict[str, Any] | None":
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _read(path: str) -> str:
    """Return the text of a small regular file of this user, or "" for anything else."""
    try:
        with os.fdopen(open_regular(path, own=True), "rb") as file:
            return file.read(_MAX_RECORD).decode("utf-8", "replace")
    except OSError:
        return ""


def _is_below(folder: str, base: str) -> bool:
    folder, base = os.path.realpath(folder), os.path.realpath(base)
    return folder == base or folder.startswith(os.path.join(base, ""))


def _now() -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())

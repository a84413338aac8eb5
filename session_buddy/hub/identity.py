"""The id of a project: kept in the project, so that a moved folder stays the same project."""

import functools
import os
import re
from uuid import NAMESPACE_URL, uuid5

from session_buddy.common.atomic_io import NewFile, unsafe_reason
from session_buddy.common.safe_open import open_regular
from session_buddy.common.store_registry import is_occupied, keep_out_of_git, register, store_key
from session_buddy.errors import BuddyError, UnsafePathError
from session_buddy.project import FOLDER
from session_buddy.store.ids import new_id


def project_id(project: str, data_folder: str) -> str:
    """Read the id in `<project>/.session-buddy/project`, or create it. The id is derived from the path where the
    folder cannot be written or was not created by this user's program: a stranger's id would mix two projects."""
    folder = data_folder if project == data_folder else os.path.join(project, FOLDER)
    path = os.path.join(folder, "project")
    if not _is_trusted(folder, data_folder, create=True) or unsafe_reason(path):
        return _from_path(project)
    return read_id(path) or _make(folder, path) or _from_path(project)


@functools.lru_cache(maxsize=64)
def kept_project_id(project: str, data_folder: str) -> str:
    """The same, looked up once in the life of a process."""
    return project_id(project, data_folder)


def known_id(project: str, data_folder: str) -> str:
    """The id of a project that only an event names: nothing is written there."""
    folder = data_folder if project == data_folder else os.path.join(project, FOLDER)
    path = os.path.join(folder, "project")
    trusted = _is_trusted(folder, data_folder, create=False) and not unsafe_reason(path)
    return (read_id(path) if trusted else None) or _from_path(project)


def _is_trusted(folder: str, data_folder: str, *, create: bool) -> bool:
    store = os.path.join(folder, "session_buddy.duckdb")
    if create and folder != data_folder and not is_occupied(store):
        try:
            register(store, data_folder)
            keep_out_of_git(folder)
        except (BuddyError, OSError):
            return False
    return store_key(store, data_folder) is not None


def read_id(path: str) -> str | None:
    try:
        with os.fdopen(open_regular(path, own=True), encoding="ascii") as file:
            text = file.read(100).strip()
    except (OSError, ValueError):
        return None
    return text if re.fullmatch(r"[0-9a-f-]{36}", text) else None


def _make(folder: str, path: str) -> str | None:
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with NewFile(path, exclusive=True, text=True) as file:  # the first of several hubs wins; the others read its id
            file.write(f"{new_id()}\n")
    except (UnsafePathError, OSError):
        pass
    return read_id(path)


def _from_path(project: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"file://{project}"))

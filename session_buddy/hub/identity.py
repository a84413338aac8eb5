"""The id of a project: kept in the project, so that a moved folder stays the same project."""

import functools
import os
import re
from uuid import NAMESPACE_URL, uuid5

from session_buddy.bridge.place import keep_out_of_git
from session_buddy.common.atomic_io import unsafe_reason
from session_buddy.project import FOLDER
from session_buddy.store.ids import new_id


def project_id(project: str, data_folder: str) -> str:
    """Read the id in `<project>/.session-buddy/project`, or make it. Where that cannot be written or is not safe
    to read, the id is derived from the path."""
    folder = data_folder if project == data_folder else os.path.join(project, FOLDER)
    path = os.path.join(folder, "project")
    if unsafe_reason(folder) or unsafe_reason(path):
        return _from_path(project)
    return _read(path) or _make(folder, path) or _from_path(project)


@functools.lru_cache(maxsize=64)
def kept_project_id(project: str, data_folder: str) -> str:
    """The same, looked for once in the life of a process."""
    return project_id(project, data_folder)


def known_id(project: str, data_folder: str) -> str:
    """The id of a project that this hub only hears of: nothing is written there."""
    folder = data_folder if project == data_folder else os.path.join(project, FOLDER)
    path = os.path.join(folder, "project")
    return (None if unsafe_reason(folder) or unsafe_reason(path) else _read(path)) or _from_path(project)


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="ascii") as file:
            text = file.read(100).strip()
    except (OSError, ValueError):
        return None
    return text if re.fullmatch(r"[0-9a-f-]{36}", text) else None


def _make(folder: str, path: str) -> str | None:
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        keep_out_of_git(folder)
        draft = f"{path}.{os.getpid()}"
        with open(draft, "x", encoding="ascii") as file:
            file.write(f"{new_id()}\n")
        try:
            os.link(draft, path)  # the first of several hubs wins; the others read what it wrote
        finally:
            os.unlink(draft)
    except OSError:
        pass
    return _read(path)


def _from_path(project: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"file://{project}"))

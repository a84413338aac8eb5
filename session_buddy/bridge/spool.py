"""Events that must not wait for a hub: one file each, beside the store, taken in by the next hub.

A file is written under another name and then renamed, so a reader never sees half an event. Its name sorts by time
and carries the sender's id of the event, so that an event that is seen twice is stored once.
"""

import json
import os
import time
from collections import namedtuple

from session_buddy.bridge.place import Place
from session_buddy.common.atomic_io import NewFile, unsafe_reason
from session_buddy.common.safe_open import open_regular
from session_buddy.common.store_registry import (
    is_occupied,
    is_project_store,
    keep_out_of_git,
    project_store,
    register,
    store_key,
)
from session_buddy.errors import BuddyError, HubUnavailableError, UnsafePathError
from session_buddy.project import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MAX_EVENT = 1024 * 1024
ENDING = ".json"
KEY = "store_key"


class Spooled(namedtuple("Spooled", ["path", "event"])):
    """An event in the spool: its file, and what it says. `event` is None when the file cannot be read as one."""

    path: str
    event: "dict[str, Any] | None"


def folders(place: Place, data_folder: str) -> list[str]:
    """Where events of this store are spooled: beside it, or in the user's data where that cannot be written."""
    name = os.path.basename(place.store) + ".spool"
    return [place.store + ".spool", os.path.join(data_folder, "spool", place.store.replace(os.sep, "%"), name)]


def put(place: Place, data_folder: str, event: "dict[str, Any]", durable: bool = True) -> str:
    """Write an event, which must hold its sender's `id`; returns the file's path. One that is not `durable` outlives
    every process, but perhaps not the machine.

    Raises:
        HubUnavailableError: it can be written nowhere.
    """
    name = f"{time.time_ns():020}-{event['id']}{ENDING}"
    key = _key(place, data_folder)
    beside, elsewhere = folders(place, data_folder)
    for folder in (elsewhere,) if key is None else (beside, elsewhere):
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if not unsafe_reason(folder):
                return _write(folder, name, event | {KEY: key} if folder == beside else event, durable)
        except (OSError, UnsafePathError):
            pass  # the next folder may do
    raise HubUnavailableError(
        f"No hub could be reached, and the event could not be kept beside {place.store} either. It was not stored."
    )


def former(place: Place, project: str, data_folder: str) -> Place:
    """The place under whose name hooks spool events of a project while nobody has found out that its store lies in the
    data folder."""
    outside = place.store == project_store(project, data_folder)
    return Place(os.path.join(project, FOLDER, os.path.basename(place.store))) if outside else place


def waiting(place: Place, data_folder: str) -> "Iterator[Spooled]":
    """The events that wait, in the order of (time, id). Beside the store, only events with the store's key count:
    others came with a checkout or an archive."""
    key = store_key(place.store, data_folder)
    beside = folders(place, data_folder)[0]
    names = [(name, folder) for folder in _trusted(place, data_folder) for name in _names(folder)]
    for name, folder in sorted(names):
        path = os.path.join(folder, name)
        event = _read(path)
        if folder == beside and event is not None and event.pop(KEY, None) != key:
            event = None
        yield Spooled(path, event)


def any_waiting(place: Place, data_folder: str) -> bool:
    """Whether an event waits."""
    return any(_names(folder) for folder in _trusted(place, data_folder))


def _trusted(place: Place, data_folder: str) -> list[str]:
    beside, elsewhere = folders(place, data_folder)
    return [elsewhere] if store_key(place.store, data_folder) is None else [beside, elsewhere]


def _key(place: Place, data_folder: str) -> "str | None":
    """The key of the store, which is registered first if nothing is there yet. None if the place is not trusted."""
    if is_occupied(place.store):
        return store_key(place.store, data_folder)
    try:
        register(place.store, data_folder)
        if is_project_store(place.store):
            keep_out_of_git(place.folder)
    except (BuddyError, OSError):
        pass
    return store_key(place.store, data_folder)


def _write(folder: str, name: str, event: "dict[str, Any]", durable: bool) -> str:
    path = os.path.join(folder, name)
    with NewFile(path, text=True, durable=durable) as file:
        json.dump(event, file)
    return path


def _names(folder: str) -> list[str]:
    if unsafe_reason(folder):
        return []
    try:
        return [name for name in os.listdir(folder) if name.endswith(ENDING) and not name.startswith(".")]
    except OSError:
        return []


def _read(path: str) -> "dict[str, Any] | None":
    try:
        with os.fdopen(open_regular(path, own=True), encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_size > MAX_EVENT:
                return None
            event = json.load(file)
    except (OSError, ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None

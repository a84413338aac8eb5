"""Events that must not wait for a hub: one file each, beside the store, taken in by the next hub.

A file is written under another name and then renamed, so a reader never sees half an event. Its name sorts by time
and carries the sender's id of the event, so that an event that is seen twice is stored once.
"""

import json
import os
import time
from collections import namedtuple

from session_buddy.bridge.place import Place, keep_out_of_git
from session_buddy.common.atomic_io import NewFile, unsafe_reason
from session_buddy.common.safe_open import open_regular
from session_buddy.errors import HubUnavailableError, UnsafePathError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MAX_EVENT = 1024 * 1024
ENDING = ".json"


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
    for folder in folders(place, data_folder):
        try:
            _prepare(os.path.dirname(folder))
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if not unsafe_reason(folder):
                return _write(folder, name, event, durable)
        except (OSError, UnsafePathError):
            pass  # the next folder may do
    raise HubUnavailableError(
        f"No hub could be reached, and the event could not be kept beside {place.store} either. It was not stored."
    )


def waiting(place: Place, data_folder: str) -> "Iterator[Spooled]":
    """The events that wait, in the order of (time, id)."""
    found = [(name, folder) for folder in folders(place, data_folder) for name in _names(folder)]
    for name, folder in sorted(found):
        path = os.path.join(folder, name)
        yield Spooled(path, _read(path))


def any_waiting(place: Place, data_folder: str) -> bool:
    """Whether an event waits."""
    return any(_names(folder) for folder in folders(place, data_folder))


def _prepare(folder: str) -> None:
    """Make the folder that a spool lies in: private to the user, and kept out of git where it is ours."""
    if not os.path.isdir(folder):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        keep_out_of_git(folder)


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

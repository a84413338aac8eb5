"""One persistence for all parts of a program that ask for the same store."""

import atexit
import os
import threading

from session_buddy.library.coaching_persistence import CoachingSessionPersistence
from session_buddy.settings import read

_known: dict[str, CoachingSessionPersistence] = {}
_lock = threading.Lock()


def get_coaching_persistence(store: str | os.PathLike[str] | None = None) -> CoachingSessionPersistence:
    """The persistence of a store; the same one whenever it is asked for in this process.

    Args:
        store: The store's file; None for the one of the project that the process runs in.

    Raises:
        BuddyError: a setting is not allowed.
    """
    path = read(store=None if store is None else os.fspath(store)).store
    with _lock:
        if path not in _known:
            _known[path] = CoachingSessionPersistence(path)
        return _known[path]


def _close_all() -> None:
    for persistence in _known.values():
        persistence.close()


atexit.register(_close_all)

"""One tracker for all parts of a program that ask for the same session and store."""

import atexit
import os
import threading

from session_buddy.library.tracker import SkillsTracker
from session_buddy.settings import read
from session_buddy.store.ids import new_id

_trackers: dict[tuple[str, str], SkillsTracker] = {}
_lock = threading.Lock()
_own_session = str(new_id())


def get_session_tracker(session_id: str | None = None, store: str | os.PathLike[str] | None = None) -> SkillsTracker:
    """The tracker of a session and a store; the same one whenever it is asked for in this process.

    Args:
        session_id: None for the session that this process was started in (`SESSION_BUDDY_SESSION_ID`, or the
            assistant's own), else one of its own.
        store: The store's file; None for the one of the project that the process runs in.

    Raises:
        BuddyError: a setting is not allowed.
    """
    settings = read(store=None if store is None else os.fspath(store))
    key = (session_id or settings.session_id or _own_session, settings.store)
    with _lock:
        if key not in _trackers:
            _trackers[key] = SkillsTracker(key[0], key[1])
        return _trackers[key]


def _close_all() -> None:
    for tracker in _trackers.values():
        tracker.close()


atexit.register(_close_all)

"""Files beside a store that may still hold what is forgotten in it."""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from session_buddy.bridge import spool
from session_buddy.bridge.place import Place
from session_buddy.hub.intake import REFUSED
from session_buddy.settings import Settings
from session_buddy.store.forgetting import Choice
from session_buddy.store.ids import normalised
from session_buddy.store.recovery.recovery import WORKSHOP

COPIES = (".before-", ".replaced-", ".recovered")
LOGS = (".log", ".log.1")
DRAFT_SECONDS = 60.0
"""A sender needs much less to finish the draft of an event."""


def remains(settings: Settings) -> list[str]:
    """Those that go whatever is forgotten, since it cannot be told what is in them: copies that this program made,
    logs, and events that were refused or never finished."""
    place = Place(settings.store)
    return [*copies(place), *_logs(place), *_refused(place, settings.data_folder)]


def matching_events(settings: Settings, choice: Choice) -> list[str]:
    """Events that wait for something, and would bring back what is forgotten."""
    waiting = spool.waiting(Place(settings.store), settings.data_folder)
    return [spooled.path for spooled in waiting if spooled.event is None or _matches(spooled.event, choice)]


def copies(place: Place) -> list[str]:
    """The copies that this program keeps of a store, with their logs, and those that a recovery or a migration which
    was killed has left behind."""
    name = os.path.basename(place.store)
    found = os.listdir(place.folder) if os.path.isdir(place.folder) else []
    kept = (*(before + name + kind for kind in COPIES for before in ("", ".")), WORKSHOP)
    return sorted(os.path.join(place.folder, one) for one in found if one.startswith(kept))


def remove(paths: list[str]) -> None:
    """Remove the files, and folders with what is in them; one that is gone already is no error.

    Raises:
        OSError: one cannot be removed.
    """
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)


def _logs(place: Place) -> list[str]:
    return [path for path in (place.store + ending for ending in LOGS) if os.path.exists(path)]


def _refused(place: Place, data_folder: str) -> Iterator[str]:
    for folder in spool.folders(place, data_folder):
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            path = os.path.join(folder, name)
            if name.endswith(REFUSED) or (name.startswith(".") and _is_left(path)):
                yield path


def _is_left(path: str) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - os.path.getmtime(path) > DRAFT_SECONDS
    return False


def _matches(event: dict[str, Any], choice: Choice) -> bool:
    said = [normalised(text).casefold() for text in _strings(event)]
    return (
        any(text.casefold() in one for text in choice.texts for one in said)
        or event.get("session") in choice.sessions
        or event.get("skill_name") in choice.skills
        or (choice.before is not None and _is_older(event.get("at"), choice.before))
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(part)


def _is_older(moment: Any, before: datetime) -> bool:
    try:
        return datetime.fromisoformat(str(moment)) < before
    except (TypeError, ValueError):
        return False

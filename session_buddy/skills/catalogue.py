"""What is installed for each project, looked at again only where something has changed."""

import os
import threading

from session_buddy.assistants.scanning import Scan
from session_buddy.settings import Settings
from session_buddy.skills.installed import Found

NOTHING = Found()


class InstalledCatalogue:
    """Knows what is installed for every project that it was asked about. Any thread may ask."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._projects: dict[str, _Project] = {}

    def of(self, project: str) -> Found:
        """What is installed for a project (its path) now: the same object as before while that is the same. Where
        nothing has changed, no file is read. With SESSION_BUDDY_CATALOGUE=off there is nothing."""
        if not self._settings.catalogue:
            return NOTHING
        path = os.path.abspath(project)
        return self._project(path).found()

    def seen(self, project: str) -> int:
        """How many files, folders and empty places the last look at a project saw."""
        return self._project(os.path.abspath(project)).seen()

    def _project(self, path: str) -> "_Project":
        with self._lock:
            return self._projects.setdefault(path, _Project(self._settings, path))


class _Project:
    def __init__(self, settings: Settings, path: str) -> None:
        self._settings = settings
        self._path = path
        self._lock = threading.Lock()
        self._last: tuple[Scan, Found] | None = None

    def seen(self) -> int:
        with self._lock:
            return len(self._last[0].sight) if self._last else 0

    def found(self) -> Found:
        with self._lock:
            if self._last and not self._last[0].sight.changed():
                return self._last[1]
            earlier = self._last[0].known if self._last else None
            scan = Scan(self._settings, self._path, earlier)
            found = scan.run()
            if self._last and self._last[1] == found:
                found = self._last[1]
            self._last = (scan, found)
            return found

"""Looking at files, with a note of everything that was looked at, so that a change is found without reading again."""

import itertools
import json
import os
import stat
import time
from typing import Any, NamedTuple

# Two changes within so long may leave the same times behind: that of the coarsest file system in use (FAT).
GRANULARITY_NS = 2_000_000_000
MOST_ENTRIES = 10_000
MOST_JSON = 4 * 1024 * 1024


class Stamp(NamedTuple):
    """What of a file or folder differs once it was changed."""

    inode: int
    size: int
    modified_ns: int
    changed_ns: int
    mode: int


class Entry(NamedTuple):
    """What lies in a folder. A link is neither a file nor a folder here."""

    name: str
    is_folder: bool
    is_link: bool


class Sight:
    """Everything that one look saw. `cut` are the folders that hold more than was listed."""

    def __init__(self) -> None:
        self._seen: dict[str, Stamp | None] = {}
        self._unsure = False
        self.cut: list[str] = []
        self.unreadable: dict[str, str] = {}

    def changed(self) -> bool:
        """Whether anything that was seen, or was seen to be missing, may be different now."""
        return self._unsure or any(stamp(path) != seen for path, seen in self._seen.items())

    def __len__(self) -> int:
        """How many files, folders and places where there is nothing were seen."""
        return len(self._seen)

    def note(self, path: str) -> Stamp | None:
        """Look whether there is anything at this path, and remember what."""
        if path not in self._seen:
            self._keep(path, stamp(path))
        return self._seen[path]

    def is_folder(self, path: str) -> bool:
        found = self.note(path)
        return found is not None and stat.S_ISDIR(found.mode)

    def entries(self, folder: str) -> list[Entry]:
        """What lies in a folder, by name; nothing where it is none or cannot be read."""
        if not self.is_folder(folder):
            return []
        try:
            with os.scandir(folder) as found:
                listed = [
                    Entry(one.name, one.is_dir(follow_symlinks=False), one.is_symlink())
                    for one in itertools.islice(found, MOST_ENTRIES + 1)
                ]
        except OSError as error:
            self.unreadable[folder] = error.strerror or type(error).__name__
            return []
        if len(listed) > MOST_ENTRIES:
            self.cut.append(folder)
        return sorted(listed[:MOST_ENTRIES])

    def start(self, path: str, most: int) -> bytes:
        """The first `most` bytes of a regular file; a pipe or device is not waited for.

        Raises:
            OSError: there is no such file, or it is not to be read.
        """
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(0, "not a regular file")
            self._keep(path, _stamp(found))
            return file.read(most)

    def json(self, path: str) -> dict[str, Any]:
        """The object in a JSON file; an empty one where there is none."""
        self.note(path)
        try:
            found = json.loads(self.start(path, MOST_JSON))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def is_old(self, found: Stamp) -> bool:
        """Whether a change since then would have left another stamp."""
        return abs(time.time_ns() - max(found.modified_ns, found.changed_ns)) >= GRANULARITY_NS

    def _keep(self, path: str, found: Stamp | None) -> None:
        self._seen[path] = found
        self._unsure = self._unsure or (found is not None and not self.is_old(found))


def stamp(path: str) -> Stamp | None:
    """The stamp of what a path leads to, or None where that is nothing."""
    try:
        return _stamp(os.stat(path))
    except (OSError, ValueError):
        return None


def _stamp(found: os.stat_result) -> Stamp:
    # A folder's size says nothing of its own, and a file's mode may keep it from being read.
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode)

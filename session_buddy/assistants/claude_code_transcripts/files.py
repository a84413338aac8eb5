"""The files of transcripts: found and opened without following a link, and never waiting for a pipe."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

FOLDER = "projects"
SUBAGENTS = "subagents"
ENDING = ".jsonl"
DEEPEST = 4
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Transcript(NamedTuple):
    """A transcript's file. `folder` is the name of the project's folder, `session` the name of the session's file, and
    `agent` that of the subagent whose conversation it is."""

    path: str
    folder: str
    session: str
    agent: str | None
    size: int
    modified_ns: int


class Listing:
    """Lists the transcripts of an assistant's folder; `links` counts what is no plain file and is left alone."""

    def __init__(self, claude_folder: str) -> None:
        self.links = 0
        self._root = os.path.join(claude_folder, FOLDER)

    def transcripts(self) -> list[Transcript]:
        """All of them, the one that was changed last at the end."""
        found = [one for folder in self._entries(self._root) if _is_folder(folder) for one in self._of_project(folder)]
        return sorted(found, key=lambda one: (one.modified_ns, one.path))

    def _of_project(self, folder: "os.DirEntry[str]") -> Iterator[Transcript]:
        for entry in self._entries(folder.path):
            if _is_folder(entry):
                below = os.path.join(entry.path, SUBAGENTS)
                if os.path.isdir(below) and not os.path.islink(below):
                    yield from self._of_subagents(below, folder.name, entry.name, DEEPEST)
            elif found := self._transcript(entry, folder.name, None):
                # Some versions put the conversations of subagents beside those of sessions.
                agent = found.session.removeprefix("agent-")
                yield found._replace(agent=agent) if agent != found.session else found

    def _of_subagents(self, path: str, folder: str, session: str, depth: int) -> Iterator[Transcript]:
        for entry in self._entries(path):
            if _is_folder(entry):
                yield from self._of_subagents(entry.path, folder, session, depth - 1) if depth else ()
            elif found := self._transcript(entry, folder, session):
                yield found

    def _transcript(self, entry: "os.DirEntry[str]", folder: str, session: str | None) -> Transcript | None:
        if not entry.name.endswith(ENDING):
            return None
        try:
            known = entry.stat(follow_symlinks=False)
        except OSError:
            return None
        if not stat.S_ISREG(known.st_mode):
            self.links += 1
            return None
        name = entry.name.removesuffix(ENDING)
        agent = name.removeprefix("agent-") if session else None
        return Transcript(entry.path, folder, session or name, agent, known.st_size, known.st_mtime_ns)

    def _entries(self, path: str) -> "list[os.DirEntry[str]]":
        try:
            with os.scandir(path) as entries:
                found = list(entries)
        except OSError:
            return []
        self.links += sum(entry.is_symlink() and not entry.name.endswith(ENDING) for entry in found)
        return found


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The file, open for reading bytes.

    Raises:
        OSError: it cannot be read, or is no plain file any more.
    """
    descriptor = os.open(path, _OPEN)
    with open(descriptor, "rb", buffering=1 << 16) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it is no plain file")
        yield file


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False

"""Which project a transcript belongs to."""

import os
import re
from collections.abc import Iterator
from typing import BinaryIO

from session_buddy.assistants.claude_code_transcripts.entry import parse
from session_buddy.assistants.claude_code_transcripts.files import Transcript
from session_buddy.assistants.claude_code_transcripts.lines import Lines
from session_buddy.project import project_root

MOST_LINES = 64
# Longer names are cut there by the assistant, and get an ending of their own.
LONGEST_NAME = 200
_REPLACED = re.compile(r"[^a-zA-Z0-9]")


def encoded(path: str) -> str:
    """The name of the folder in which Claude Code keeps what happened in this one."""
    return _REPLACED.sub(lambda found: "--" if ord(found[0]) > 0xFFFF else "-", path)


def first_cwd(file: BinaryIO) -> str | None:
    """The folder that the first records of a transcript name."""
    lines = Lines(file)
    for number, line in enumerate(lines):
        entry = parse(line) if b'"cwd"' in line else None
        if entry and entry.cwd:
            return entry.cwd
        if number >= MOST_LINES:
            break
    return None


def is_named_after(folder: str, cwd: str) -> bool:
    """Whether a project's folder has the name that transcripts from `cwd` are kept under."""
    name = encoded(cwd)
    if len(name) <= LONGEST_NAME:
        return folder == name
    return folder == name or folder.startswith(name[:LONGEST_NAME] + "-")


class Owners:
    """Knows the projects of transcripts. One that lies in another project's folder is not believed."""

    def __init__(self, data_folder: str, wanted: str | None = None) -> None:
        self._data_folder = data_folder
        self._wanted = wanted
        self._roots: dict[str, str] = {}
        self._of_sessions: dict[tuple[str, str], str | None] = {}

    def owner(self, transcript: Transcript, cwd: str | None) -> str | None:
        """The path of its project; None where it claims to be another project's than that of its folder."""
        place = transcript.folder, transcript.session
        if transcript.agent and place in self._of_sessions:
            return self._of_subagent(self._of_sessions[place], cwd)
        found = self._own(transcript, cwd)
        if not transcript.agent:
            self._of_sessions[place] = found
        return found

    def _own(self, transcript: Transcript, cwd: str | None) -> str | None:
        if cwd is None:
            by_name = self._wanted is not None and is_named_after(transcript.folder, self._wanted)
            return self._wanted if by_name else os.path.join(_projects(transcript), transcript.folder)
        named = next((folder for folder in _upwards(cwd) if is_named_after(transcript.folder, folder)), None)
        return self._root(named) if named else None

    def _of_subagent(self, of_session: str | None, cwd: str | None) -> str | None:
        """A subagent may work in a worktree, which may be gone since."""
        if cwd is None or not os.path.isdir(cwd) or self._root(cwd) == of_session:
            return of_session
        return None

    def _root(self, cwd: str) -> str:
        if cwd not in self._roots:
            self._roots[cwd] = self._find(cwd)
        return self._roots[cwd]

    def _find(self, cwd: str) -> str:
        path = os.path.realpath(cwd)
        if self._wanted and not os.path.isdir(path) and path.startswith(os.path.join(self._wanted, "")):
            return self._wanted
        return project_root(path, self._data_folder)


def _upwards(cwd: str) -> Iterator[str]:
    """The folder and those above it: a session may go into one below before its first record."""
    yield cwd
    path = os.path.normpath(cwd)
    while path != os.path.dirname(path):
        yield path
        path = os.path.dirname(path)


def _projects(transcript: Transcript) -> str:
    return transcript.path.partition(os.sep + transcript.folder + os.sep)[0]

"""The files in a place that describe something, found without leaving the place."""

import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from session_buddy.assistants.places import Place
from session_buddy.assistants.sight import Entry, Sight
from session_buddy.skills.installed import SKILL, Problem

SKILL_FILE = "SKILL.md"
DEEPEST = 4
MOST_FOLDERS = 2_000


class File(NamedTuple):
    """A file that is there; `called` is the name that its place gives it, `real` where it is without links."""

    path: str
    real: str
    called: str


class Finder:
    """Looks through places. What it leaves alone, and why, is in `problems`."""

    def __init__(self, sight: Sight) -> None:
        self.problems: list[Problem] = []
        self._sight = sight
        self._bounds: dict[str, str] = {}

    def files(self, place: Place) -> Iterator[File]:
        """The files of a place, by name; of those in folders of folders, the outer ones first."""
        if self._sight.note(place.folder) is None or self._leads_out(place, place.folder):
            return
        if place.itself:
            yield from self._skill(place, place.folder, os.path.basename(place.folder))
        elif place.kind == SKILL:
            yield from self._skills(place)
        else:
            yield from self._documents(place)

    def _skills(self, place: Place) -> Iterator[File]:
        for folder, entry in self._folders(place):
            path = os.path.join(folder, entry.name)
            if entry.is_folder or (entry.is_link and not self._leads_out(place, path)):
                yield from self._skill(place, path, entry.name)

    def _documents(self, place: Place) -> Iterator[File]:
        for folder, entry in self._folders(place, with_files=True):
            path = os.path.join(folder, entry.name)
            if entry.is_folder or not entry.name.endswith(place.ending) or entry.name == place.ending:
                continue
            if entry.is_link and (self._leads_out(place, path) or self._sight.is_folder(path)):
                continue
            above = os.path.relpath(folder, place.folder).split(os.sep)
            name = entry.name.removesuffix(place.ending)
            yield File(path, os.path.realpath(path), ":".join([*above, name]) if self._joins(place, above) else name)

    def _joins(self, place: Place, above: list[str]) -> bool:
        return place.ending == ".toml" and above != ["."]

    def _skill(self, place: Place, folder: str, called: str) -> Iterator[File]:
        path = os.path.join(folder, SKILL_FILE)
        try:
            is_link = stat.S_ISLNK(os.lstat(path).st_mode)
        except PermissionError as error:
            self._sight.note(folder)
            self._sight.unreadable[folder] = error.strerror or "not allowed"
            return
        except OSError:
            self._sight.note(folder)  # one may come into it
            return
        if not (is_link and self._leads_out(place, path)):
            yield File(path, os.path.realpath(path), called)

    def _folders(self, place: Place, with_files: bool = False) -> Iterator[tuple[str, Entry]]:
        """Everything in a place that is not hidden, with the folder that it lies in, as deep as the place goes."""
        level, looked = [place.folder], 0
        deepest = DEEPEST if place.deep or with_files else 1
        for _ in range(deepest):
            below: list[str] = []
            for folder in level:
                for entry in self._sight.entries(folder):
                    if entry.name.startswith("."):
                        continue
                    looked += entry.is_folder or entry.is_link or with_files
                    if looked > MOST_FOLDERS:
                        self._too_many(place)
                        return
                    yield folder, entry
                    if entry.is_folder and not self._is_skill(place, folder, entry):
                        below.append(os.path.join(folder, entry.name))
            level = below

    def _is_skill(self, place: Place, folder: str, entry: Entry) -> bool:
        return place.kind == SKILL and os.path.lexists(os.path.join(folder, entry.name, SKILL_FILE))

    def _too_many(self, place: Place) -> None:
        reason = (
            f"there is more in it than {MOST_FOLDERS:,} folders and files, and the rest was left alone: remove some"
        )
        self.problems.append(Problem(place.folder, reason, works=True))

    def _leads_out(self, place: Place, path: str) -> bool:
        """Whether links lead from this path to somewhere outside the place's bounds."""
        real = os.path.realpath(path)
        for bound in place.bounds:
            inside = self._bounds.setdefault(bound, os.path.realpath(bound))
            if real == inside or real.startswith(os.path.join(inside, "")):
                return False
        within = " or ".join(dict.fromkeys(place.bounds[:1]))
        reason = f"it is a link that leads out of {within}, and was left alone: put a copy in its place"
        self.problems.append(Problem(path, reason, works=True))
        return True

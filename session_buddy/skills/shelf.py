"""The installed skills of a project as they are served over MCP: which, at which URIs.

A skill without a namespace is `skill://<name>/SKILL.md`. One with a namespace, such as a plugin's, is
`skill://~<namespace>/<name>/SKILL.md`: no name has a `~` in it, so no skill's URI lies below another's. A skill in a
folder of another skill is the exception: its URI lies below the other's, as its folder does.
"""

import os
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from session_buddy.skills.installed import SKILL, Found, Installed, Problem
from session_buddy.skills.skill_folder import SKILL_FILE, Parts, UnservedError, is_served, scan

SCHEME = "skill://"
MOST_DESCRIPTION = 1024
# Names by the Agent Skills specification.
_NAME = re.compile(r"(?!.*--)[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_SEPARATORS = re.compile(r"[:/\\]+")
_KEPT = "!$&'()*+,;=:@"
_MOST_URI = 32_768


class Served(NamedTuple):
    """A skill that is served. `root` is its folder's real path; `place` are the parts of its URI, not quoted."""

    place: Parts
    root: str
    installed: Installed

    @property
    def name(self) -> str:
        return self.place[-1]

    @property
    def description(self) -> str:
        return str(self.installed.frontmatter["description"])

    @property
    def uri(self) -> str:
        return self.uri_of((SKILL_FILE,))

    def uri_of(self, parts: Parts) -> str:
        """The URI of a file or folder of the skill."""
        return SCHEME + "/".join(_quoted(part) for part in (*self.place, *parts))


class Shelf:
    """The skills of a project that are served, in the order of their URIs, and why others are not."""

    def __init__(self, found: Found, project: str) -> None:
        self._by_place: dict[Parts, Served] = {}
        self._by_root: dict[str, Served] = {}
        self.problems: list[Problem] = []
        for root, one in self._in_folders(found, os.path.realpath(project), os.path.abspath(project)):
            try:
                self._put(root, one)
            except UnservedError as error:
                self.problems.append(Problem(one.path, str(error)))
        self.skills = sorted(self._by_place.values(), key=lambda served: served.uri)

    def find(self, uri: str) -> tuple[Served, Parts] | None:
        """The skill that a URI belongs to, and the parts of the path below its folder; whether there is such a file
        is not looked at."""
        parts = _parts(uri)
        for length in range(len(parts), 0, -1):
            if served := self._by_place.get(parts[:length]):
                return served, parts[length:]
        return None

    def skill(self, uri: str) -> Served | None:
        """The skill whose SKILL.md has this URI."""
        found = self.find(uri)
        return found[0] if found and found[1] == (SKILL_FILE,) else None

    def _in_folders(self, found: Found, project: str, given: str) -> list[tuple[str, Installed]]:
        """The skills with the real paths of their folders, outer folders first."""
        placed = []
        for one in found.installed:
            # A person's own skills that the model may not use are not for hosts that cannot know that.
            if one.kind != SKILL or not one.model_may_use:
                continue
            folder = os.path.abspath(os.path.dirname(one.path))
            root = os.path.realpath(folder)
            seen_from = (folder, os.path.realpath(os.path.dirname(folder)))
            of_project = any(_is_in(one_of, place) for one_of in seen_from for place in (project, given))
            if of_project and not _is_in(root, project):
                self.problems.append(Problem(one.path, "its folder is a link that leads out of the project"))
            elif os.path.basename(one.path) != SKILL_FILE:
                self.problems.append(Problem(one.path, f"its file is not called {SKILL_FILE}"))
            else:
                placed.append((root, one))
        return sorted(placed, key=lambda pair: (pair[0].count(os.sep), pair[1].name))

    def _put(self, root: str, one: Installed) -> None:
        name = _checked_name(one)
        place = self._below_another(root, name) or _place(one.name, name)
        if root in self._by_root:
            raise UnservedError(f"it is the same folder as {self._by_root[root].installed.name}")
        if place in self._by_place:
            raise UnservedError(f"{self._by_place[place].uri} is another skill")
        self._by_place[place] = self._by_root[root] = Served(place, root, one)

    def _below_another(self, root: str, name: str) -> Parts | None:
        outer = root
        while (up := os.path.dirname(outer)) != outer:
            outer = up
            if served := self._by_root.get(outer):
                below = tuple(os.path.relpath(root, outer).split(os.sep))
                return (*served.place, *below) if below[-1] == name and all(map(is_served, below)) else None
        return None


def problems(found: Found, project: str) -> Iterator[Problem]:
    """Which installed skills are not served over MCP, and why; looks into every skill's folder."""
    shelf = Shelf(found, project)
    yield from shelf.problems
    for served in shelf.skills:
        try:
            scan(served.root)
        except UnservedError as error:
            yield Problem(served.installed.path, str(error))


def is_description(value: object) -> bool:
    """Whether a value of a frontmatter may be a served skill's description."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= MOST_DESCRIPTION


def _checked_name(one: Installed) -> str:
    name, description = one.frontmatter.get("name"), one.frontmatter.get("description")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UnservedError("its frontmatter has no name of 1 to 64 lower-case letters, digits and single hyphens")
    if not is_description(description):
        raise UnservedError(f"its frontmatter has no description of 1 to {MOST_DESCRIPTION} characters")
    return name


def _place(called: str, name: str) -> Parts:
    """The parts of a URI for what the assistant calls `called` and the frontmatter `name`."""
    parts = [part for part in _SEPARATORS.split(called.lower().encode("utf-8", "replace").decode()) if part]
    # A folder that is called otherwise than the skill in it tells two skills of the same name apart.
    namespace = parts[:-1] if parts[-1:] == [name] else parts
    return (f"~{'.'.join(namespace)}", name) if namespace else (name,)


def _parts(uri: str) -> Parts:
    """The parts of a URI of ours, not quoted; none where it is not of our form."""
    if not uri.startswith(SCHEME) or len(uri) > _MOST_URI or "?" in uri or "#" in uri:
        return ()
    try:
        parts = tuple(os.fsdecode(unquote_to_bytes(part)) for part in uri[len(SCHEME) :].split("/"))
    except UnicodeError:
        return ()
    return () if any(part in ("", ".", "..") or "/" in part or "\0" in part for part in parts) else parts


def _quoted(part: str) -> str:
    return quote(os.fsencode(part), safe=_KEPT)


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)

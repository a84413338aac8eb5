"""One look at all places: what is installed for a project."""

import os
from collections.abc import Iterator

from session_buddy.assistants import claude_code, every, frontmatter
from session_buddy.assistants.files import File, Finder
from session_buddy.assistants.places import Place, surroundings
from session_buddy.assistants.reading import Said, read
from session_buddy.assistants.sight import Sight, Stamp
from session_buddy.settings import Settings
from session_buddy.skills.installed import AGENT, COMMAND, SKILL, Found, Installed, Problem

MOST = 2_000
MOST_BYTES = 16 * 1024 * 1024
HIDDEN, FOR_PERSONS = "off", "user-invocable-only"

Known = dict[tuple[str, str], tuple[Stamp, Said]]


class Scan:
    """A look for one project. `earlier` is what files said at the last one, and is used where they are unchanged."""

    def __init__(self, settings: Settings, project: str, earlier: Known | None = None) -> None:
        self.sight = Sight()
        self.known: Known = {}
        self._earlier = earlier or {}
        self._around = surroundings(settings, project, self.sight)
        self.places = every.places(self._around)
        self._finder = Finder(self.sight)
        self._found: dict[str, Installed] = {}
        self._real: dict[tuple[str, str], str] = {}
        self._problems: list[Problem] = []
        self._bytes = 0

    def run(self) -> Found:
        """What is installed. A skill comes before a command of its name, and both before a subagent."""
        for kind in (SKILL, COMMAND, AGENT):
            for place in self.places:
                if place.kind == kind:
                    self._take(place)
        self._heed(claude_code.told(self._around, "skillOverrides"))
        names = sorted(self._found)
        unreadable = [
            Problem(path, f"it cannot be read ({reason}): change its permissions")
            for path, reason in self.sight.unreadable.items()
        ]
        problems = dict.fromkeys((*unreadable, *self._around.problems, *self._finder.problems, *self._problems))
        return Found(tuple(self._found[name] for name in names), tuple(problems))

    def _take(self, place: Place) -> None:
        for file in self._finder.files(place):
            if len(self._found) >= MOST:
                reason = f"more than {MOST:,} skills, commands and agents are installed; the rest was left alone"
                self._problems.append(Problem(place.folder, reason))
                return
            if (twin := self._real.get((place.kind, file.real))) is not None:
                self._share(twin, place.assistants)  # a link to what is known already
            elif said := self._said(place, file):
                self._keep(place, file, said)

    def _keep(self, place: Place, file: File, said: Said) -> None:
        if not said.name:
            self._problems.append(Problem(file.path, "nothing of its name can be shown: rename it"))
            return
        name = next((one for one in _names(place, said.name) if one not in self._found), None)
        if name is None:
            name = next(iter(_names(place, said.name)))
            if self._found[name].kind == place.kind:
                self._share(name, place.assistants)
            return
        one = Installed(
            name, place.kind, said.description, file.path, place.label, place.assistants, said.frontmatter,
            said.model_may_use,
        )  # fmt: skip
        self._found[name] = one
        self._real[place.kind, file.real] = name
        self._problems.extend(said.problems)

    def _share(self, name: str, assistants: tuple[str, ...]) -> None:
        one = self._found[name]
        self._found[name] = one._replace(assistants=tuple(dict.fromkeys((*one.assistants, *assistants))))

    def _said(self, place: Place, file: File) -> Said | None:
        """What the file says, as it was said before where the file has not changed."""
        stamp, key = self.sight.note(file.path), (place.kind, file.path)
        if key in self._earlier and self._earlier[key][0] == stamp:
            self.known[key] = self._earlier[key]
            return self.known[key][1]
        if self._bytes > MOST_BYTES:
            self._problems.append(Problem(file.path, "all files together are too large; it was left alone"))
            return None
        try:
            data = self.sight.start(file.path, frontmatter.MOST_READ)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "its name is not one"
            self._problems.append(Problem(file.path, f"it cannot be read ({why}): put a file in its place"))
            return None
        self._bytes += len(data)
        try:
            said = read(place, file, data)
        except Exception as error:
            # Whatever stands in one file must not hide all the others.
            self._problems.append(Problem(file.path, f"it cannot be understood ({type(error).__name__}): mend it"))
            return None
        if stamp and self.sight.is_old(stamp):
            self.known[key] = (stamp, said)
        return said

    def _heed(self, overrides: dict[str, object]) -> None:
        """Do as Claude Code's settings say about single skills; those of plugins are turned off with the plugin."""
        for name, wanted in overrides.items():
            one = self._found.get(name)
            if one is None or claude_code.NAME not in one.assistants or one.place.startswith("plugin "):
                continue
            others = tuple(assistant for assistant in one.assistants if assistant != claude_code.NAME)
            if wanted == HIDDEN and not others:
                del self._found[name]
            elif wanted == HIDDEN:
                self._found[name] = one._replace(assistants=others)
            elif wanted == FOR_PERSONS:
                self._found[name] = one._replace(model_may_use=False)


def _names(place: Place, name: str) -> Iterator[str]:
    """What it may be called, in the order in which that is tried."""
    if place.plugin:
        yield f"{place.plugin}:{name}"
        return
    yield name
    if place.beside:
        yield f"{place.beside}:{name}"


def scan(settings: Settings, project: str) -> Found:
    """What is installed for a project now."""
    return Scan(settings, os.path.abspath(project)).run()

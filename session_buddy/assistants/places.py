"""Places where what is installed for an assistant lies, and how it is called from there."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from session_buddy.assistants.sight import Sight
from session_buddy.settings import Settings
from session_buddy.skills.installed import AGENT, COMMAND, SKILL, Problem
from session_buddy.skills.plain import plain

ENTERPRISE, PERSONAL, PROJECT = "enterprise", "personal", "project"
HIGHEST = 40
LONGEST_NAME = 256


class Place(NamedTuple):
    """A folder of skills, commands or agents. `label` says for a person whose it is. Links in it are followed as far as
    they lead into one of `bounds`. What lies in a plugin is called `plugin:name`; in a folder below the project or
    beside the person's own it is called `beside:name` where another has the name. `ending` is that of the files of
    commands and agents. A `deep` place has folders of skills in folders; one that is a skill `itself` has none."""

    folder: str
    kind: str
    label: str
    assistants: tuple[str, ...]
    bounds: tuple[str, ...]
    plugin: str = ""
    beside: str = ""
    ending: str = ".md"
    deep: bool = False
    itself: bool = False


class Surroundings(NamedTuple):
    """What places are worked out from. `folders` are the project and the folders above it, up to its repository's
    root. `problems` are those of places that are left alone."""

    settings: Settings
    project: str
    folders: tuple[str, ...]
    sight: Sight
    problems: list[Problem]

    @property
    def own(self) -> tuple[str, ...]:
        """Where a person's own links may lead: the home folder, and assistants' folders that lie elsewhere."""
        one = self.settings
        return one.home, one.claude_folder, one.codex_folder, one.config_folder

    def shown(self, name: str, folder: str) -> str:
        """The name that a folder or a manifest gives to what lies in `folder`, fit to be shown. Where nothing is left
        of it, that is a problem."""
        kept = plain(name, LONGEST_NAME)
        if not kept:
            self.problems.append(Problem(folder, "nothing of its name can be shown, and it was left alone: rename it"))
        return kept


def surroundings(settings: Settings, project: str, sight: Sight) -> Surroundings:
    """The surroundings of a project. A project in no repository has nothing above it."""
    folders = [project]
    while sight.note(os.path.join(folders[-1], ".git")) is None and len(folders) < HIGHEST:
        above = os.path.dirname(folders[-1])
        if above in (folders[-1], settings.home):
            folders = [project]
            break
        folders.append(above)
    return Surroundings(settings, project, tuple(folders), sight, [])


def in_project(around: Surroundings, assistant: str, relative: str, kind: str = SKILL, **more: str) -> Iterator[Place]:
    """A place in the project, and the same in the folders above it."""
    deep = kind == SKILL
    for folder in around.folders:
        path = os.path.join(folder, relative)
        # Who is free to write into the project decides about it, not about what lies around it.
        yield Place(path, kind, PROJECT, (assistant,), (folder,), deep=deep, ending=more.get("ending", ".md"))


def of_person(around: Surroundings, assistant: str, path: str, kind: str = SKILL, **more: str) -> Iterator[Place]:
    """A place of the person's own."""
    deep = kind == SKILL
    yield Place(path, kind, PERSONAL, (assistant,), around.own, deep=deep, ending=more.get("ending", ".md"))


def at_home(around: Surroundings, assistant: str, relative: str, kind: str = SKILL, **more: str) -> Iterator[Place]:
    """A place of the person's own, in the home folder."""
    return of_person(around, assistant, os.path.join(around.settings.home, relative), kind, **more)


__all__ = ["AGENT", "COMMAND", "SKILL", "Place", "Surroundings", "at_home", "in_project", "of_person", "surroundings"]

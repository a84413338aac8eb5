"""What is installed for an assistant to use, by place, and what is wrong with it."""

import os
from collections import Counter
from collections.abc import Iterator

from session_buddy.assistants.scanning import Scan
from session_buddy.cli.finding import Finding
from session_buddy.settings import Settings
from session_buddy.skills.installed import AGENT, COMMAND, SKILL, Installed, Problem
from session_buddy.skills.plain import plain

MOST_PROBLEMS = 10
LONGEST_PATH = 300


def findings(settings: Settings) -> Iterator[Finding]:
    """One for each place that has anything, then one for each problem."""
    if not settings.catalogue:
        yield Finding("skills", True, "not looked for: SESSION_BUDDY_CATALOGUE is off")
        return
    scan = Scan(settings, settings.project)
    found = scan.run()
    yield from _places([place.folder for place in scan.places], found.installed)
    yield from _problems(found.problems)


def _places(folders: list[str], installed: tuple[Installed, ...]) -> Iterator[Finding]:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for one in installed:
        around = [folder for folder in folders if one.path.startswith(os.path.join(folder, ""))]
        key = (one.place, max(around, key=len, default=os.path.dirname(one.path)))
        counts.setdefault(key, Counter())[one.kind] += 1
    for (label, folder), kinds in sorted(counts.items()):
        numbers = ", ".join(_number(kinds[kind], kind) for kind in (SKILL, COMMAND, AGENT) if kinds[kind])
        yield Finding("skills", True, f"{numbers} in {_shown(folder)} ({plain(label, 100)})")
    if not counts:
        yield Finding("skills", True, "none are installed")


def _problems(problems: tuple[Problem, ...]) -> Iterator[Finding]:
    """What does not work comes first."""
    ordered = sorted(problems, key=lambda one: (one.works, one.path))
    for one in ordered[:MOST_PROBLEMS]:
        yield Finding("skills", one.works, f"{_shown(one.path)}: {plain(one.reason, 500)}")
    if len(ordered) > MOST_PROBLEMS:
        rest = ordered[MOST_PROBLEMS:]
        yield Finding("skills", all(one.works for one in rest), f"and {len(rest)} more; mend these first")


def _number(count: int, kind: str) -> str:
    return f"1 {kind}" if count == 1 else f"{count} {kind}s"


def _shown(path: str) -> str:
    return plain(path.encode("utf-8", "replace").decode(), LONGEST_PATH)

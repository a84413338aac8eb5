"""Looking whether what is installed has changed costs little more than asking the system for each file once."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.common import Report
from session_buddy.assistants.sight import GRANULARITY_NS
from session_buddy.settings import Settings, read
from session_buddy.skills.catalogue import InstalledCatalogue

SKILLS = 200
ROUNDS = 60
BODY = "What to do, and why it is done so.\n" * 150


def install(folder: Path) -> list[Path]:
    """Half of the skills in the project and half in the home folder, all changed long ago."""
    made = []
    for number in range(SKILLS):
        owner = folder / ("home" if number % 2 else "project")
        path = owner / ".claude" / "skills" / f"skill-{number}" / "SKILL.md"
        path.parent.mkdir(parents=True)
        head = f"name: skill-{number}\ndescription: Does what number {number} is for. Use it when that is wanted."
        path.write_text(f"---\n{head}\n---\n{BODY}", encoding="utf-8")
        made.append(path)
    (folder / "project" / ".git").mkdir()
    return made


def settings_of(folder: Path) -> Settings:
    home = folder / "home"
    chosen = read({"SESSION_BUDDY_PROJECT": str(folder / "project")})
    return chosen._replace(
        home=str(home),
        claude_folder=str(home / ".claude"),
        codex_folder=str(home / ".codex"),
        config_folder=str(home / ".config"),
        managed_folder=str(folder / "managed"),
    )


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measured(folder: Path) -> tuple[dict[str, list[float]], int]:
    """(seconds of each kind of work, in turns, and how many places and files a look sees)."""
    files = [str(path) for path in install(folder)]
    settings, project = settings_of(folder), str(folder / "project")
    time.sleep(2 * GRANULARITY_NS / 1e9)  # until then nobody can be sure of the files' times
    catalogue = InstalledCatalogue(settings)
    first = [seconds(lambda: catalogue.of(project))]
    assert len(catalogue.of(project).installed) == SKILLS
    found: dict[str, list[float]] = {"stat": [], "unchanged": [], "first": first, "changed": []}
    for _ in range(ROUNDS):
        found["stat"].append(seconds(lambda: [os.stat(path) for path in files]))
        found["unchanged"].append(seconds(lambda: catalogue.of(project)))
    for number in range(ROUNDS // 4):
        found["first"].append(seconds(lambda: InstalledCatalogue(settings).of(project)))
        Path(files[number]).write_text("---\ndescription: changed\n---\n", encoding="utf-8")
        found["changed"].append(seconds(lambda: catalogue.of(project)))
    return found, catalogue.seen(project)


def main() -> int:
    report = Report(f"What is installed: {SKILLS} skills, looked at again")
    with tempfile.TemporaryDirectory() as folder:
        found, seen = measured(Path(folder))
    base = median(found["stat"])
    report.times(f"os.stat of the {SKILLS} files", found["stat"])
    for name, what in (
        ("unchanged", "look, nothing has changed"),
        ("changed", "look, one file has changed"),
        ("first", "first look"),
    ):
        report.times(what, found[name], f"{median(found[name]) / base:.2f} x")
    report.note(f"{ROUNDS} rounds in turns. A look sees {seen} files, folders and places where something might come.")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

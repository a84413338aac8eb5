"""What is installed, looked at again and again while it changes."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from session_buddy.assistants.sight import GRANULARITY_NS
from session_buddy.skills.catalogue import InstalledCatalogue
from tests.assistants.conftest import ground
from tests.assistants.ground import Ground

__all__ = ["ground"]


@pytest.fixture
def catalogue(ground: Ground) -> InstalledCatalogue:
    return InstalledCatalogue(ground.settings)


def names(catalogue: InstalledCatalogue, ground: Ground) -> list[str]:
    return [one.name for one in catalogue.of(str(ground.project)).installed]


def age(folder: Path) -> None:
    """Let everything in a folder have been changed long ago, as far as it can be told."""
    long_ago = time.time_ns() - 100 * GRANULARITY_NS
    for path in (*folder.rglob("*"), folder):
        os.utime(path, ns=(long_ago, long_ago), follow_symlinks=False)


def add(ground: Ground) -> None:
    ground.skill(".claude/skills", "second")


def change(ground: Ground) -> None:
    ground.skill(".claude/skills", "first", "Something else")


def change_in_place(ground: Ground) -> None:
    """The same number of characters, and a time of change that says nothing."""
    path = ground.project / ".claude" / "skills" / "first" / "SKILL.md"
    before = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("Does it", "Did  it"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def remove(ground: Ground) -> None:
    (ground.project / ".claude" / "skills" / "first" / "SKILL.md").unlink()


def rename(ground: Ground) -> None:
    skills = ground.project / ".claude" / "skills"
    (skills / "first").rename(skills / "renamed")


def add_elsewhere(ground: Ground) -> None:
    ground.skill("deep/down/.claude/skills", "second")


def add_first_of_an_assistant(ground: Ground) -> None:
    ground.skill(ground.home / ".config" / "goose" / "skills", "second")


def turn_off(ground: Ground) -> None:
    ground.json(ground.home / ".claude" / "settings.json", {"skillOverrides": {"first": "user-invocable-only"}})


@pytest.mark.parametrize(
    "happen",
    [add, change, change_in_place, remove, rename, add_elsewhere, add_first_of_an_assistant, turn_off],
    ids=lambda one: one.__name__,
)
def test_every_change_is_seen_at_the_next_look(
    ground: Ground, catalogue: InstalledCatalogue, happen: Callable[[Ground], None]
) -> None:
    ground.skill(".claude/skills", "first")
    age(ground.home)
    before = catalogue.of(str(ground.project))
    happen(ground)
    after = catalogue.of(str(ground.project))
    assert after != before
    assert after == InstalledCatalogue(ground.settings).of(str(ground.project)) == ground.found()


def test_while_nothing_changes_the_answer_is_the_same_object(ground: Ground, catalogue: InstalledCatalogue) -> None:
    ground.skill(".claude/skills", "first")
    found = catalogue.of(str(ground.project))
    assert catalogue.of(str(ground.project)) is found
    (ground.project / "irrelevant.txt").write_text("x", encoding="utf-8")
    assert catalogue.of(str(ground.project)) is found


def test_a_change_too_quick_for_the_clock_of_the_files_is_seen(ground: Ground, catalogue: InstalledCatalogue) -> None:
    path = ground.skill(".claude/skills", "first")
    for number in range(50):
        path.write_text(f"---\ndescription: number {number:03}\n---\n", encoding="utf-8")
        (one,) = catalogue.of(str(ground.project)).installed
        assert one.description == f"number {number:03}"


def test_projects_are_kept_apart(ground: Ground, catalogue: InstalledCatalogue, tmp_path: Path) -> None:
    ground.skill(".claude/skills", "first")
    ground.skill(ground.home / ".claude" / "skills", "mine")
    other = tmp_path / "other"
    other.mkdir()
    assert names(catalogue, ground) == ["first", "mine"]
    assert [one.name for one in catalogue.of(str(other)).installed] == ["mine"]
    assert [one.name for one in catalogue.of(str(tmp_path / "gone")).installed] == ["mine"]


def test_many_may_ask_at_once(ground: Ground, catalogue: InstalledCatalogue) -> None:
    for number in range(20):
        ground.skill(".claude/skills", f"skill-{number}")
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(len(names(catalogue, ground)))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [20] * 20


def test_turned_off_there_is_nothing(ground: Ground) -> None:
    ground.skill(".claude/skills", "first")
    off = InstalledCatalogue(ground.settings._replace(catalogue=False))
    assert off.of(str(ground.project)).installed == ()

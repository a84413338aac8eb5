"""What `doctor` says of what is installed."""

import pytest

from session_buddy.cli.check_skills import MOST_PROBLEMS, findings
from tests.assistants.conftest import ground
from tests.assistants.ground import Ground

__all__ = ["ground"]


def lines(ground: Ground) -> list[tuple[bool, str]]:
    return [(one.good, one.text) for one in findings(ground.settings)]


def test_there_is_a_line_for_each_place_that_has_any(ground: Ground) -> None:
    ground.skill(".claude/skills", "one")
    ground.skill(".claude/skills", "two")
    ground.document(ground.project / ".claude" / "commands" / "sub" / "ship.md", description="x")
    ground.document(ground.home / ".claude" / "agents" / "judge.md", name="judge", description="x")
    assert lines(ground) == [
        (True, f"1 agent in {ground.home}/.claude/agents (personal)"),
        (True, f"1 command in {ground.project}/.claude/commands (project)"),
        (True, f"2 skills in {ground.project}/.claude/skills (project)"),
    ]


def test_nothing_installed_is_said_and_is_no_fault(ground: Ground) -> None:
    assert lines(ground) == [(True, "none are installed")]
    off = ground.settings._replace(catalogue=False)
    assert [one.text for one in findings(off)] == ["not looked for: SESSION_BUDDY_CATALOGUE is off"]


def test_what_does_not_work_is_bad_and_says_where_and_what_to_do(ground: Ground) -> None:
    path = ground.skill(".claude/skills", "broken")
    path.write_text("---\nname: [\n---\n", encoding="utf-8")
    odd = ground.skill(".claude/skills", "Odd_Name")
    _, broken, named = lines(ground)
    assert not broken[0]
    assert broken[1].startswith(f"{path}: its frontmatter is not YAML (")
    assert "until that is mended" in broken[1]
    assert named == (True, named[1])
    assert named[1].startswith(f"{odd}: ")
    assert "rename its folder" in named[1]


def test_of_many_problems_the_first_are_told_and_the_rest_counted(ground: Ground) -> None:
    for number in range(MOST_PROBLEMS + 5):
        ground.document(ground.project / ".claude" / "skills" / f"skill-{number:02}" / "SKILL.md", "", license="x")
    told = lines(ground)
    assert len(told) == 1 + MOST_PROBLEMS + 1
    assert told[-1] == (False, "and 5 more; mend these first")


@pytest.mark.parametrize("name", ["a\x1b[31mb\nc", "\u202eb"])
def test_paths_are_shown_without_what_a_terminal_would_obey(ground: Ground, name: str) -> None:
    ground.skill(".claude/skills", name, None)
    assert all(text.isprintable() for _, text in lines(ground))

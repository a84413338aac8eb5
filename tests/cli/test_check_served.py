"""What `doctor` says of the skills that assistants can read over MCP."""

from pathlib import Path

import pytest

from session_buddy import settings
from session_buddy.cli.check_served import findings
from session_buddy.cli.finding import Finding
from session_buddy.settings import Settings
from tests.skills.shelves import skill_text, write


@pytest.fixture
def given(tmp_path: Path) -> Settings:
    """The settings of a project, for a person who has nothing installed."""
    (project := tmp_path / "project").mkdir()
    home = str(tmp_path / "home")
    read = settings.read({"SESSION_BUDDY_PROJECT": str(project)})
    return read._replace(home=home, claude_folder=home, codex_folder=home, config_folder=home, managed_folder=home)


def test_skills_that_can_be_read_are_counted_and_others_named_with_the_reason(given: Settings) -> None:
    skills = Path(given.project) / ".claude" / "skills"
    write(skills / "good", {"SKILL.md": skill_text("good")})
    write(skills / "nameless", {"SKILL.md": "---\ndescription: x\n---\n"})
    write(skills / "many", {"SKILL.md": skill_text("many")} | {f"{number}.txt": "" for number in range(512)})
    (finding,) = findings(given)
    assert finding.good
    assert finding.text.startswith("1 skill can be read over MCP, not: ")
    assert "many/SKILL.md (it has more than 512 files or more than 16 MiB)" in finding.text
    assert "nameless/SKILL.md (its frontmatter has no name" in finding.text


def test_nothing_is_said_where_the_catalogue_is_off(given: Settings) -> None:
    assert list(findings(given._replace(catalogue=False))) == []
    assert list(findings(given)) == [Finding("served", True, "0 skills can be read over MCP")]

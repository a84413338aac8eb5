"""Skills over MCP in real windows: each gets what is installed for its project, as the catalogue finds it."""

from pathlib import Path

import pytest

from tests.skills.shelves import skill_text, write
from tests.system.processes import Place, Window


@pytest.fixture
def place(place: Place, tmp_path: Path) -> Place:
    home = tmp_path / "home"
    write(home / ".claude" / "skills" / "mine", {"SKILL.md": skill_text("mine")})
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere", {"SKILL.md": skill_text("out")})
    folder = write(
        place.project / ".claude" / "skills" / "theirs", {"SKILL.md": skill_text("theirs"), ".env": "secret"}
    )
    (folder / "link").symlink_to("/etc/passwd")
    (folder.parent / "out").symlink_to(tmp_path / "elsewhere")
    return place.with_variables(HOME=str(home), SESSION_BUDDY_CATALOGUE="on")


def test_a_window_is_served_the_skills_of_its_project_and_its_person(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        listed = window.request("skills/list")["result"]["skills"]
        assert [[one["uri"] for one in skill["resources"]] for skill in listed] == [
            ["skill://mine/SKILL.md"],
            ["skill://theirs/SKILL.md"],
        ]
        (content,) = window.request("resources/read", {"uri": "skill://theirs/SKILL.md"})["result"]["contents"]
        assert content["text"] == skill_text("theirs")
        for uri in (
            "skill://theirs/.env",
            "skill://theirs/link",
            "skill://out/SKILL.md",
            "skill://theirs/../mine/SKILL.md",
        ):
            assert window.request("resources/read", {"uri": uri})["error"]["code"] == -32602
        # whoever watches a file of a skill is told nothing, and nobody is harmed
        assert "result" in window.request("resources/subscribe", {"uri": "skill://theirs/SKILL.md"})
        write(place.project / ".claude" / "skills" / "new", {"SKILL.md": skill_text("new")})
        assert (
            window.request("skills/get", {"uri": "skill://new/SKILL.md"})["result"]["skill"]["uri"]
            == "skill://new/SKILL.md"
        )


def test_where_the_catalogue_is_off_nothing_is_served(place: Place) -> None:
    with Window(place.with_variables(SESSION_BUDDY_CATALOGUE="off")) as window:
        window.initialize()
        assert window.request("skills/list")["result"]["skills"] == []
        assert "error" in window.request("resources/read", {"uri": "skill://mine/SKILL.md"})

"""Which skills are served at which URIs, and why others are not."""

from pathlib import Path
from typing import Any

import pytest

from session_buddy.skills.installed import AGENT, COMMAND, Found
from session_buddy.skills.shelf import Shelf, problems
from tests.skills.shelves import found, install, skill_text, write


def uris(found: Found, project: Path) -> dict[str, str]:
    """The URIs of what is served, by what the assistant calls it."""
    return {served.installed.name: served.uri for served in Shelf(found, str(project)).skills}


def reasons(found: Found, project: Path) -> dict[str, str]:
    """Why skills are not served, by the names of their folders."""
    return {Path(problem.path).parent.name: problem.reason for problem in problems(found, str(project))}


def test_every_skill_has_a_uri_of_its_own_that_ends_with_its_name(tmp_path: Path) -> None:
    skills = found(
        install(tmp_path / "a" / "review"),
        install(tmp_path / "b" / "review", called="superpowers:review"),
        install(tmp_path / "c" / "review", called="apps/web:review"),
        install(tmp_path / "d" / "folder", called="folder", name="review"),
        install(tmp_path / "e" / "superpowers"),
        install(tmp_path / "f" / "x", called="Über..:x"),
        install(tmp_path / "g" / "x", called="..:x"),
    )
    assert uris(skills, tmp_path) == {
        "review": "skill://review/SKILL.md",
        "superpowers:review": "skill://~superpowers/review/SKILL.md",
        "apps/web:review": "skill://~apps.web/review/SKILL.md",
        "folder": "skill://~folder/review/SKILL.md",
        "superpowers": "skill://superpowers/SKILL.md",
        "Über..:x": "skill://~%C3%BCber../x/SKILL.md",
        "..:x": "skill://~../x/SKILL.md",
    }


def test_a_skill_keeps_its_uri_when_others_come_and_go(tmp_path: Path) -> None:
    one = install(tmp_path / "a" / "review", called="superpowers:review")
    others = [install(tmp_path / "b" / name) for name in ("superpowers", "review", "aaa")]
    before = uris(found(one), tmp_path)
    assert before.items() <= uris(found(one, *others), tmp_path).items()


def test_a_file_of_one_skill_is_never_at_the_uri_of_another(tmp_path: Path) -> None:
    outer = install(write(tmp_path / "superpowers", {"review/SKILL.md": skill_text("review", body="# Mine\n")}))
    other = install(tmp_path / "plugin" / "review", called="superpowers:review")
    shelf = Shelf(found(outer, other), str(tmp_path))
    place = shelf.find("skill://superpowers/review/SKILL.md")
    assert place
    assert place[0].installed is outer
    assert shelf.skill("skill://superpowers/review/SKILL.md") is None


def test_a_skill_within_a_skills_folder_lies_below_it_in_its_uri_too(tmp_path: Path) -> None:
    skills = found(
        install(tmp_path / "outer"),
        install(tmp_path / "outer" / "parts" / "inner", called="inner"),
        install(tmp_path / "outer" / ".hidden", called="hidden", name="hidden"),
    )
    assert uris(skills, tmp_path) == {
        "outer": "skill://outer/SKILL.md",
        "inner": "skill://outer/parts/inner/SKILL.md",
        "hidden": "skill://hidden/SKILL.md",
    }


def test_two_skills_that_would_have_one_uri_are_told_apart_by_a_reason(tmp_path: Path) -> None:
    skills = found(install(tmp_path / "a" / "x", called="one.two:x"), install(tmp_path / "b" / "x", called="one:two:x"))
    assert uris(skills, tmp_path) == {"one.two:x": "skill://~one.two/x/SKILL.md"}
    assert list(reasons(skills, tmp_path).values()) == ["skill://~one.two/x/SKILL.md is another skill"]


@pytest.mark.parametrize("name", [None, "", "Upper", "a--b", "-a", "a-", "a" * 65, "a b", "a/b", "..", 7, ["a"], "ä"])
def test_a_name_that_the_extension_does_not_allow_is_not_served(tmp_path: Path, name: Any) -> None:
    one = install(tmp_path / "folder")
    one = one._replace(frontmatter=one.frontmatter | {"name": name})
    assert uris(found(one), tmp_path) == {}
    assert "has no name of 1 to 64" in reasons(found(one), tmp_path)["folder"]


@pytest.mark.parametrize("description", [None, "", "  ", 7, "a" * 1025])
def test_a_skill_without_a_fitting_description_is_not_served(tmp_path: Path, description: Any) -> None:
    one = install(tmp_path / "folder", description=description)
    assert uris(found(one), tmp_path) == {}
    assert "has no description of 1 to 1024" in reasons(found(one), tmp_path)["folder"]


def test_only_skills_that_the_model_may_use_by_itself_are_served(tmp_path: Path) -> None:
    one = install(tmp_path / "a")
    skills = Found(
        (
            one,
            one._replace(name="b", kind=COMMAND),
            one._replace(name="c", kind=AGENT),
            install(tmp_path / "d")._replace(model_may_use=False),
        )
    )
    assert list(uris(skills, tmp_path)) == ["a"]
    assert reasons(skills, tmp_path) == {}


def test_a_persons_own_links_to_skills_are_followed_and_a_projects_links_out_of_it_are_not(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for place in ("elsewhere/a", "project/shared/b"):
        install(tmp_path / place)
    for place in ("home/.claude/skills/a", "project/.claude/skills/a"):
        link = tmp_path / place
        link.parent.mkdir(parents=True)
        link.symlink_to(tmp_path / "elsewhere" / "a")
    (project / ".claude" / "skills" / "b").symlink_to("../../shared/b")
    own = found(install(tmp_path / "home" / ".claude" / "skills" / "a"))
    assert uris(own, project) == {"a": "skill://a/SKILL.md"}
    theirs = found(*(install(project / ".claude" / "skills" / name) for name in ("a", "b")))
    assert uris(theirs, project) == {"b": "skill://b/SKILL.md"}
    assert reasons(theirs, project) == {"a": "its folder is a link that leads out of the project"}


def test_a_project_is_known_by_whichever_path_leads_to_it(tmp_path: Path) -> None:
    install(tmp_path / "outside" / "a")
    (tmp_path / "real").mkdir()
    (tmp_path / "project").symlink_to("real")
    (tmp_path / "real" / "a").symlink_to("../outside/a")
    for project in ("real", "project"):
        for place in ("real", "project"):
            skills = found(install(tmp_path / place / "a"))
            assert uris(skills, tmp_path / project) == {}


def test_one_folder_under_two_names_is_served_once(tmp_path: Path) -> None:
    one = install(tmp_path / "a")
    assert uris(found(one, one._replace(name="z")), tmp_path) == {"a": "skill://a/SKILL.md"}
    assert list(reasons(found(one, one._replace(name="z")), tmp_path).values()) == ["it is the same folder as a"]


def test_what_cannot_be_read_or_is_too_large_is_told(tmp_path: Path) -> None:
    gone = install(tmp_path / "gone")
    (tmp_path / "gone" / "SKILL.md").unlink()
    (tmp_path / "gone").rmdir()
    many = install(write(tmp_path / "many", {f"{number}.txt": "" for number in range(512)}))
    assert reasons(found(gone, many, install(tmp_path / "good")), tmp_path) == {
        "gone": "its folder cannot be read: No such file or directory",
        "many": "it has more than 512 files or more than 16 MiB",
    }

"""Real windows and commands: what is installed is known while a hub runs, and recommended before it was ever used."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.processes import Place, Window, leave_no_hub, new_place, run, until

pytestmark = pytest.mark.slow


@pytest.fixture
def at_home(tmp_path: Path) -> Iterator[Place]:
    """A project and a home of their own, where what is installed is looked for."""
    home = tmp_path / "home"
    home.mkdir()
    own = {"HOME": str(home), "SESSION_BUDDY_CATALOGUE": "on", "SESSION_BUDDY_LINGER": "30"}
    own |= dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME", "CODEX_HOME"), "")
    place = new_place(tmp_path / "project").with_variables(**own)
    yield place
    leave_no_hub(place)


def skill(folder: Path, name: str, description: str, more: str = "") -> Path:
    path = folder / ".claude" / "skills" / name / "SKILL.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\nname: {name}\ndescription: {description}\n{more}---\nWhat to do.\n", encoding="utf-8")
    return path


def names(window: Window, query: str) -> list[str]:
    """What a window is recommended; it looks for nothing by itself."""
    found: dict[str, Any] = window.call("recommend_skills", user_query=query, limit=10)["structuredContent"]
    return [one["skill_name"] for one in found["recommendations"]]


def test_windows_are_recommended_what_is_installed_while_it_changes(at_home: Place) -> None:
    first = skill(at_home.project, "release-notes", "Write what changed in a release")
    with Window(at_home) as window:
        window.initialize()
        until(lambda: names(window, "write about the release"), lambda found: found == ["release-notes"])
        skill(at_home.project, "release-train", "Bring out a release of everything")
        with Window(at_home) as other:
            other.initialize()
            until(lambda: set(names(window, "a release")), lambda found: found == {"release-notes", "release-train"})
        first.parent.rename(first.parent.with_name("release-letter"))
        with Window(at_home) as other:
            other.initialize()
            until(lambda: set(names(window, "a release")), lambda found: found == {"release-letter", "release-train"})
        first.with_name("x").parent.parent.joinpath("release-train", "SKILL.md").unlink()
        with Window(at_home) as other:
            other.initialize()
            until(lambda: names(window, "a release"), lambda found: found == ["release-letter"])


def test_commands_know_what_is_installed_at_once(at_home: Place) -> None:
    home = Path(at_home.environment["HOME"])
    path = skill(home, "pdf", "Read and fill in PDF forms")
    by_hand = skill(at_home.project, "deploy", "Bring it out", "disable-model-invocation: true\n")
    found = {one["skill_name"]: one for one in json.loads(run(at_home, "skills", "--json").stdout)["skills"]}
    assert [(name, one["kind"], one["place"], one["model_may_use"]) for name, one in sorted(found.items())] == [
        ("deploy", "skill", "project", False),
        ("pdf", "skill", "personal", True),
    ]
    assert (found["pdf"]["path"], found["deploy"]["path"]) == (str(path), str(by_hand))
    header, *rows, _ = [*run(at_home, "skills").stdout.splitlines(), ""]
    assert "installed" in header
    assert ["project" in rows[0], "personal" in rows[1]] == [True, True]
    told = json.loads(run(at_home, "recommend", "--json", "fill in this PDF and bring it out").stdout)
    assert [one["skill_name"] for one in told["recommendations"]] == ["pdf"]
    path.unlink()
    told = json.loads(run(at_home, "recommend", "--json", "fill in this PDF").stdout)
    assert told["recommendations"] == []


def test_turned_off_nothing_is_looked_for(at_home: Place) -> None:
    skill(at_home.project, "pdf", "Read and fill in PDF forms")
    off = at_home.with_variables(SESSION_BUDDY_CATALOGUE="off")
    assert json.loads(run(off, "skills", "--json").stdout)["skills"] == []
    assert "SESSION_BUDDY_CATALOGUE is off" in run(off, "doctor").stdout


@pytest.mark.model
def test_an_empty_history_recommends_by_meaning_what_fits_and_says_when_nothing_does(at_home: Place) -> None:
    at_home = at_home.with_variables(SESSION_BUDDY_EMBEDDER="sentence-transformers")
    skill(
        at_home.project, "systematic-debugging", "Find the root cause of a bug, test failure or crash before fixing it"
    )
    skill(at_home.project, "release-notes", "Write what changed for the people who use the product")
    skill(at_home.project, "pdf-forms", "Read, fill in and merge PDF documents")
    skill(at_home.project, "database-migration", "Change the schema of a database without losing rows")
    fits = json.loads(
        run(at_home, "recommend", "--wait-for-model", "--json", "the unit tests crash and nobody knows why").stdout
    )
    best = fits["recommendations"][0]
    assert (fits["ranking"], best["skill_name"], best["invocations"]) == ("semantic", "systematic-debugging", 0)
    assert fits["confident"]
    nothing = json.loads(run(at_home, "recommend", "--json", "book a table for dinner in Lisbon").stdout)
    assert not nothing["confident"]
    assert nothing["fit"] < fits["fit"]

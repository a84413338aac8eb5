"""`session-buddy packs`: what corrections have taught, shared as files."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.coached import Coach, coached, refused, typed
from tests.system.processes import Place, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    """A store with two corrections of each of two workflows."""
    with coached(tmp_path_factory.mktemp("coached")) as coach:
        for session in (coach.start("release"), coach.start("triage")):
            coach.correct(session, "deploy", {"env": "staging"}, {"env": "production"})
            coach.correct(session, "notify", {"to": "all"}, {"to": "team", "cc": "é\x1b"})
        yield coach


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Another store, in which nothing was corrected."""
    with coached(tmp_path_factory.mktemp("elsewhere")) as coach:
        yield coach.place


def found(place: Place, *arguments: str, stdin: str | None = None) -> Any:
    done = run(place, "packs", *arguments, "--json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def exported(coach: Coach, workflow: str = "release") -> str:
    done = run(coach.place, "packs", "export", workflow)
    assert (done.returncode, done.stderr) == (0, "2 corrections exported.\n")
    return done.stdout


def test_packs_are_listed_and_shown(coach: Coach) -> None:
    packs = [{"workflow_id": "release", "items": 2}, {"workflow_id": "triage", "items": 2}]
    assert found(coach.place) == found(coach.place, "list") == {"packs": packs}
    assert found(coach.place, "show", "release") == coach.ask("pack", workflow_id="release")
    shown = run(coach.place, "packs", "show", "release").stdout
    assert '  /env: "staging" to "production"\n' in shown
    assert "\x1b" not in shown
    assert "There is no workflow 'releas'. The nearest are release, triage." in refused(
        coach.place, 1, "packs", "show", "releas"
    )


def test_a_pack_goes_to_another_store_and_again_changes_nothing(coach: Coach, elsewhere: Place, tmp_path: Path) -> None:
    file = tmp_path / "release.json"
    file.write_text(exported(coach), encoding="utf-8-sig")
    done = run(elsewhere, "packs", "import", str(file))
    told = "Corrections of release: 2 new, 0 updated, 0 known before. 2 of them are not applied until a person switches"
    assert done.stdout.startswith(told)
    again = found(elsewhere, "import", "-", "--workflow", "release", stdin=exported(coach))
    assert again == {"workflow_id": "release", "imported": 0, "updated": 0, "unchanged": 2, "waiting": 2}
    assert run(elsewhere, "packs", "export", "release").stdout == exported(coach)


def test_a_pack_is_written_for_its_owner_only_and_over_no_file(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "release.json"
    done = run(coach.place, "packs", "export", "release", "--out", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert file.read_text(encoding="utf-8") == exported(coach)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("mine", encoding="utf-8")
    message = refused(coach.place, 1, "packs", "export", "release", "--out", str(file))
    assert "exists already. Nothing was written." in message
    assert file.read_text(encoding="utf-8") == "mine"
    assert run(coach.place, "packs", "export", "release", "--out", str(file), "--force").returncode == 0
    assert file.read_text(encoding="utf-8") == exported(coach)
    refused(coach.place, 1, "packs", "export", "nothing", "--out", str(tmp_path / "new.json"))
    assert not (tmp_path / "new.json").exists()


def test_what_is_no_pack_of_this_workflow_is_refused_with_the_reason(coach: Coach, elsewhere: Place) -> None:
    good, before = json.loads(exported(coach)), found(elsewhere)
    edited = {**good, "items": [{**good["items"][0], "node_id": "elsewhere"}]}
    for text, reason in (
        ("", "not JSON"),
        (json.dumps(good)[:-20], "truncated"),
        ("[" * 100_000, "nested deeper than"),
        ('{"workflow_id": 7}', "This is not a correction pack"),
        (json.dumps({**good, "schema_version": 2}), "newer session_buddy"),
        (json.dumps({**good, "workflow_id": ["release"]}), "workflow_id must be text"),
        (json.dumps({**good, "workflow_id": "re\x1blease"}), "control characters"),
        (json.dumps(edited), "was edited"),
    ):
        message = refused(elsewhere, 1, "packs", "import", "-", stdin=text)
        assert reason in message
        assert message.endswith("Nothing was imported.\n")
    message = refused(elsewhere, 1, "packs", "import", "-", "--workflow", "triage", stdin=json.dumps(good))
    assert 'is of workflow "release", not of "triage"' in message
    assert found(elsewhere) == before


def test_a_file_that_cannot_be_a_pack_is_refused_before_a_hub_is_asked(place: Place, tmp_path: Path) -> None:
    large, binary = tmp_path / "large.json", tmp_path / "binary.json"
    with large.open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing, which nobody could read whole
    binary.write_bytes(b'{"kind": "\xff"}')
    for name, reason in (
        (large, "is larger than the 4 MB that are allowed. Nothing was imported."),
        (binary, "is not text in UTF-8. Export it again. Nothing was imported."),
        (tmp_path, "cannot be read: Is a directory. Nothing was imported."),
        (tmp_path / "none.json", "cannot be read: No such file or directory. Nothing was imported."),
    ):
        assert reason in refused(place, 1, "packs", "import", str(name))
    assert not place.hub_runs()


def test_the_largest_pack_that_is_allowed_reaches_the_hub(elsewhere: Place) -> None:
    text = json.dumps({"workflow_id": "x"})
    assert "This is not a correction pack" in refused(elsewhere, 1, "packs", "import", "-", stdin=text.ljust(4_000_000))


def test_a_person_switches_a_correction_off_and_on_and_nobody_else_does(coach: Coach) -> None:
    item = found(coach.place, "show", "triage")["items"][0]["item_id"]
    switched = ["packs", "switch", "triage", item]
    assert "is no terminal. Nothing was changed." in refused(coach.place, 1, *switched, "off")
    code, shown = typed(coach.place.with_variables(CLAUDECODE="1"), *switched, "off")
    assert (code, "an assistant has started this command" in shown) == (1, True)
    code, shown = typed(coach.place, *switched, "off")
    assert (code, shown) == (
        0,
        f"Correction {item} of triage is off: it is kept, and not applied. This is on record.\n",
    )
    assert "; switched off\n" in run(coach.place, "packs", "show", "triage").stdout
    code, shown = typed(coach.place, *switched, "on")
    assert (code, "is on: it is applied." in shown) == (0, True)
    assert "switched off" not in run(coach.place, "packs", "show", "triage").stdout
    code, shown = typed(coach.place, "packs", "switch", "triage", "none", "off")
    assert (code, "has no item 'none'" in shown) == (1, True)


def test_one_correction_is_forgotten(coach: Coach, elsewhere: Place) -> None:
    found(elsewhere, "import", "-", stdin=exported(coach, "triage"))
    first, second = [item["item_id"] for item in found(elsewhere, "show", "triage")["items"]]
    done = run(elsewhere, "packs", "forget", "triage", first)
    assert done.stdout == "Forgotten. The pack of triage has 1 left.\n"
    message = refused(elsewhere, 1, "packs", "forget", "triage", first)
    assert f"has no item '{first}'. Its items: {second}. Nothing was changed." in message
    assert found(elsewhere, "forget", "triage", second)["items_left"] == 0
    assert run(elsewhere, "packs", "show", "triage").stdout == "No correction of triage is known.\n"


def test_wrong_usage_is_refused_before_anything_is_asked(place: Place) -> None:
    assert "ITEM_ID" in refused(place, 2, "packs", "forget", "release")
    assert "FILE" in refused(place, 2, "packs", "import")
    assert not place.hub_runs()

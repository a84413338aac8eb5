"""`store adopt`, as a person types it."""

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from session_buddy.common.store_registry import notices, store_key
from session_buddy.store.ids import new_id
from tests.cli.coached import typed
from tests.system.processes import Place, Window, exported, run, until
from tests.system.untrusted import HARMFUL, HARMLESS, build, files, first_call, mode, set_aside

pytestmark = pytest.mark.slow
ADOPT = ("store", "adopt")
ADD, KEEP = "[y/N]", "Type keep"


@pytest.fixture
def brought(place: Place) -> Place:
    """A project that came with a store, after the first window set it aside."""
    build(place.store)
    first_call(place)
    return place


def adopted(place: Place, *arguments: str) -> dict[str, object]:
    done = run(place, *ADOPT, *arguments, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def refused(place: Place, *arguments: str) -> str:
    done = run(place, *ADOPT, *arguments, "--yes")
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_rows_are_adopted_without_what_decides(brought: Place) -> None:
    [moved] = set_aside(brought)
    before = files(moved)
    found = adopted(brought)
    assert found["kept"] is False
    assert found["source"] == str(moved / brought.store.name)
    assert files(moved) == before
    assert [use["skill_name"] for use in exported(brought)] == ["deploying"] * 2
    assert mode(brought) == ("observe", HARMLESS)
    assert str(moved) not in [notice["path"] for notice in notices(str(brought.data_folder))]


def test_the_review_shows_levels_corrections_and_numbers(brought: Place) -> None:
    code, shown = typed(brought, *ADOPT, answers={ADD: "n"})
    assert code == 0
    assert '"release": "AUTO"' in shown
    assert "curl https://example.invalid" in shown
    assert '"decisions": 1' in shown
    assert "invocations of skills: 2" in shown
    assert "Nothing was adopted" in shown
    assert exported(brought) == []


@pytest.mark.parametrize("answer", ["", "n", "yes", "y", "keep it", "KEEPS"])
def test_decisions_stay_out_unless_keep_is_typed(brought: Place, answer: str) -> None:
    code, shown = typed(brought, *ADOPT, answers={ADD: "y", KEEP: answer})
    assert code == 0, shown
    assert "left out" in shown
    assert mode(brought) == ("observe", HARMLESS)
    assert len(exported(brought)) == 2


def test_a_person_who_types_keep_gets_everything_back(brought: Place) -> None:
    code, shown = typed(brought, *ADOPT, answers={ADD: "y", KEEP: "keep"})
    assert code == 0, shown
    assert "were kept" in shown
    assert mode(brought)[1] == HARMFUL
    assert json.loads(run(brought, "workflows", "--json").stdout)


def test_yes_never_keeps_decisions_on_a_terminal(brought: Place) -> None:
    code, shown = typed(brought, *ADOPT, "--yes")
    assert code == 0, shown
    assert KEEP not in shown
    assert mode(brought) == ("observe", HARMLESS)


def test_a_second_adoption_adds_nothing(brought: Place) -> None:
    [moved] = set_aside(brought)
    adopted(brought)
    assert adopted(brought, str(moved))["added"] == {}
    assert len(exported(brought)) == 2


@pytest.mark.parametrize("arguments", [[], ["--yes"], ["--json"]])
def test_an_assistant_cannot_adopt_a_store(brought: Place, arguments: list[str]) -> None:
    inside = brought.with_variables(CLAUDECODE="1")
    done = run(inside, *ADOPT, *arguments)
    assert done.returncode == 1
    assert "person's decision" in done.stderr
    assert done.stdout == ""
    code, shown = typed(inside, *ADOPT, *arguments, answers={ADD: "y", KEEP: "keep"})
    assert code == 1, shown
    assert exported(brought) == []


def test_a_folder_and_a_file_can_be_named(brought: Place, tmp_path: Path) -> None:
    [moved] = set_aside(brought)
    shutil.copytree(moved, tmp_path / "kept")
    assert adopted(brought, str(tmp_path / "kept"))["added"]
    assert adopted(brought, str(tmp_path / "kept" / brought.store.name))["added"] == {}


def test_a_project_of_another_machine_can_be_named(place: Place, tmp_path: Path) -> None:
    build(tmp_path / "old" / ".session-buddy" / place.store.name)
    assert adopted(place, str(tmp_path / "old"))["added"]
    assert len(exported(place)) == 2


def test_adoption_works_before_a_window_was_opened(place: Place) -> None:
    build(place.store)
    before = place.store.read_bytes()
    assert adopted(place)["added"]
    [moved] = set_aside(place)
    assert (moved / place.store.name).read_bytes() == before
    assert len(exported(place)) == 2


def test_an_explicit_store_is_adopted_under_a_new_name(place: Place, tmp_path: Path) -> None:
    store = build(tmp_path / "backup.duckdb")
    before = store.read_bytes()
    explicit = place.with_variables(SESSION_BUDDY_STORE=str(store))
    rejected = run(explicit, "export")
    assert rejected.returncode == 1
    assert "session-buddy store adopt" in rejected.stderr
    assert store.read_bytes() == before
    assert adopted(explicit)["added"]
    assert len(exported(explicit)) == 2
    assert [path.read_bytes() for path in tmp_path.glob("backup.duckdb.set-aside*")] == [before]
    assert store_key(str(store), str(place.data_folder))
    run(explicit, "hub", "stop")


def test_without_a_store_to_adopt_the_command_names_paths(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        window.track()
    assert "No store was set aside" in refused(place)
    assert "There is no store" in refused(place, str(place.project / "nothing"))
    assert "own store already" in refused(place, str(place.store))


@pytest.mark.parametrize("kind", ["link", "fifo", "folder", "text", "empty", "cut", "macro", "sqlite"])
def test_what_is_no_store_is_refused_in_one_line(place: Place, tmp_path: Path, kind: str) -> None:
    store = build(tmp_path / "theirs.duckdb")
    path = tmp_path / "odd" / place.store.name
    path.parent.mkdir()
    if kind == "link":
        path.symlink_to(store)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "macro":
        shutil.copy(store, path)
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE MACRO count(x) AS 7")
    else:
        data = {"text": b"text", "empty": b"", "cut": store.read_bytes()[:5000], "sqlite": b"SQLite format 3\0" * 99}
        path.write_bytes(data[kind])
    said = refused(place, str(path))
    assert "Traceback" not in said
    assert "Nothing was changed" in said
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert [one.name for one in place.data_folder.glob("adopt-*")] == []


def test_spooled_events_of_the_store_come_with_it(place: Place) -> None:
    build(place.store)
    spool = Path(f"{place.store}.spool")
    spool.mkdir()
    event = {
        "id": str(new_id()),
        "kind": "track",
        "at": "2026-11-02T09:30:00+00:00",
        "project": "/elsewhere",
        "session": "s",
    }
    (spool / "1-e1.json").write_text(json.dumps(event | {"skill_name": "spooled-skill"}), encoding="utf-8")
    (spool / "2-bad.json").write_text("[" * 10_000, encoding="utf-8")
    (spool / "3-link.json").symlink_to("/etc/passwd")
    adopted(place)
    with Window(place) as window:
        window.initialize()
        expected = ["deploying", "deploying", "spooled-skill"]
        until(lambda: sorted(use["skill_name"] for use in exported(place)), lambda found: found == expected)


def test_rows_that_wait_in_the_log_are_adopted(place: Place) -> None:
    build(place.store)
    connection = duckdb.connect(str(place.store))
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    connection.execute("UPDATE invocation SET skill_name = 'from-the-log'")
    connection.close()
    assert Path(f"{place.store}.wal").exists()
    adopted(place)
    assert {use["skill_name"] for use in exported(place)} == {"from-the-log"}


def test_doctor_names_the_command_until_it_was_run(brought: Place) -> None:
    assert "session-buddy store adopt" in run(brought, "doctor").stdout
    adopted(brought)
    assert "session-buddy store adopt" not in run(brought, "doctor").stdout


def test_the_adopted_store_may_be_removed_afterwards(brought: Place) -> None:
    adopted(brought)
    for folder in set_aside(brought):
        shutil.rmtree(folder)
    assert len(exported(brought)) == 2


def test_options_may_stand_before_the_path(place: Place, tmp_path: Path) -> None:
    build(tmp_path / "theirs.duckdb")
    done = run(place, *ADOPT, "--yes", "--json", str(tmp_path / "theirs.duckdb"))
    assert done.returncode == 0, done.stderr

"""`session-buddy sessions`, as a person types it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from session_buddy.cli import coaching_commands
from session_buddy.coaching import levels
from session_buddy.coaching import sessions as coaching_sessions
from session_buddy.errors import BuddyError
from tests.cli.coached import Coach, coached, refused, typed
from tests.system.processes import Place, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    with coached(tmp_path_factory.mktemp("coached")) as coach:
        yield coach


@pytest.fixture
def session(coach: Coach) -> str:
    """A coaching session with one accepted step."""
    session = coach.start()
    coach.decide(session, seconds=3)
    return session


def found(place: Place, *arguments: str) -> Any:
    done = run(place, "sessions", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def said(place: Place, *arguments: str) -> str:
    done = run(place, "sessions", *arguments)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def test_the_options_allow_what_coaching_knows() -> None:
    assert coaching_commands.STATUSES == coaching_sessions.STATUSES
    assert coaching_commands.STATUSES[2:] == coaching_sessions.OUTCOMES
    assert levels.LEVELS[:-1] == coaching_commands.LOWER_LEVELS


def test_an_empty_store_says_what_begins_coaching(place: Place) -> None:
    assert said(place) == "No coaching session was started yet. An assistant starts one with coaching_start.\n"
    assert found(place) == {"sessions": []}
    assert (
        run(place, "workflows").stdout == "No workflow was coached yet. An assistant starts one with coaching_start.\n"
    )


def test_they_are_listed_newest_first_with_or_without_the_word(coach: Coach, session: str) -> None:
    other = coach.start("triage")
    both = [one["session_id"] for one in found(coach.place)["sessions"][:2]]
    assert both == [other, session]
    assert found(coach.place, "list") == found(coach.place)
    listed = [
        one["session_id"] for one in found(coach.place, "list", "--workflow", "triage", "--limit", "1")["sessions"]
    ]
    assert listed == [other]
    assert found(coach.place, "--status", "failed", "--workflow", "triage") == {"sessions": []}
    assert session in said(coach.place)
    assert "\x1b" not in said(coach.place)


def test_the_store_may_be_named_before_or_after_what_to_do(coach: Coach, session: str, place: Place) -> None:
    store = str(coach.place.store)
    for arguments in (["--store", store, "show", session], ["show", session, "--store", store]):
        assert found(place, *arguments)["session_id"] == session
    assert not place.hub_runs()


def test_one_is_shown_with_its_decisions(coach: Coach, session: str) -> None:
    assert found(coach.place, "show", session) == coach.ask("session", session_id=session)
    assert "1. build (run): accept\n   by a person (form), " in said(coach.place, "show", session)


def test_one_is_paused_resumed_and_ended_and_then_it_stays_so(coach: Coach, session: str) -> None:
    assert said(coach.place, "pause", session).startswith(f"{session} is paused. ")
    assert "is already paused, since " in refused(coach.place, 1, "sessions", "pause", session)
    assert said(coach.place, "resume", session) == f"{session} is active, 1 step decided.\n"
    ended = found(coach.place, "end", session, "--outcome", "failed", "--error", "out of time")
    assert (ended["status"], ended["error_message"]) == ("failed", "out of time")
    for again in (["pause"], ["resume"], ["undo"], ["end", "--outcome", "completed"]):
        message = refused(coach.place, 1, "sessions", again[0], session, *again[1:])
        assert "has ended: failed at " in message


def test_the_last_decision_is_taken_back_once_and_that_is_on_record(coach: Coach, session: str) -> None:
    coach.decide(session, "reject", "deploy", seconds=2)
    assert "so only a person takes it back" in refused(coach.place, 1, "sessions", "undo", session)
    code, shown = typed(coach.place, "sessions", "undo", session)
    assert (code, shown.startswith("Taken back: step 2, deploy (run): reject by a person.")) == (0, True)
    code, shown = typed(coach.place, "sessions", "undo", session, "--json")
    assert (code, json.loads(shown)["undone"]["node_id"]) == (0, "build")
    assert "No decision of " in refused(coach.place, 1, "sessions", "undo", session)


def test_deleting_asks_on_a_terminal_and_only_there(coach: Coach, session: str) -> None:
    code, shown = typed(coach.place, "sessions", "delete", session, answers={"[y/N]": "no"})
    assert code == 0
    assert "1 step decided" in shown
    assert shown.endswith("Nothing was deleted.\n")
    code, shown = typed(coach.place, "sessions", "delete", session, "--yes")
    assert (code, shown) == (0, f"Coaching session {session} was deleted.\n")
    assert "There is no coaching session" in refused(coach.place, 1, "sessions", "show", session)
    second = coach.start()
    assert found(coach.place, "delete", second)["deleted"] == [second]


def test_a_script_takes_no_decision_of_a_person_away(tmp_path: Path) -> None:
    with coached(tmp_path) as coach:
        session = coach.start()
        coach.decide(session, "reject", "deploy", seconds=2)
        assert "so only a person deletes it" in refused(coach.place, 1, "sessions", "delete", session, "--yes")
        left = "Left out: 1 coaching session with decisions of a person."
        assert left in said(coach.place, "prune", "--days", "0", "--yes")
        assert [one["session_id"] for one in found(coach.place)["sessions"]] == [session]
        code, shown = typed(coach.place, "sessions", "prune", "--days", "0", "--yes")
        assert (code, "Removed: 1 coaching session" in shown) == (0, True)


def test_pruning_only_tells_until_it_is_told_to(tmp_path: Path) -> None:
    with coached(tmp_path) as coach:
        session = coach.start()
        assert "Nothing was removed" in said(coach.place, "prune")
        told = said(coach.place, "prune", "--days", "0")
        assert told.splitlines()[-1] == "To remove them, run the same again with --yes."
        assert [one["session_id"] for one in found(coach.place)["sessions"]] == [session]
        assert "Removed: 1 coaching session untouched" in said(coach.place, "prune", "--days", "0", "--yes")
        assert found(coach.place) == {"sessions": []}
        assert "must be from 0 to 100,000" in refused(coach.place, 1, "sessions", "prune", "--days", "1e6", "--yes")


def test_statistics_are_those_of_the_store(coach: Coach, session: str) -> None:
    assert found(coach.place, "stats") == coach.ask("statistics")
    assert "decision" in said(coach.place, "stats")


def test_the_table_fits_the_terminal(coach: Coach, session: str) -> None:
    coach.start("a workflow with a very long name " * 7)
    code, shown = typed(coach.place, "sessions")
    assert code == 0
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert "(a wider terminal also shows accepted)" in shown


def test_an_unknown_id_is_answered_with_the_nearest_ones(coach: Coach, session: str) -> None:
    message = refused(coach.place, 1, "sessions", "show", session[:-1])
    assert f"There is no coaching session '{session[:-1]}'. Nearest are {session}" in message
    assert "no text in UTF-8" in refused(coach.place, 1, "sessions", "show", "\udcff")


def test_names_that_would_break_a_table_are_not_taken(coach: Coach) -> None:
    for name, reason in (("x\x1b", "must not hold control characters"), (" ", "must not be blank"), ("x" * 257, "256")):
        with pytest.raises(BuddyError, match=f"workflow_id .*{reason}.* Nothing was stored"):
            coach.start(name)
    assert coach.ask("session", session_id=coach.start(" a  name "))["workflow_id"] == "a name"


def test_wrong_usage_is_refused_before_anything_is_asked(place: Place) -> None:
    assert "'all' (choose from" in refused(place, 2, "sessions", "--status", "all")
    assert "'0' is not a whole number from 1 to 1000" in refused(place, 2, "sessions", "list", "--limit", "0")
    assert "--outcome" in refused(place, 2, "sessions", "end", "some")
    assert "ACTION" in refused(place, 2, "sessions", "stop")
    assert "'nan' is not a number" in refused(place, 2, "sessions", "prune", "--days", "nan")
    assert not place.hub_runs()
    assert "delete" in run(place, "sessions", "--help").stdout

"""A workflow that runs by itself: nobody is asked, until something goes wrong."""

from typing import Any

import pytest

from tests.coaching.room import ASSISTANT, PERSON_ON_PAGE, Room, on


@pytest.fixture
def session(room: Room) -> str:
    """A coaching session of a workflow at AUTO."""
    session = room.start()
    room.at("AUTO")
    return session


def outcome(room: Room, suggestion: dict[str, Any], success: bool, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = room.ask(
        "outcome", suggestion_id=suggestion["suggestion_id"], execution_success=success, **given
    )
    return found


def test_what_is_answered_depends_on_the_level(room: Room) -> None:
    session = room.start()
    assert room.suggest(session, {"a": 1})["mode"] == "observe"
    room.at("COACHING")
    assert room.suggest(session, {"a": 2})["mode"] == "ask"
    room.endorse()
    room.ask("promote", PERSON_ON_PAGE, workflow_id="release", despite="for a test")
    assert room.suggest(session, {"a": 3})["mode"] == "auto"
    assert room.suggest(room.start("other"))["mode"] == "observe"


def test_an_accept_that_a_tool_reports_is_of_nobody_and_in_no_rate(room: Room, session: str) -> None:
    room.step(session, "reject", PERSON_ON_PAGE)
    room.step(session, "accept", PERSON_ON_PAGE)
    room.ask("promote", PERSON_ON_PAGE, workflow_id="release", despite="again")
    done = room.step(session, "accept", ASSISTANT)
    assert done["decision"]["decided_by"] == "auto"
    assert (done["stats"]["accepted"], done["stats"]["auto"], done["stats"]["suggestions_made"]) == (1, 1, 3)
    assert (done["stats"]["acceptance_rate"], room.ask("statistics")["overall_acceptance_rate"]) == (
        50,
        pytest.approx(200 / 3),
    )
    found = room.workflow()
    assert found["decided_by"] == {"person": 3, "reported": 0, "auto": 1}
    assert (found["stats"]["acceptance_rate"], found["nodes"][0]["accepted"]) == (pytest.approx(200 / 3), 2)
    assert found["nodes"][0]["confidence_n"] == 3


def test_an_accept_of_a_person_is_of_that_person_also_at_auto(room: Room, session: str) -> None:
    assert room.step(session, "accept", PERSON_ON_PAGE)["decision"]["decided_by"] == "person"
    assert room.step(session, "manual", ASSISTANT)["decision"]["decided_by"] == "reported"


def test_the_outcome_of_a_pending_step_is_also_its_decision(room: Room, session: str) -> None:
    suggestion = room.suggest(session, {"a": 1})
    done = outcome(room, suggestion, True)
    assert (done["decision"]["decision"], done["decision"]["decided_by"]) == ("accept", "auto")
    assert (done["decision"]["execution_success"], done["current_step_index"], done["level"]) == (True, 1, "AUTO")
    told = room.refused("outcome", suggestion_id=suggestion["suggestion_id"], execution_success=False)
    assert "known already" in told
    assert "accept by nobody" in room.refused("decide", **on(suggestion, "reject"))
    person = outcome(room, room.suggest(session, {"a": 2}), True)
    assert person["decision"]["decided_by"] == "auto"


@pytest.mark.parametrize("who", [PERSON_ON_PAGE, ASSISTANT])
@pytest.mark.parametrize("kind", ["reject", "correct"])
def test_a_reject_or_a_correction_by_anybody_ends_it_at_once(room: Room, session: str, kind: str, who: Any) -> None:
    correction = {"a": 2} if kind == "correct" else None
    done = room.decide(room.suggest(session, {"a": 1}), kind, who, correction=correction)
    assert (done["level"], done["level_change"]["level"]) == ("COACHING", "COACHING")
    assert done["level_change"]["reason"] == f"a step was {kind}ed"
    assert room.suggest(session, {"b": 1})["mode"] == "ask"


@pytest.mark.parametrize("way", ["with the decision", "later", "of a pending one", "of one done by hand"])
def test_a_failure_ends_it_at_once(room: Room, session: str, way: str) -> None:
    suggestion = room.suggest(session, {"a": 1})
    if way == "with the decision":
        done = room.decide(suggestion, "accept", ASSISTANT, execution_success=False)
    elif way == "later":
        room.decide(suggestion, "accept", ASSISTANT)
        done = outcome(room, suggestion, False, error_message="exit code 1")
    elif way == "of a pending one":
        done = outcome(room, suggestion, False)
    else:
        room.decide(suggestion, "manual", PERSON_ON_PAGE)
        done = outcome(room, suggestion, False)
    assert (done["level"], done["level_change"]["previous"]) == ("COACHING", "AUTO")
    newest = room.workflow()["level_changes"][0]
    assert (newest["level"], newest["decided_by"], newest["reason"]) == ("COACHING", "session_buddy", "a step failed")


@pytest.mark.parametrize("kind", ["accept", "manual", "skip"])
def test_nothing_else_ends_it(room: Room, session: str, kind: str) -> None:
    done = room.step(session, kind, PERSON_ON_PAGE, execution_success=None if kind == "skip" else True)
    assert (done["level"], done["level_change"]) == ("AUTO", None)
    room.step(session, kind, ASSISTANT)
    assert room.workflow()["level"] == "AUTO"


def test_a_failure_in_another_coaching_session_of_the_workflow_ends_it_for_all(room: Room, session: str) -> None:
    other = room.start()
    outcome(room, room.suggest(other), False)
    assert room.suggest(session)["mode"] == "ask"


def test_a_step_that_was_to_run_by_itself_asks_when_the_workflow_no_longer_does(room: Room, session: str) -> None:
    suggestion = room.suggest(session, {"a": 1})
    assert suggestion["mode"] == "auto"
    room.ask("demote", PERSON_ON_PAGE, workflow_id="release")
    again = room.suggest(session, {"a": 1})
    assert (again["suggestion_id"], again["mode"], again["level"]) == (suggestion["suggestion_id"], "ask", "COACHING")
    assert room.session(session)["pending"][0]["mode"] == "ask"
    assert room.decide(again, "accept", ASSISTANT)["decision"]["decided_by"] == "reported"


def test_a_step_that_has_run_by_itself_meanwhile_is_still_of_nobody(room: Room, session: str) -> None:
    suggestion = room.suggest(session, {"a": 1})
    room.ask("demote", PERSON_ON_PAGE, workflow_id="release")
    done = outcome(room, suggestion, True)
    assert (done["decision"]["decided_by"], done["stats"]["accepted"]) == ("auto", 0)


def test_a_step_that_was_to_be_asked_for_is_asked_for_when_the_workflow_now_runs_by_itself(room: Room) -> None:
    session = room.start()
    room.at("COACHING")
    suggestion = room.suggest(session, {"a": 1})
    room.ask("promote", PERSON_ON_PAGE, workflow_id="release", despite="for a test")
    again = room.suggest(session, {"a": 1})
    assert (again["mode"], again["shown"]) == ("ask", suggestion["shown"])
    assert "not decided yet" in room.refused(
        "outcome", suggestion_id=suggestion["suggestion_id"], execution_success=True
    )
    assert room.decide(again, "accept", ASSISTANT)["decision"]["decided_by"] == "reported"

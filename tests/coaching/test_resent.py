"""A call that is sent again after a crash gets the first answer, and is not made twice."""

from typing import Any

from session_buddy.coaching.actors import Actor
from session_buddy.store.calls import Call
from tests.coaching.room import ASSISTANT, PERSON_ON_PAGE, Room, on

Told = dict[str, Any]


def twice(room: Room, name: str, actor: Actor = ASSISTANT, **given: Any) -> Told:
    """Make a call, and send it again: the answer and what is stored must be the same."""
    call = Call("window-1" if actor.source == "tool" else actor.source, f"{name}-1", False)
    first: Told = room.ask(name, actor._replace(call=call), **given)
    rows = room.rows()
    again = room.ask(name, actor._replace(call=call._replace(resent=True)), **given)
    assert again == first
    assert room.rows() == rows
    return first


def test_a_coaching_session_is_started_once(room: Room) -> None:
    twice(room, "start", workflow_id="release", variables={"a": 1})
    assert len(room.ask("sessions")) == 1


def test_a_step_is_suggested_once_also_after_it_was_decided(room: Room) -> None:
    session = room.start()
    given: Told = {"session_id": session, "node_id": "build", "action_type": "run", "parameters": {"a": 1}}
    made = twice(room, "suggest", **given)
    done = room.decide(made, "accept")
    resent = ASSISTANT._replace(call=Call("window-1", "suggest-1", True))
    again = room.ask("suggest", resent, **given)
    assert again["suggestion_id"] == made["suggestion_id"]
    assert again["decision"] == done["decision"]
    assert len(room.rows()["coaching_suggestion"]) == 1


def test_a_step_is_decided_once(room: Room) -> None:
    for kind in ("accept", "reject", "correct", "manual", "skip"):
        suggestion = room.suggest(room.start(), {"a": kind})
        more: Told = {"correction": {"a": 2}} if kind == "correct" else {}
        if kind == "accept":
            more = {"execution_success": False, "error_message": "exit code 1"}
        done = twice(room, "decide", ASSISTANT._replace(source=kind), **on(suggestion, kind), **more)
        assert done["stats"]["suggestions_made"] == 1


def test_a_step_that_nobody_suggested_is_recorded_once(room: Room) -> None:
    twice(room, "decide", session_id=room.start(), decision="manual", node_id="build", action_type="run")


def test_the_answer_also_tells_again_what_it_has_changed_of_the_level(room: Room) -> None:
    session = room.start()
    room.at("AUTO")
    done = twice(room, "decide", PERSON_ON_PAGE, **on(room.suggest(session), "reject"))
    assert done["level_change"]["level"] == "COACHING"


def test_an_outcome_is_stored_once(room: Room) -> None:
    session = room.start()
    suggestion = room.suggest(session)
    room.decide(suggestion, "accept")
    twice(room, "outcome", suggestion_id=suggestion["suggestion_id"], execution_success=True)


def test_an_outcome_that_is_also_the_decision_and_ends_running_by_itself_is_stored_once(room: Room) -> None:
    session = room.start()
    room.at("AUTO")
    suggestion = room.suggest(session)
    done = twice(room, "outcome", suggestion_id=suggestion["suggestion_id"], execution_success=False)
    assert done["level_change"]["level"] == "COACHING"
    assert len(room.rows()["coaching_level"]) == 3


def test_pausing_resuming_and_ending_are_made_once(room: Room) -> None:
    session = room.start()
    twice(room, "pause", session_id=session)
    twice(room, "resume", session_id=session)
    twice(room, "end", session_id=session, outcome="failed", error_message="exit code 1")


def test_ending_the_third_coaching_session_tells_the_level_that_it_brings_both_times(room: Room) -> None:
    for _ in range(2):
        room.ask("end", session_id=room.start(), outcome="completed")
    done = twice(room, "end", session_id=room.start(), outcome="completed")
    assert done["level"] == "COACHING"


def test_undo_takes_one_decision_back(room: Room) -> None:
    session = room.start()
    room.step(session)
    room.step(session)
    undone = twice(room, "undo", PERSON_ON_PAGE, session_id=session)
    assert undone["current_step_index"] == 1


def test_a_workflow_is_raised_and_lowered_by_one_level(room: Room) -> None:
    room.start()
    raised = twice(room, "promote", PERSON_ON_PAGE, workflow_id="release", despite="for a test")
    assert raised["level"] == "COACHING"
    room.ask("promote", PERSON_ON_PAGE, workflow_id="release", despite="for a test")
    assert twice(room, "demote", PERSON_ON_PAGE, workflow_id="release")["level"] == "COACHING"


def test_a_call_that_was_refused_is_refused_again_and_one_that_was_lost_is_made(room: Room) -> None:
    session = room.start()
    room.ask("pause", session_id=session)
    call = Call("window-1", "decide-1", True)
    suggestion = {"session_id": session, "node_id": "build", "action_type": "run"}
    assert "Resume it first" in room.refused("suggest", ASSISTANT._replace(call=call), **suggestion)
    room.ask("resume", session_id=session)
    assert room.ask("suggest", ASSISTANT._replace(call=call), **suggestion)["step_index"] == 0


def test_the_same_key_of_another_window_is_another_call(room: Room) -> None:
    for window in ("window-1", "window-2"):
        room.start(actor=ASSISTANT._replace(call=Call(window, "1", True)))
    assert len(room.ask("sessions")) == 2


def test_a_call_that_is_sent_again_after_undo_stores_nothing(room: Room) -> None:
    session = room.start()
    given = on(room.suggest(session), "reject")
    room.ask("decide", ASSISTANT._replace(call=Call("w", "1", False)), **given)
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    rows = room.rows()
    again = room.ask("decide", ASSISTANT._replace(call=Call("w", "1", True)), **given)
    assert (again["decision"]["decision"], again["stats"]["rejected"]) == ("reject", 0)
    assert room.rows() == rows

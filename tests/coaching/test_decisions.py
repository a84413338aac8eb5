"""Decisions: one for each suggestion, how its execution ended, and taking the last one back."""

import math
from typing import Any
from uuid import uuid4

import pytest

from tests.coaching.room import ACTION, ASSISTANT, NODE, PERSON_ON_PAGE, Room, on

ASKED: dict[str, Any] = {"node_id": NODE, "action_type": ACTION}


def test_every_kind_of_decision_is_counted_under_its_own_name_and_moves_on_by_one_step(room: Room) -> None:
    session = room.start()
    counts = {"accepted": 0, "rejected": 0, "corrected": 0, "manual_executions": 0, "skipped": 0}
    kinds = ("accept", "reject", "correct", "manual", "skip")
    for number, (kind, name) in enumerate(zip(kinds, counts, strict=True), 1):
        suggestion = room.suggest(session, {"number": number})
        correction = {"number": -number} if kind in ("correct", "manual") else None
        done = room.decide(suggestion, kind, correction=correction, feedback="because", seconds=4.5)
        counts[name] += 1
        assert {key: done["stats"][key] for key in counts} == counts
        assert (done["stats"]["suggestions_made"], done["current_step_index"]) == (number, number)
        made = done["decision"]
        assert (made["decision"], made["step_index"], made["decided_by"], made["source"]) == (
            kind, number - 1, "person", "dashboard",
        )  # fmt: skip
        assert (made["feedback"], made["decision_seconds"], made["correction"]) == ("because", 4.5, correction)
    assert [one["decision"] for one in room.session(session)["decisions"]] == list(kinds)
    assert room.session(session)["stats"]["acceptance_rate"] == pytest.approx(100 / 3)


def test_the_parameters_to_use_are_the_corrected_ones_and_those_suggested_otherwise(room: Room) -> None:
    session = room.start()
    assert room.decide(room.suggest(session, {"a": 1}), "accept")["decision"]["parameters"] == {"a": 1}
    assert room.decide(room.suggest(session, {"a": 2}), "manual")["decision"]["parameters"] == {"a": 2}
    done = room.decide(room.suggest(session, {"a": 3}), "correct", correction={"a": 4})
    assert done["decision"]["parameters"] == {"a": 4}
    assert "parameters" not in room.decide(room.suggest(session, {"a": 5}), "reject")["decision"]


def test_a_correction_can_take_every_parameter_away(room: Room) -> None:
    session = room.start()
    suggestion = room.suggest(session, {"force": True})
    made = room.decide(suggestion, "correct", correction={})["decision"]
    assert (made["correction"], made["parameters"]) == ({}, {})
    assert room.ask("suggestion", suggestion_id=suggestion["suggestion_id"])["decision"]["parameters"] == {}
    assert room.suggest(session, {"force": True})["parameters"] == {}


def test_pending_suggestions_are_shown_apart_and_not_counted(room: Room) -> None:
    session = room.start()
    first, second = room.suggest(session, {"a": 1}), room.suggest(session, {"a": 2})
    found = room.session(session)
    assert [one["suggestion_id"] for one in found["pending"]] == [first["suggestion_id"], second["suggestion_id"]]
    assert found["stats"]["suggestions_made"] == 0
    room.decide(first, "skip")
    assert [one["parameters"] for one in room.session(session)["pending"]] == [{"a": 2}]


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"decision": "maybe"}, "one of accept, reject, correct, manual, skip"),
    ({"decision": "correct"}, "correction is missing"),
    ({"decision": "accept", "correction": {"a": 2}}, "A correction goes with the decision correct"),
    ({"decision": "reject", "correction": {"a": 2}}, "A correction goes with the decision correct"),
    ({"decision": "skip", "correction": {}}, "A correction goes with the decision correct"),
    ({"decision": "correct", "correction": {"a": 1}}, "Accept the suggestion, or give other ones"),
    ({"decision": "reject", "execution_success": True}, "What was rejected is not executed"),
    ({"decision": "skip", "execution_success": False}, "What was skipped is not executed"),
    ({"decision": "accept", "error_message": "no"}, "goes with execution_success false"),
    ({"decision": "accept", "execution_success": True, "error_message": "no"}, "goes with execution_success false"),
    ({"decision": "accept", "suggestion_id": None}, "Say what was decided"),
    ({"decision": "accept", "suggestion_id": "nonsense"}, "There is no suggestion of this suggestion_id"),
    ({"decision": "accept", "suggestion_id": str(uuid4())}, "There is no suggestion of this suggestion_id"),
    ({"decision": "accept", "suggestion_id": None, "node_id": NODE}, "Say what was decided"),
]


def test_a_decision_that_does_not_fit_together_is_refused_with_the_way_out(room: Room) -> None:
    suggestion = room.suggest(room.start(), {"a": 1})
    for given, text in UNFIT:
        told = room.refused("decide", **{**on(suggestion, "accept"), **given})
        assert text in told, given
        assert "Nothing was stored" in told, given


def test_a_suggestion_is_decided_once_and_the_refusal_names_who_decided_and_when(room: Room) -> None:
    session = room.start()
    by_person, by_report = room.suggest(session, {"a": 1}), room.suggest(session, {"a": 2})
    first = room.decide(by_person, "reject")["decision"]
    second = room.decide(by_report, "accept", ASSISTANT)["decision"]
    told = room.refused("decide", **on(by_person, "accept"))
    assert f"already decided: reject by a person (dashboard) at {first['timestamp']}" in told
    told = room.refused("decide", PERSON_ON_PAGE, **on(by_report, "correct"), correction={"a": 3})
    assert f"already decided: accept by an assistant's report (tool) at {second['timestamp']}" in told
    assert "It was not changed" in told


def test_a_suggestion_of_another_coaching_session_is_refused_by_name(room: Room) -> None:
    one, other = room.start(), room.start()
    suggestion = room.suggest(one)
    told = room.refused("decide", **on(suggestion, "accept") | {"session_id": other})
    assert f"belongs to coaching session {one}, not to {other}" in told


def test_a_step_can_be_named_instead_of_a_suggestion_and_then_the_newest_pending_one_is_decided(room: Room) -> None:
    session = room.start()
    room.suggest(session, {"a": 1})
    newest = room.suggest(session, {"a": 2})
    room.suggest(session, {"a": 3}, node="other")
    done = room.ask("decide", session_id=session, decision="correct", correction={"a": 9}, **ASKED)
    assert done["decision"]["suggestion_id"] == newest["suggestion_id"]
    assert done["decision"]["decided_by"] == "reported"


def test_a_step_that_nobody_suggested_can_be_recorded_but_not_corrected(room: Room) -> None:
    session = room.start()
    done = room.ask("decide", session_id=session, decision="manual", correction={"a": 1}, **ASKED)
    assert (done["stats"]["manual_executions"], done["decision"]["parameters"]) == (1, {"a": 1})
    told = room.refused("decide", session_id=session, decision="correct", correction={"a": 1}, **ASKED)
    assert "nothing to correct" in told


def test_the_same_step_with_the_same_arguments_is_suggested_once(room: Room) -> None:
    session = room.start()
    first = room.suggest(session, {"b": 1, "a": [1, 2]})
    before = room.rows()
    assert room.suggest(session, {"a": [1, 2], "b": 1}) == first
    assert room.rows() == before
    assert room.suggest(session, {"a": [2, 1], "b": 1})["suggestion_id"] != first["suggestion_id"]
    assert room.suggest(session, {"b": 1, "a": [1, 2]}, node="other")["suggestion_id"] != first["suggestion_id"]
    assert room.suggest(room.start(), {"b": 1, "a": [1, 2]})["suggestion_id"] != first["suggestion_id"]
    room.decide(first, "accept")
    again = room.suggest(session, {"b": 1, "a": [1, 2]})
    assert again["suggestion_id"] != first["suggestion_id"]
    assert (first["step_index"], again["step_index"]) == (0, 1)


def test_an_outcome_is_told_once_with_the_decision_or_later(room: Room) -> None:
    session = room.start()
    together, later, failed = (room.suggest(session, {"a": number}) for number in range(3))
    done = room.decide(together, "accept", execution_success=True)
    assert done["decision"]["execution_success"] is True
    assert room.decide(later, "manual")["decision"]["execution_success"] is None
    assert room.decide(failed, "correct", correction={"b": 1})["decision"]["executed_at"] is None
    ask = {"suggestion_id": later["suggestion_id"], "execution_success": True}
    assert room.ask("outcome", **ask)["decision"]["execution_success"] is True
    ask = {"suggestion_id": failed["suggestion_id"], "execution_success": False, "error_message": "exit code 1"}
    made = room.ask("outcome", **ask)["decision"]
    assert (made["execution_success"], made["error_message"]) == (False, "exit code 1")
    for suggestion, how in ((together, "succeeded"), (later, "succeeded"), (failed, "failed")):
        told = room.refused("outcome", suggestion_id=suggestion["suggestion_id"], execution_success=True)
        assert f"known already: it {how}, as reported at 2" in told


def test_an_outcome_of_what_was_not_executed_or_not_decided_is_refused(room: Room) -> None:
    session = room.start()
    for kind, past in (("reject", "rejected"), ("skip", "skipped")):
        suggestion = room.suggest(session, {"a": kind})
        room.decide(suggestion, kind)
        told = room.refused("outcome", suggestion_id=suggestion["suggestion_id"], execution_success=True)
        assert f"was {past} at 2" in told
        assert "nothing was executed" in told
    pending = room.suggest(session, {"a": "pending"})["suggestion_id"]
    assert "Decide it first" in room.refused("outcome", suggestion_id=pending, execution_success=True)
    assert "There is no suggestion" in room.refused("outcome", suggestion_id="x", execution_success=True)
    told = room.refused("outcome", suggestion_id=pending, execution_success=True, error_message="no")
    assert "Leave one out" in told


def test_undo_takes_the_last_decision_back_with_its_outcome_and_is_on_record(room: Room) -> None:
    session = room.start()
    first, second = room.suggest(session, {"a": 1}), room.suggest(session, {"a": 2})
    room.decide(first, "accept")
    before = room.session(session)
    room.decide(second, "accept", execution_success=False, error_message="no")
    undone = room.ask("undo", PERSON_ON_PAGE, session_id=session)
    assert undone["undone"]["suggestion_id"] == second["suggestion_id"]
    after = room.session(session)
    for key in ("stats", "current_step_index", "decisions", "pending"):
        assert after[key] == before[key], key
    (row,) = room.rows()["coaching_undone"]
    assert row[:3] == (undone["undone"]["decision_id"], session, "person")
    assert len(room.rows()["coaching_decision"]) == 2
    again = room.decide(second, "accept", execution_success=True)
    assert (again["current_step_index"], again["decision"]["execution_success"]) == (2, True)


def test_undo_twice_takes_two_and_a_third_one_is_refused(room: Room) -> None:
    session = room.start()
    for number in range(2):
        room.decide(room.suggest(session, {"a": number}), "accept")
    for left in (1, 0):
        assert room.ask("undo", PERSON_ON_PAGE, session_id=session)["current_step_index"] == left
    assert f"No decision of {session} stands" in room.refused("undo", PERSON_ON_PAGE, session_id=session)


def test_after_undo_the_same_arguments_are_the_same_suggestion_again(room: Room) -> None:
    session = room.start()
    suggestion = room.suggest(session, {"a": 1})
    room.decide(suggestion, "reject")
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    again = room.suggest(session, {"a": 1})
    assert again == suggestion
    assert again["decision"] is None
    room.decide(again, "accept")
    assert room.session(session)["stats"]["rejected"] == 0


def test_undo_leaves_a_level_that_the_decision_has_changed(room: Room) -> None:
    session = room.start()
    room.at("AUTO")
    room.step(session, "reject")
    assert room.workflow()["level"] == "COACHING"
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    assert room.workflow()["level"] == "COACHING"


def test_a_report_tells_how_long_the_suggestion_waited_and_a_person_only_what_was_measured(room: Room) -> None:
    session = room.start()
    reported = room.step(session, actor=ASSISTANT)["decision"]["decision_seconds"]
    assert 0 < reported < 60
    assert room.step(session)["decision"]["decision_seconds"] is None
    assert room.step(session, seconds=2.5)["decision"]["decision_seconds"] == 2.5


def test_a_time_that_nobody_can_take_is_refused(room: Room) -> None:
    suggestion = room.suggest(room.start())
    for seconds in (-1.0, math.nan, math.inf):
        told = room.refused("decide", PERSON_ON_PAGE, **on(suggestion, "accept"), seconds=seconds)
        assert "seconds must be" in told


def test_after_undo_a_step_that_was_decided_in_the_place_of_another_is_suggested_anew(room: Room) -> None:
    session = room.start()
    room.step(session)
    second = room.suggest(session, {"a": 1})
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    room.decide(second, "reject")
    third = room.suggest(session, {"a": 1})
    assert (third["step_index"], third["decision"]) == (second["step_index"], None)
    assert third["suggestion_id"] != second["suggestion_id"]
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    room.step(session)
    waiting = [one["suggestion_id"] for one in room.session(session)["pending"]]
    assert waiting == [second["suggestion_id"], third["suggestion_id"]]
    assert room.suggest(session, {"a": 1})["suggestion_id"] == third["suggestion_id"]
    room.ask("end", session_id=room.start("other"), outcome="completed")
    assert room.suggest(session, {"a": 1})["suggestion_id"] == third["suggestion_id"]

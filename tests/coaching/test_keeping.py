"""Coaching sessions that programs keep as documents."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from session_buddy.store.calls import Call
from tests.coaching.room import ACTION, ASSISTANT, NODE, PERSON_ON_PAGE, Room

Told = dict[str, Any]


def document(**more: Any) -> Told:
    return {"session_id": "mine", "workflow_id": "release", "decisions": []} | more


def decision(kind: str = "accept", **more: Any) -> Told:
    return {"decision_id": str(uuid4()), "node_id": NODE, "action_type": ACTION, "decision": kind} | more


def save(room: Room, given: Told) -> Told:
    found: Told = room.ask("save", document=given)
    return found


def test_a_document_is_stored_once_and_its_decisions_are_reported_ones(room: Room) -> None:
    kinds = [decision(), decision("reject"), decision("correct", parameters={"a": 1}, correction={"a": 2})]
    kinds += [decision("manual", correction={"b": 1}), decision("skip", feedback="later")]
    given = document(decisions=kinds, variables={"tag": "v1"}, total_steps=9, execution_id="7")
    saved = save(room, given)
    assert [one["decision"] for one in saved["decisions"]] == ["accept", "reject", "correct", "manual", "skip"]
    assert {one["decided_by"] for one in saved["decisions"]} == {"reported"}
    assert [one["decision_id"] for one in saved["decisions"]] == [one["decision_id"] for one in kinds]
    assert (saved["variables"], saved["total_steps"], saved["execution_id"]) == ({"tag": "v1"}, 9, "7")
    before = room.rows()
    assert save(room, given) == saved
    assert room.rows() == before


def test_the_order_of_decisions_is_the_documents_whatever_their_times(room: Room) -> None:
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    given = [decision(timestamp=(begin - timedelta(days=number)).isoformat()) for number in range(3)]
    saved = save(room, document(decisions=given))
    assert [one["decision_id"] for one in saved["decisions"]] == [one["decision_id"] for one in given]
    assert [one["step_index"] for one in saved["decisions"]] == [0, 1, 2]


def test_a_document_that_has_grown_adds_what_is_new(room: Room) -> None:
    first, second = decision(), decision("reject")
    save(room, document(decisions=[first]))
    saved = save(room, document(decisions=[first, second], variables={"tag": "v2"}))
    assert saved["stats"]["suggestions_made"] == 2
    assert saved["variables"] == {"tag": "v2"}


def test_an_outcome_that_has_become_known_is_stored(room: Room) -> None:
    first, second = decision(), decision()
    save(room, document(decisions=[first, second]))
    told = [first | {"execution_success": True}, second | {"execution_success": False, "error_message": "exit code 1"}]
    saved = save(room, document(decisions=told))
    assert [one["execution_success"] for one in saved["decisions"]] == [True, False]
    assert saved["decisions"][1]["error_message"] == "exit code 1"
    before = room.rows()
    save(room, document(decisions=told))
    save(room, document(decisions=[first, second]))
    assert room.rows() == before
    other = document(decisions=[told[0] | {"execution_success": False}, told[1]])
    assert "it succeeded, as reported" in room.refused("save", document=other)


def test_a_failure_that_has_become_known_ends_running_by_itself(room: Room) -> None:
    first = decision()
    save(room, document(decisions=[first]))
    room.at("AUTO")
    save(room, document(decisions=[first | {"execution_success": False}]))
    assert room.workflow()["level"] == "COACHING"


def test_states_follow_the_document(room: Room) -> None:
    assert save(room, document(status="paused"))["status"] == "paused"
    assert save(room, document(status="active"))["status"] == "active"
    saved = save(room, document(status="failed", error_message="exit code 1", decisions=[decision()]))
    assert (saved["status"], saved["error_message"], saved["stats"]["accepted"]) == ("failed", "exit code 1", 1)
    assert "has ended: failed" in room.refused("save", document=document(decisions=saved["decisions"]))


def test_a_document_that_does_not_know_what_others_have_decided_is_refused(room: Room) -> None:
    first = decision()
    save(room, document(decisions=[first]))
    room.step("mine")
    told = room.refused("save", document=document(decisions=[first, decision()]))
    assert "1 decision that this state does not know" in told
    assert "Load it again" in told


def test_a_document_with_a_decision_that_was_taken_back_is_refused(room: Room) -> None:
    first, second = decision(), decision("reject")
    save(room, document(decisions=[first, second]))
    room.ask("undo", PERSON_ON_PAGE, session_id="mine")
    told = room.refused("save", document=document(decisions=[first, second]))
    assert "was taken back" in told
    assert "Load it again" in told
    assert save(room, document(decisions=[first]))["stats"]["suggestions_made"] == 1


def test_a_decision_is_of_one_coaching_session_only(room: Room) -> None:
    one = decision()
    save(room, document(decisions=[one]))
    assert "belongs to coaching session mine" in room.refused(
        "save", document=document(session_id="other", decisions=[one])
    )
    assert "twice" in room.refused("save", document=document(session_id="third", decisions=[decision(), one, one]))


def test_one_call_saves_all_decisions_of_a_document(room: Room) -> None:
    given = document(decisions=[decision(parameters={"a": number}) for number in range(3)])
    actor = ASSISTANT._replace(call=Call("library", "save-1", True))
    for _ in range(2):
        assert room.ask("save", actor, document=given)["stats"]["accepted"] == 3


def test_a_coaching_session_of_another_workflow_is_refused(room: Room) -> None:
    save(room, document())
    assert "is of workflow 'release'" in room.refused("save", document=document(workflow_id="other"))


def test_documents_that_make_no_sense_are_refused_with_the_field_at_fault(room: Room) -> None:
    for given, text in (
        (document(status="finished"), "status"),
        (document(total_steps=-1), "total_steps"),
        (document(session_id=" "), "session_id"),
        (document(decisions=[decision("maybe")]), "decision must be one of"),
        (document(decisions=[decision(timestamp="yesterday")]), "timestamp"),
        (document(variables={"a": float("nan")}), "a number that JSON does not know"),
        ({}, "workflow_id"),
    ):
        assert text in room.refused("save", document=given), text


def test_what_is_saved_is_masked(room: Room) -> None:
    token = "ghp_" + "a1B2" * 9
    given = document(variables={"t": token}, decisions=[decision(parameters={"t": token}, feedback=token)])
    save(room, given)
    assert token not in str(room.rows())
    before = room.rows()
    save(room, given)
    assert room.rows() == before

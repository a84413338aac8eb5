"""Coaching sessions as documents that programs keep and save."""

import uuid
from typing import Any

import pytest

from session_buddy.coaching.actors import REPORTED, Actor
from session_buddy.store.calls import Call
from tests.coaching.room import ACTION, NODE, WORKFLOW, Room

PROGRAM = Actor(REPORTED, "library")
Told = dict[str, Any]


def document(room: Room, **given: Any) -> Told:
    """A coaching session that is stored, as its document."""
    session = room.start(**given)
    return loaded(room, session)


def loaded(room: Room, session: str) -> Told:
    found: Told = room.ask("document", session_id=session)
    return found | {"revision": found["updated_at"]}


def decision(kind: str = "accept", **more: Any) -> Told:
    return {"decision_id": str(uuid.uuid4()), "node_id": NODE, "action_type": ACTION, "decision": kind} | more


def save(room: Room, wanted: Told, call: str | None = None) -> Told:
    actor = PROGRAM._replace(call=Call("library", call, resent=True) if call else None)
    found: Told = room.ask("save", actor, document=wanted)
    return found | {"revision": found["updated_at"]}


def test_a_document_is_saved_whole_and_read_as_it_was(room: Room) -> None:
    begun = document(room, total_steps=3, variables={"version": "1.4"})
    steps = [
        decision(parameters={"jobs": 2}, confidence=0.75, timestamp="2026-11-02T09:30:00+01:00"),
        decision("correct", parameters={"jobs": 2}, correction={"jobs": 4}, feedback="use all"),
        decision("skip"),
    ]
    saved = save(room, begun | {"decisions": steps, "variables": {"version": "1.5"}, "status": "paused"})
    assert [one["decision"] for one in saved["decisions"]] == ["accept", "correct", "skip"]
    first, second, _ = saved["decisions"]
    assert (first["parameters"], first["confidence"]) == ({"jobs": 2}, 0.75)
    assert (first["timestamp"], first["decision_seconds"]) == ("2026-11-02T08:30:00+00:00", None)
    assert (second["correction"], second["feedback"]) == ({"jobs": 4}, "use all")
    assert (saved["variables"], saved["status"], saved["current_step_index"]) == ({"version": "1.5"}, "paused", 3)
    assert {one["decided_by"] for one in saved["decisions"]} == {"reported"}
    assert saved == loaded(room, begun["session_id"])


@pytest.mark.parametrize("call", [None, "one"])
def test_saving_again_changes_nothing_also_when_the_call_is_sent_again(room: Room, call: str | None) -> None:
    wanted = document(room) | {"decisions": [decision(), decision(), decision("reject")], "status": "completed"}
    saved = save(room, wanted, call)
    assert (len(saved["decisions"]), saved["status"]) == (3, "completed")
    before = room.rows()
    assert save(room, wanted, call) == saved
    assert save(room, saved) == saved
    assert room.rows() == before


def test_a_paused_session_is_decided_in_and_completed_with_one_call(room: Room) -> None:
    begun = document(room)
    room.ask("pause", session_id=begun["session_id"])
    wanted = loaded(room, begun["session_id"]) | {"decisions": [decision(), decision()], "status": "completed"}
    saved = save(room, wanted, "one")
    assert (len(saved["decisions"]), saved["status"]) == (2, "completed")


def test_what_a_program_suggested_is_kept_as_it_was_whatever_corrections_have_taught(room: Room) -> None:
    wanted = document(room) | {"decisions": [decision("correct", parameters={"jobs": 2}, correction={"jobs": 4})]}
    saved = save(room, wanted)
    assert room.suggest(saved["session_id"], {"jobs": 2})["parameters"] == {"jobs": 4}
    saved = loaded(room, saved["session_id"])
    saved = save(room, saved | {"decisions": [*saved["decisions"], decision(parameters={"jobs": 2})]})
    assert saved["decisions"][1]["parameters"] == {"jobs": 2}


def test_what_was_decided_stays(room: Room) -> None:
    saved = save(room, document(room) | {"decisions": [decision(feedback="fine")]})
    for change in ({"decision": "reject"}, {"feedback": "bad"}, {"parameters": {"a": 1}}, {"node_id": "other"}):
        wanted = saved | {"decisions": [saved["decisions"][0] | change]}
        assert "what was decided stays" in room.refused("save", PROGRAM, document=wanted)


def test_a_pause_from_elsewhere_is_not_undone_by_a_document_from_before(room: Room) -> None:
    begun = document(room)
    room.ask("pause", session_id=begun["session_id"])
    for change in ({"decisions": [decision()]}, {"variables": {"a": 1}}, {"status": "completed"}, {}):
        said = room.refused("save", PROGRAM, document=begun | change)
        assert "was changed elsewhere" in said
        assert "it is paused, with 0 decisions" in said


def test_a_session_that_is_not_known_is_begun_with_its_own_time(room: Room) -> None:
    begun = {"session_id": "mine", "workflow_id": WORKFLOW, "started_at": "2026-11-02T09:30:00+00:00"}
    assert save(room, begun)["started_at"] == "2026-11-02T09:30:00+00:00"
    assert room.ask("document", session_id="other") is None


def test_documents_are_listed_with_their_decisions_newest_first(room: Room) -> None:
    first = save(room, document(room) | {"decisions": [decision(), decision("reject")]})
    second = save(room, document(room) | {"status": "completed"})
    listed = room.ask("documents", workflow_id=None, status=None, limit=10)
    assert [one["session_id"] for one in listed] == [second["session_id"], first["session_id"]]
    assert listed[1] == {name: value for name, value in first.items() if name != "revision"}
    assert room.ask("documents", workflow_id=WORKFLOW, status=None, limit=10, resumable=True) == [listed[1]]
    assert room.ask("documents", workflow_id=WORKFLOW, status="completed", limit=10) == [listed[0]]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("start", {"workflow_id": " "}, "workflow_id must not be blank"),
        ("start", {"workflow_id": "a", "total_steps": -1}, "total_steps"),
        ("start", {"workflow_id": "a", "variables": ["x"]}, "variables"),
        ("suggest", {"session_id": "a", "node_id": "x" * 300, "action_type": "b"}, "node_id"),
        ("suggest", {"session_id": "a", "node_id": "n", "action_type": "b", "other": 1}, "other is not a known field"),
        ("decide", {"session_id": "a", "decision": "accept", "correction": 3}, "correction"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(room: Room, name: str, given: Told, said: str) -> None:
    assert said in room.refused(name, PROGRAM, **given)

"""Decisions and coaching sessions as a program holds them, without any store."""

import json
import re
from typing import Any

import pytest

from session_buddy.coaching import CoachingDecisionRecord, CoachingSessionState, SessionStatus, Verdict
from session_buddy.errors import BuddyError


def record(decision: str = "accept", **more: Any) -> CoachingDecisionRecord:
    if decision == "correct":
        more.setdefault("correction", {"a": 2})
    return CoachingDecisionRecord(0, "tag", "git.tag", decision, {"a": 1}, **more)


def test_a_record_brings_its_own_id_and_time() -> None:
    one, other = record(), record()
    assert one.decision_id != other.decision_id
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*\+00:00", one.timestamp)
    assert (one.decided_by, one.execution_success, one.suggestion_id) == ("reported", None, None)


@pytest.mark.parametrize("kind", ["accept", "reject", "correct", "manual", "skip"])
def test_a_record_becomes_json_and_itself_again(kind: str) -> None:
    one = record(kind, feedback="why", confidence=0.5, timestamp="2026-11-02T09:30:00+01:00")
    assert CoachingDecisionRecord.from_dict(json.loads(json.dumps(one.to_dict()))) == one
    assert CoachingDecisionRecord.from_dict(one.to_dict() | {"unknown": 1}) == one


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"decision": "maybe"}, "decision must be one of accept, reject, correct, manual, skip, not 'maybe'"),
        ({"decision": None}, "decision must be one of"),
        ({"step_index": "0"}, "step_index must be a whole number, not str"),
        ({"step_index": -1}, "step_index must not be below 0"),
        ({"step_index": True}, "step_index must be a whole number, not bool"),
        ({"node_id": " "}, "node_id must not be blank"),
        ({"action_type": 3}, "action_type must be a text, not int"),
        ({"parameters": None}, "parameters must be a dictionary, not NoneType"),
        ({"correction": []}, "correction must be a dictionary, not list"),
        ({"decision": "correct"}, "correction is missing"),
        ({"timestamp": "2026-11-02T09:30:00"}, "timestamp must be a time as ISO 8601 with offset"),
        ({"timestamp": "yesterday"}, "timestamp must be a time"),
        ({"confidence": 1.5}, "confidence must be a number from 0 to 1, and is 1.5"),
        ({"confidence": "high"}, "confidence must be a number from 0 to 1, not str"),
        ({"execution_success": "yes"}, "execution_success must be true, false or None"),
        ({"decided_by": "me"}, "decided_by must be one of person, reported, auto"),
        ({"decision_id": "7"}, "decision_id must be a UUID"),
        ({"suggestion_id": "7"}, "suggestion_id must be a UUID"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused_by_its_field(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(BuddyError, match=problem):
        CoachingDecisionRecord.from_dict(record().to_dict() | change)


def test_what_a_record_cannot_do_without_is_named() -> None:
    with pytest.raises(BuddyError, match="A decision needs step_index, decision"):
        CoachingDecisionRecord.from_dict({"node_id": "tag", "action_type": "git.tag"})
    with pytest.raises(BuddyError, match="decision must be a dictionary, not list"):
        CoachingDecisionRecord.from_dict([])  # type: ignore[arg-type]


def test_a_state_makes_an_id_that_tells_its_time() -> None:
    one, other = CoachingSessionState("release"), CoachingSessionState("release")
    assert re.fullmatch(r"coaching_\d{8}_\d{6}_[0-9a-f]{8}", one.session_id)
    assert one.session_id != other.session_id
    assert (one.status, one.current_step_index, one.updated_at) == (SessionStatus.ACTIVE, 0, one.started_at)


def test_the_counts_of_a_state_are_those_of_its_decisions() -> None:
    state = CoachingSessionState("release")
    assert (state.get_acceptance_rate(), state.get_correction_rate()) == (0.0, 0.0)
    for kind in ("accept", "accept", "accept", "reject", "correct", "manual", "skip"):
        state.add_decision(record(kind))
    state.add_decision(record(decided_by="auto"))
    counts = (state.accepted, state.rejected, state.corrected, state.manual_executions, state.skipped, state.auto)
    assert counts == (3, 1, 1, 1, 1, 1)
    assert (state.suggestions_accepted, state.suggestions_rejected, state.suggestions_corrected) == (3, 1, 1)
    assert (state.suggestions_made, state.current_step_index) == (8, 8)
    assert (state.get_acceptance_rate(), state.get_correction_rate()) == (60.0, 20.0)
    state.decisions.pop()
    assert (state.suggestions_made, state.auto) == (7, 0)


def test_a_state_becomes_json_and_itself_again() -> None:
    state = CoachingSessionState("release", total_steps=3, variables={"ä": [1, None]}, metadata={"who": "me"})
    state.add_decision(record("correct"))
    state.status = SessionStatus.PAUSED
    told = json.loads(json.dumps(state.to_dict()))
    assert (told["status"], told["stats"]["corrected"], told["stats"]["correction_rate"]) == ("paused", 1, 100.0)
    assert CoachingSessionState.from_dict(told | {"unknown": 1}) == state
    told["variables"]["ä"].append(2)
    assert state.variables == {"ä": [1, None]}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": "done"}, "status must be one of active, paused, completed, failed, abandoned, not 'done'"),
        ({"workflow_id": ""}, "workflow_id must not be blank"),
        ({"total_steps": -1}, "total_steps must not be below 0"),
        ({"variables": "x"}, "variables must be a dictionary"),
        ({"decisions": {}}, "decisions must be a list"),
        ({"decisions": [{"decision": "maybe"}]}, "A decision needs step_index, node_id, action_type"),
        ({"started_at": 5}, "started_at must be a text"),
    ],
)
def test_a_state_that_makes_no_sense_is_refused_by_its_field(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(BuddyError, match=problem):
        CoachingSessionState.from_dict(CoachingSessionState("release").to_dict() | change)
    with pytest.raises(BuddyError, match="A coaching session needs workflow_id"):
        CoachingSessionState.from_dict({})


@pytest.mark.parametrize(
    ("status", "problem"),
    [("paused", "is paused. Resume it first"), ("completed", "has ended: completed at"), ("failed", "has ended")],
)
def test_a_state_that_is_not_active_takes_no_decision(status: str, problem: str) -> None:
    state = CoachingSessionState("release", status=SessionStatus(status))
    assert state.can_resume() is (status == "paused")
    with pytest.raises(BuddyError, match=problem):
        state.add_decision(record())
    assert state.decisions == []


def test_a_verdict_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(BuddyError, match="decision must be one of"):
        Verdict("yes")
    with pytest.raises(BuddyError, match="correction must be a dictionary"):
        Verdict("correct", correction=3)  # type: ignore[arg-type]

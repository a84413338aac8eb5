"""Coaching sessions: their names, lists, statistics, and how they go."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from session_buddy.coaching.fields import MAX_DEPTH
from tests.coaching.room import ASSISTANT, PERSON_ON_PAGE, Room

NAME = re.compile(r"coaching_(\d{8}_\d{6})_[0-9a-f]{8}")
EMPTY = {"total": 0, "active": 0, "paused": 0, "completed": 0, "failed": 0, "abandoned": 0}
STATISTICS = {
    "total_sessions",
    "by_status",
    "total_decisions",
    "total_accepted",
    "total_corrected",
    "overall_acceptance_rate",
    "overall_correction_rate",
}
KEPT = {
    "session_id",
    "workflow_id",
    "execution_id",
    "status",
    "current_step_index",
    "total_steps",
    "variables",
    "metadata",
    "started_at",
    "updated_at",
    "completed_at",
    "error_message",
    "decisions",
    "stats",
    "pending",
}
STATS = {"suggestions_made", "accepted", "rejected", "corrected", "manual_executions", "skipped"}


def names(listed: list[dict[str, Any]]) -> list[str]:
    return [one["session_id"] for one in listed]


def aged(room: Room, session: str, days: int) -> None:
    """Let everything of a coaching session lie so many days further back."""
    for table, columns in {
        "coaching_session": ["started_at", "recorded_at"],
        "coaching_change": ["changed_at", "recorded_at"],
        "coaching_suggestion": ["suggested_at", "recorded_at"],
        "coaching_decision": ["decided_at", "recorded_at"],
        "coaching_execution": ["executed_at", "recorded_at"],
        "coaching_undone": ["undone_at", "recorded_at"],
    }.items():
        changes = ", ".join(f"{column} = {column} - to_days({days})" for column in columns)
        room.change(f"UPDATE {table} SET {changes} WHERE session_id = ?", session)


def test_an_id_tells_when_the_coaching_session_began_in_utc_and_no_two_are_the_same(room: Room) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    sessions = [room.start() for _ in range(20)]
    after = datetime.now(UTC)
    assert len(set(sessions)) == 20
    for session in sessions:
        found = NAME.fullmatch(session)
        assert found, session
        assert before <= datetime.strptime(found[1] + "+0000", "%Y%m%d_%H%M%S%z") <= after


def test_a_coaching_session_keeps_all_that_it_was_started_with(room: Room) -> None:
    session = room.start(
        execution_id="run 7", total_steps=3, variables={"tag": "v1", "deep": [{"é": None}]}, metadata={"who": "ci"}
    )
    kept = room.session(session)
    assert kept.keys() >= KEPT
    assert kept["stats"].keys() >= STATS
    assert (kept["workflow_id"], kept["execution_id"], kept["total_steps"]) == ("release", "run 7", 3)
    assert (kept["variables"], kept["metadata"]) == ({"tag": "v1", "deep": [{"é": None}]}, {"who": "ci"})
    assert (kept["status"], kept["current_step_index"], kept["decisions"]) == ("active", 0, [])


def test_the_list_is_newest_first_and_filtered_by_workflow_and_status(room: Room) -> None:
    first, second, third = room.start(), room.start("triage"), room.start()
    room.ask("pause", session_id=first)
    room.ask("end", session_id=second, outcome="abandoned")
    assert names(room.ask("sessions")) == [third, second, first]
    assert names(room.ask("sessions", workflow_id="release")) == [third, first]
    assert names(room.ask("sessions", status="paused")) == [first]
    assert names(room.ask("sessions", workflow_id="triage", status="active")) == []
    assert names(room.ask("sessions", limit=2)) == [third, second]


def test_the_list_holds_a_hundred_unless_told_otherwise(room: Room) -> None:
    room.change("INSERT INTO coaching_session (session_id, workflow_id) SELECT 's' || range, 'many' FROM range(103)")
    room.change("UPDATE coaching_session SET started_at = now(), recorded_at = now()")
    assert len(room.ask("sessions")) == 100
    assert len(room.ask("sessions", limit=103)) == 103


def test_resumable_are_those_that_have_not_ended_newest_first(room: Room) -> None:
    sessions = [room.start() for _ in range(4)]
    other = room.start("triage")
    room.ask("pause", session_id=sessions[0])
    room.ask("end", session_id=sessions[2], outcome="completed")
    assert names(room.ask("resumable", workflow_id="release")) == [sessions[3], sessions[1], sessions[0]]
    assert names(room.ask("resumable")) == [other, sessions[3], sessions[1], sessions[0]]
    assert names(room.ask("resumable", workflow_id="release", limit=1)) == [sessions[3]]


def test_a_deleted_coaching_session_leaves_no_row_and_the_others_theirs(room: Room) -> None:
    kept = room.start()
    room.step(kept)
    before = room.rows()
    gone = room.start()
    suggestion = room.suggest(gone, {"tag": "v1"})
    room.decide(suggestion, "accept", execution_success=False, error_message="no")
    room.step(gone)
    room.ask("undo", PERSON_ON_PAGE, session_id=gone)
    room.ask("pause", session_id=gone)
    assert room.ask("delete", PERSON_ON_PAGE, session_id=gone)["deleted"] == [gone]
    assert room.rows() == before
    assert gone in room.refused("delete", PERSON_ON_PAGE, session_id=gone)


def test_pruning_takes_what_was_not_touched_for_so_long_and_a_dry_run_only_tells(room: Room) -> None:
    old, fresh = room.start(), room.start()
    room.step(old)
    aged(room, old, 31)
    before = room.rows()
    told = room.ask("prune", PERSON_ON_PAGE, days=30, dry_run=True)
    assert (names(told["sessions"]), told["rows"], told["dry_run"]) == ([old], 0, True)
    assert room.rows() == before
    done = room.ask("prune", PERSON_ON_PAGE, days=30, dry_run=False)
    assert (names(done["sessions"]), done["dry_run"]) == ([old], False)
    assert done["rows"] == 3
    assert names(room.ask("sessions")) == [fresh]
    assert room.ask("prune", PERSON_ON_PAGE, days=30, dry_run=False)["sessions"] == []
    assert "from 0 to" in room.refused("prune", PERSON_ON_PAGE, days=-1, dry_run=True)
    assert "from 0 to" in room.refused("prune", PERSON_ON_PAGE, days=float("nan"), dry_run=True)


def test_whatever_happens_in_a_coaching_session_touches_it(room: Room) -> None:
    for touch in ("suggestion", "decision", "outcome", "undo", "pause", "nothing"):
        session = room.start()
        suggestion = room.suggest(session)
        room.decide(suggestion, "accept")
        pending = room.suggest(session)
        aged(room, session, 40)
        before = room.session(session)["updated_at"]
        if touch == "suggestion":
            room.suggest(session, {"other": 1})
        elif touch == "decision":
            room.decide(pending, "reject")
        elif touch == "outcome":
            room.ask("outcome", suggestion_id=suggestion["suggestion_id"], execution_success=True)
        elif touch == "undo":
            room.ask("undo", PERSON_ON_PAGE, session_id=session)
        elif touch == "pause":
            room.ask("pause", session_id=session)
        found = names(room.ask("prune", PERSON_ON_PAGE, days=30, dry_run=True)["sessions"])
        assert found == ([session] if touch == "nothing" else []), touch
        assert (room.session(session)["updated_at"] > before) == (touch != "nothing"), touch


def test_taking_a_decision_back_does_not_make_a_coaching_session_look_older(room: Room) -> None:
    session = room.start()
    room.step(session)
    before = room.session(session)["updated_at"]
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    assert room.session(session)["updated_at"] > before


def test_statistics_count_all_coaching_sessions_and_decisions_by_one_formula(room: Room) -> None:
    nothing = room.ask("statistics")
    assert nothing.keys() >= STATISTICS
    assert nothing["total_sessions"] == 0
    assert nothing["by_status"] == {status: 0 for status in EMPTY if status != "total"}
    assert (nothing["overall_acceptance_rate"], nothing["overall_correction_rate"]) == (0, 0)
    first, second = room.start(), room.start("triage")
    for kind in ("accept", "accept", "reject", "manual", "skip"):
        room.step(first, kind)
    room.decide(room.suggest(second, {"tag": "v1"}), "correct", ASSISTANT, correction={"tag": "v2"})
    room.suggest(second)
    room.ask("end", session_id=second, outcome="failed")
    found = room.ask("statistics")
    assert found["total_sessions"] == 2
    assert found["by_status"] == {"active": 1, "paused": 0, "completed": 0, "failed": 1, "abandoned": 0}
    assert (found["total_decisions"], found["total_accepted"], found["total_corrected"]) == (6, 2, 1)
    assert (found["overall_acceptance_rate"], found["overall_correction_rate"]) == (50.0, 25.0)
    assert room.session(first)["stats"]["acceptance_rate"] == pytest.approx(200 / 3)
    assert room.workflow("triage")["stats"]["correction_rate"] == 100.0


def test_decisions_of_days_nodes_and_levels_are_told_for_the_whole(room: Room) -> None:
    session = room.start()
    room.decide(room.suggest(session, {"a": 1}, node="tag"), "correct", correction={"a": 2})
    room.step(session)
    room.start("triage")
    room.at("COACHING")
    found = room.ask("overall")
    assert found["by_level"] == {"OBSERVATION": 1, "COACHING": 1, "AUTO": 0}
    assert [one["workflow_id"] for one in found["workflows"]] == ["release", "triage"]
    (day,) = found["days"]
    assert (day["decisions"], day["accepted"], day["corrected"], day["acceptance_rate"]) == (2, 1, 1, 50.0)
    assert day["day"] == datetime.now(UTC).strftime("%Y-%m-%d")
    assert [(one["node_id"], one["corrected"]) for one in found["most_corrected"]] == [("tag", 1)]


def test_an_unknown_coaching_session_names_the_nearest_and_the_resumable_ones(room: Room) -> None:
    assert "none was started yet" in room.refused("pause", session_id="coaching_x")
    ended, going = room.start(), room.start()
    room.ask("end", session_id=ended, outcome="completed")
    for name in ("session", "pause", "resume", "undo", "delete"):
        text = room.refused(name, session_id=ended[:-1] + "?")
        assert ended in text, name
        assert f"Resumable are {going}" in text, name
    room.ask("end", session_id=going, outcome="completed")
    assert "None can be resumed" in room.refused("pause", session_id="coaching_x")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a'; DROP TABLE coaching_session; --", "", "%", "\0"]
)
def test_an_id_that_is_a_path_or_a_statement_is_just_unknown(room: Room, name: str) -> None:
    room.start()
    assert "There is no coaching session" in room.refused("session", session_id=name)
    assert "There is no coaching session" in room.refused("suggest", session_id=name, node_id="a", action_type="b")


def test_a_workflow_may_have_a_name_that_is_a_path_or_a_statement(room: Room) -> None:
    for name in ("../x", "a'; DROP TABLE coaching_session; --", "Ünïcödé ✓"):
        session = room.start(name)
        room.step(session)
        assert room.workflow(name)["stats"]["accepted"] == 1


def test_variables_of_ten_megabytes_are_refused_at_one_and_a_full_megabyte_is_kept(room: Room) -> None:
    text = room.refused("start", workflow_id="big", variables={"data": "x" * 10_000_000})
    assert "variables is 10,000,0" in text
    assert "at most 1,048,576" in text
    assert "pass its path" in text
    fits = {"data": "x" * (1_048_576 - len('{"data":""}'))}
    assert room.session(room.start("big", variables=fits))["variables"] == fits
    assert "1,048,577" in room.refused("start", workflow_id="big", variables={"data": fits["data"] + "x"})
    assert "metadata is" in room.refused("start", workflow_id="big", metadata={"data": "é" * 600_000})


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


def test_deep_nesting_is_refused_wherever_it_comes_in(room: Room) -> None:
    suggestion = room.suggest(room.start(), {"tag": "v1"})
    for levels in (10_000, MAX_DEPTH + 1):
        refuse_everywhere(room, suggestion, nested(levels))


def refuse_everywhere(room: Room, suggestion: dict[str, Any], deep: dict[str, Any]) -> None:
    session = suggestion["session_id"]
    for name, given in {
        "start": {"workflow_id": "deep", "variables": deep},
        "suggest": {"session_id": session, "node_id": "a", "action_type": "b", "parameters": deep},
        "decide": {
            "session_id": session,
            "decision": "correct",
            "suggestion_id": suggestion["suggestion_id"],
            "correction": deep,
        },
    }.items():
        text = room.refused(name, **given)
        assert "nested more than" in text, name
        assert "Nothing was stored" in text, name


def test_whatever_depth_can_be_suggested_can_also_be_corrected(room: Room) -> None:
    session = room.start(variables=nested(MAX_DEPTH))
    suggestion = room.suggest(session, nested(MAX_DEPTH))
    corrected = nested(MAX_DEPTH) | {"b": 1}
    assert room.decide(suggestion, "correct", correction=corrected)["decision"]["parameters"] == corrected
    assert room.suggest(session, nested(MAX_DEPTH))["parameters"] == corrected


def test_numbers_that_json_does_not_know_are_refused(room: Room) -> None:
    step, text = {"session_id": room.start(), "node_id": "a", "action_type": "b"}, "a number that JSON does not know"
    for number in (float("nan"), float("inf"), -float("inf")):
        assert text in room.refused("start", workflow_id="odd", variables={"a": [{"b": number}]})
        assert text in room.refused("suggest", **step, parameters={"a": number})


def test_steps_beyond_the_planned_ones_are_allowed_and_said(room: Room) -> None:
    session = room.start(total_steps=2)
    assert room.step(session)["notes"] == []
    assert room.step(session)["notes"] == []
    further = room.suggest(session)
    assert "3 steps of 2 that were planned" in further["notes"][0]
    done = room.decide(further, "accept")
    assert (done["current_step_index"], done["total_steps"]) == (3, 2)
    assert "beyond" in done["notes"][0]
    unknown = room.start()
    assert room.step(unknown)["notes"] == []

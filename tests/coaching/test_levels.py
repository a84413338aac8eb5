"""How much a workflow may do by itself: what raises it, what lowers it, and what is on record."""

import json
from typing import Any

import pytest

from session_buddy.coaching import jobs
from session_buddy.coaching.actors import Actor
from session_buddy.store.writing import Cursor
from tests.coaching.room import ACTION, ASSISTANT, NODE, PERSON_ON_PAGE, WORKFLOW, Room

Told = dict[str, Any]


def level(room: Room) -> str:
    return str(room.workflow()["level"])


def practise(
    room: Room, pattern: str, seconds: float | None = 5.0, actor: Actor = PERSON_ON_PAGE, sessions: int = 3
) -> None:
    """Decide steps in so many coaching sessions in turn: A accepted and succeeded, U accepted, R rejected."""

    def job(cursor: Cursor) -> None:
        started = [jobs.job("start")(cursor, actor, {"workflow_id": WORKFLOW}) for _ in range(sessions)]
        for number, one in enumerate(pattern):
            given: Told = {"session_id": started[number % sessions]["session_id"], "node_id": NODE}
            given |= {"action_type": ACTION, "decision": "reject" if one == "R" else "accept", "seconds": seconds}
            given |= {"execution_success": True} if one == "A" else {}
            jobs.job("decide")(cursor, actor, given)

    room.write(job)


def promote(room: Room, **given: Any) -> Told:
    found: Told = room.ask("promote", PERSON_ON_PAGE, workflow_id=WORKFLOW, **given)
    return found


def refused(room: Room, actor: Actor = PERSON_ON_PAGE, **given: Any) -> str:
    return room.refused("promote", actor, workflow_id=WORKFLOW, **given)


def test_the_tenth_recorded_step_ends_observation(room: Room) -> None:
    session = room.start()
    for _ in range(9):
        done = room.step(session, "manual", ASSISTANT)
        assert (done["level"], done["level_change"]) == ("OBSERVATION", None)
    done = room.step(session, "manual", ASSISTANT)
    assert (done["level"], done["level_change"]["previous"]) == ("COACHING", "OBSERVATION")
    assert done["level_change"]["decided_by"] == "session_buddy"
    assert room.suggest(session)["mode"] == "ask"


def test_a_step_that_was_taken_back_is_not_counted(room: Room) -> None:
    session = room.start()
    for _ in range(9):
        room.step(session, "manual")
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    assert room.step(session, "manual")["level"] == "OBSERVATION"
    assert room.step(session, "manual")["level"] == "COACHING"


def test_the_third_completed_coaching_session_ends_observation_and_others_do_not(room: Room) -> None:
    for outcome in ("completed", "failed", "abandoned", "completed"):
        assert room.ask("end", session_id=room.start(), outcome=outcome)["level"] == "OBSERVATION"
    room.ask("end", session_id=room.start("other"), outcome="completed")
    assert level(room) == "OBSERVATION"
    assert room.ask("end", session_id=room.start(), outcome="completed")["level"] == "COACHING"


def test_a_person_may_end_observation_and_nobody_else(room: Room) -> None:
    room.start()
    for actor in (ASSISTANT, Actor("auto", "tool"), Actor("session_buddy", "tool")):
        assert "Only a person promotes" in refused(room, actor)
        assert "Only a person promotes" in refused(room, actor, despite="it is fine", confirmed=True)
    assert promote(room)["level"] == "COACHING"


def test_counting_starts_anew_after_a_level_change(room: Room) -> None:
    session = room.start()
    for _ in range(10):
        room.step(session, "manual")
    room.ask("demote", PERSON_ON_PAGE, workflow_id=WORKFLOW)
    assert level(room) == "OBSERVATION"
    for _ in range(9):
        assert room.step(session, "manual")["level"] == "OBSERVATION"
    assert room.step(session, "manual")["level"] == "COACHING"


def test_completed_coaching_sessions_count_anew_too(room: Room) -> None:
    for _ in range(3):
        room.ask("end", session_id=room.start(), outcome="completed")
    room.ask("demote", PERSON_ON_PAGE, workflow_id=WORKFLOW)
    for _ in range(2):
        assert room.ask("end", session_id=room.start(), outcome="completed")["level"] == "OBSERVATION"
    assert room.ask("end", session_id=room.start(), outcome="completed")["level"] == "COACHING"


def test_a_workflow_that_is_ready_is_promoted_and_not_before(room: Room) -> None:
    practise(room, "A" * 19)
    assert level(room) == "COACHING"
    told = refused(room)
    assert "is not ready: 19 decisions by a person from 3 coaching sessions; at least 20 from 3" in told
    assert "--despite" in told
    practise(room, "A", sessions=1)
    found = room.workflow()["readiness"]
    assert (found["state"], found["learning_progress"]) == ("ready", 1.0)
    assert promote(room)["level"] == "AUTO"
    assert "at AUTO already" in refused(room)
    assert "at AUTO already" in refused(room, despite="more")


def test_what_assistants_report_moves_nothing(room: Room) -> None:
    room.start()
    promote(room)
    practise(room, "A" * 25, actor=ASSISTANT)
    found = room.workflow()
    assert found["readiness"]["learning_progress"] == 0
    assert not any(one["met"] for one in found["readiness"]["criteria"])
    assert (found["reported_only"]["decisions"], found["reported_only"]["accepted"]) == (25, 25)
    assert found["decided_by"] == {"person": 0, "reported": 25, "auto": 0}
    assert found["nodes"][0]["confidence_n"] == 0
    told = room.suggest(room.start())
    assert (told["confidence"], told["confidence_n"]) == (None, 0)
    assert "none yet" in told["shown"]
    assert "is not ready" in refused(room)


def test_what_runs_by_itself_moves_nothing(room: Room) -> None:
    room.start()
    room.at("AUTO")
    before = room.workflow()["readiness"]
    practise(room, "A" * 25, actor=ASSISTANT)
    found = room.workflow()
    assert found["decided_by"] == {"person": 1, "reported": 0, "auto": 25}
    assert (found["readiness"], found["reported_only"]["decisions"]) == (before, 0)


def test_quick_decisions_have_to_be_confirmed_in_words(room: Room) -> None:
    practise(room, "A" * 20, seconds=1.9)
    assert room.workflow()["readiness"]["state"] == "needs confirmation"
    told = refused(room)
    assert "needs confirmation: median decision took 1.9 s; at least 2 s" in told
    assert promote(room, confirmed=True)["level"] == "AUTO"


def test_confirming_is_not_enough_where_anything_else_is_missing(room: Room) -> None:
    practise(room, "A" * 19 + "R", seconds=1.9)
    assert "is not ready" in refused(room, confirmed=True)


def test_against_the_figures_a_reason_is_needed_and_kept_and_one_level_is_gained(room: Room) -> None:
    room.start()
    assert promote(room, despite="we know it well")["level"] == "COACHING"
    for blank in ("", "   ", "<private>me</private>", None):
        assert "is not ready" in refused(room, despite=blank)
    assert promote(room, despite="we know it well")["level"] == "AUTO"
    newest = room.workflow()["level_changes"][0]
    assert (newest["decided_by"], newest["reason"], newest["source"]) == (
        "person", "despite: we know it well", "dashboard",
    )  # fmt: skip


def test_the_history_tells_who_when_why_and_the_figures(room: Room) -> None:
    practise(room, "A" * 20)
    promote(room)
    room.step(room.start(), "reject")
    room.ask("demote", ASSISTANT, workflow_id=WORKFLOW, reason="the release has changed")
    changes = room.workflow()["level_changes"]
    assert [(one["level"], one["previous"], one["decided_by"]) for one in changes] == [
        ("OBSERVATION", "COACHING", "reported"),
        ("COACHING", "AUTO", "session_buddy"),
        ("AUTO", "COACHING", "person"),
        ("COACHING", "OBSERVATION", "session_buddy"),
    ]
    assert [one["reason"] for one in changes] == [
        "the release has changed",
        "a step was rejected",
        "a person said so",
        "0 coaching sessions completed and 10 steps recorded",
    ]
    assert sorted((one["changed_at"] for one in changes), reverse=True) == [one["changed_at"] for one in changes]
    assert [one["figures"]["state"] for one in changes] == ["not ready", "not ready", "ready", "not ready"]
    assert changes[2]["figures"]["criteria"][0]["value"] == {"decisions": 20, "sessions": 3}
    assert changes[1]["figures"]["criteria"][0]["value"] == {"decisions": 21, "sessions": 4}
    assert room.workflow()["level_since"] == changes[0]["changed_at"]
    assert json.dumps(changes)


def test_lowering_needs_nothing_and_may_skip_a_level(room: Room) -> None:
    room.start()
    assert "There is no lower level" in room.refused("demote", workflow_id=WORKFLOW)
    room.at("AUTO")
    assert room.ask("demote", workflow_id=WORKFLOW)["level"] == "COACHING"
    assert "lowered to OBSERVATION" in room.refused("demote", workflow_id=WORKFLOW, to="AUTO")
    room.ask("promote", PERSON_ON_PAGE, workflow_id=WORKFLOW, despite="again")
    assert room.ask("demote", workflow_id=WORKFLOW, to="OBSERVATION")["previous"] == "AUTO"


def test_a_workflow_that_was_never_coached_is_unknown_and_the_nearest_are_named(room: Room) -> None:
    for name in ("promote", "demote", "workflow"):
        assert "No workflow was coached yet" in room.refused(name, PERSON_ON_PAGE, workflow_id="relaese")
    room.start()
    for name in ("promote", "demote", "workflow", "pack", "export_pack"):
        assert "The nearest are release" in room.refused(name, PERSON_ON_PAGE, workflow_id="relaese")


def test_confidence_is_the_lower_end_over_decisions_of_persons_on_the_same_kind_of_step(room: Room) -> None:
    practise(room, "A" * 18 + "RR")
    session = room.start()
    room.suggest(session, node="other")
    room.step(session, "skip")
    room.step(session, "reject", ASSISTANT)
    told = room.suggest(session)
    assert (round(told["confidence"], 3), told["confidence_n"]) == (0.699, 20)
    assert "70 % (lower end, from 20 decisions by a person)" in told["shown"]
    assert room.suggest(session, node="other")["confidence"] is None


def test_a_bar_that_is_moved_changes_what_is_met_and_is_on_record(room: Room) -> None:
    practise(room, "A" * 5)
    assert "0 coaching sessions completed" not in str(room.workflow()["level_changes"])
    for name, value in (("decisions", 5), ("lower_bound", 40), ("clean_streak", 5), ("observed_steps", 5)):
        room.ask("set_threshold", PERSON_ON_PAGE, name=name, value=value)
    assert room.workflow()["readiness"]["state"] == "ready"
    found = room.ask("thresholds")
    by_name = {one["name"]: one for one in found["thresholds"]}
    assert (by_name["decisions"]["value"], by_name["decisions"]["default"]) == (5, 20)
    assert [(one["name"], one["value"], one["decided_by"]) for one in found["changes"]][:2] == [
        ("observed_steps", 5.0, "person"),
        ("clean_streak", 5.0, "person"),
    ]
    room.ask("set_threshold", PERSON_ON_PAGE, name="decisions", value=6)
    assert room.workflow()["readiness"]["state"] == "not ready"
    assert room.step(room.start(), "manual")["level"] == "COACHING"


def test_the_bars_are_those_of_the_design_unless_they_are_moved(room: Room) -> None:
    found = {one["name"]: one["value"] for one in room.ask("thresholds")["thresholds"]}
    assert found == {
        "decisions": 20,
        "sessions": 3,
        "acceptance": 85,
        "lower_bound": 70,
        "known_outcomes": 50,
        "success": 95,
        "clean_streak": 10,
        "attention_seconds": 2,
        "window": 50,
        "attention_window": 20,
        "observed_sessions": 3,
        "observed_steps": 10,
    }


def test_a_bar_that_makes_no_sense_is_refused(room: Room) -> None:
    for name, value, text in (
        ("decision", 5, "There is no threshold 'decision'"),
        ("decisions", 0, "a whole number from 1 to 1000"),
        ("decisions", 2.5, "a whole number from 1 to 1000"),
        ("acceptance", 101, "a number from 0 to 100"),
        ("acceptance", float("nan"), "a number from 0 to 100"),
        ("window", float("inf"), "a whole number from 1 to 1000"),
        ("attention_seconds", -0.1, "a number from 0 to 3600"),
    ):
        assert text in room.refused("set_threshold", PERSON_ON_PAGE, name=name, value=value), name


def test_a_bar_that_is_set_to_what_it_is_leaves_no_record(room: Room) -> None:
    assert room.ask("set_threshold", PERSON_ON_PAGE, name="acceptance", value=85)["changes"] == []


def test_what_a_person_has_to_say_is_told_before_and_refused_as_promoting_is(room: Room) -> None:
    room.start()
    assert room.ask("promotion", workflow_id=WORKFLOW) == {
        "workflow_id": WORKFLOW, "level": "OBSERVATION", "to": "COACHING", "words": None,
    }  # fmt: skip
    promote(room)
    assert "is not ready" in room.refused("promotion", workflow_id=WORKFLOW)
    assert "is not ready" in room.refused("promotion", workflow_id=WORKFLOW, despite=" ")
    assert room.ask("promotion", workflow_id=WORKFLOW, despite="we know it well")["to"] == "AUTO"
    practise(room, "A" * 20, 1.0)
    assert room.ask("promotion", workflow_id=WORKFLOW)["words"] == "I meant these decisions"
    assert room.ask("promotion", workflow_id=WORKFLOW, despite="we know it well")["words"] is None
    promote(room, confirmed="I  meant these decisions ")
    assert "at AUTO already" in room.refused("promotion", workflow_id=WORKFLOW)


def test_other_words_confirm_nothing(room: Room) -> None:
    room.start()
    promote(room)
    practise(room, "A" * 20, 1.0)
    for said in (None, False, "", "yes", "i meant these decisions", "I meant these decisions!"):
        told = refused(room, confirmed=said)
        assert 'Say in words that these decisions were meant: "I meant these decisions".' in told
    assert promote(room, confirmed="I meant these decisions", name=WORKFLOW)["level"] == "AUTO"


def test_a_name_that_was_typed_must_be_that_of_the_workflow(room: Room) -> None:
    room.start()
    for name in ("", "releas", "Release", "release 2"):
        assert "The name that was typed is not that of workflow 'release'" in refused(room, name=name)
        assert "The name that was typed" in refused(room, name=name, despite="we know it well")
    assert promote(room, name=" release ")["level"] == "COACHING"


@pytest.mark.parametrize(
    ("given", "reason"),
    [({"despite": 7}, "despite"), ({"confirmed": 1}, "confirmed"), ({"force": True}, "force is not")],
)
def test_what_promoting_does_not_know_is_refused(room: Room, given: Told, reason: str) -> None:
    room.start()
    assert reason in refused(room, **given)

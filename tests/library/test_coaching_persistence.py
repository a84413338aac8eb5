"""Coaching sessions kept by a program, through a real hub."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from session_buddy.coaching import (
    CoachingDecisionRecord,
    CoachingSessionPersistence,
    CoachingSessionState,
    SessionStatus,
    get_coaching_persistence,
)
from session_buddy.errors import BuddyError
from tests.library.coached import Person
from tests.system.processes import Place

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def persistence(shared: Place) -> Iterator[CoachingSessionPersistence]:
    with CoachingSessionPersistence(store=shared.store) as persistence:
        yield persistence


def step(decision: str = "accept", **more: object) -> CoachingDecisionRecord:
    return CoachingDecisionRecord(0, "tag", "git.tag", decision, {"name": "v1.4"}, **more)  # type: ignore[arg-type]


def loaded(persistence: CoachingSessionPersistence, session_id: str) -> CoachingSessionState:
    state = persistence.load_session(session_id)
    assert state is not None
    return state


def test_what_is_created_decided_and_saved_is_loaded_as_it_was(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    state = persistence.create_session(workflow, "run 7", 3, {"version": "1.4"}, {"by": "nightly"})
    assert loaded(persistence, state.session_id) == state
    state.add_decision(step(confidence=0.75, execution_success=True, timestamp="2026-11-02T09:30:00+01:00"))
    state.add_decision(step("correct", correction={"name": "v1.5"}, feedback="one higher"))
    state.add_decision(step("manual", correction={}, execution_success=False, error_message="no disk"))
    mine = state.to_dict()
    persistence.save_session(state)
    again = loaded(persistence, state.session_id)
    assert again == state
    assert (again.workflow_id, again.execution_id, again.total_steps) == (workflow, "run 7", 3)
    assert (again.variables, again.metadata, again.current_step_index) == ({"version": "1.4"}, {"by": "nightly"}, 3)
    names = ("decision_id", "decision", "parameters", "correction", "feedback", "execution_success", "error_message")
    for given, kept in zip(mine["decisions"], again.to_dict()["decisions"], strict=True):
        assert {name: kept[name] for name in names} == {name: given[name] for name in names}
    first = again.decisions[0]
    assert (first.confidence, first.timestamp) == (0.75, "2026-11-02T08:30:00+00:00")
    assert [one.step_index for one in again.decisions] == [0, 1, 2]
    assert {one.decided_by for one in again.decisions} == {"reported"}


def test_a_state_that_a_program_made_itself_is_stored_when_it_is_saved(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    state = CoachingSessionState(workflow, started_at="2026-11-02T09:30:00+00:00")
    assert persistence.load_session(state.session_id) is None
    persistence.save_session(state)
    assert state.started_at == "2026-11-02T09:30:00+00:00"
    assert loaded(persistence, state.session_id) == state
    persistence.save_session(CoachingSessionState.from_dict(state.to_dict()))
    assert loaded(persistence, state.session_id) == state


def test_what_a_program_decides_is_never_a_persons(persistence: CoachingSessionPersistence, workflow: str) -> None:
    state = persistence.create_session(workflow)
    state.add_decision(step(decided_by="person"))
    persistence.save_session(state)
    assert [one.decided_by for one in state.decisions] == ["reported"]
    with pytest.raises(BuddyError, match="Only a person promotes"):
        persistence._line.ask("promote", workflow_id=workflow, despite="mine")


def test_of_two_states_of_a_session_the_second_is_refused(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    session = persistence.create_session(workflow).session_id
    one, other = loaded(persistence, session), loaded(persistence, session)
    one.add_decision(step())
    persistence.save_session(one)
    for change in ("decide", "values"):
        if change == "decide":
            other.add_decision(step("reject"))
        else:
            other = CoachingSessionState.from_dict(other.to_dict() | {"variables": {"a": 1}})
            other.decisions = [*loaded(persistence, session).decisions]
        with pytest.raises(BuddyError, match=r"changed elsewhere.*Load it again"):
            persistence.save_session(other)
        assert loaded(persistence, session) == one
    other = loaded(persistence, session)
    other.add_decision(step("reject"))
    persistence.save_session(other)
    assert loaded(persistence, session).rejected == 1


def test_outcomes_and_states_are_saved_with_the_rest(persistence: CoachingSessionPersistence, workflow: str) -> None:
    state = persistence.create_session(workflow)
    state.add_decision(step())
    persistence.save_session(state)
    state.decisions[0].execution_success = False
    state.decisions[0].error_message = "no disk"
    state.status = SessionStatus.FAILED
    state.error_message = "gave up"
    persistence.save_session(state)
    again = loaded(persistence, state.session_id)
    assert (again.status, again.error_message, again.decisions[0].error_message) == ("failed", "gave up", "no disk")
    assert again.completed_at is not None
    with pytest.raises(BuddyError, match="has ended: failed"):
        persistence.resume_session(state.session_id)


def test_sessions_are_paused_resumed_and_ended(persistence: CoachingSessionPersistence, workflow: str) -> None:
    ids = [persistence.create_session(workflow).session_id for _ in range(4)]
    assert persistence.pause_session(ids[0]).status == SessionStatus.PAUSED
    with pytest.raises(BuddyError, match="already paused"):
        persistence.pause_session(ids[0])
    assert persistence.resume_session(ids[0]).status == SessionStatus.ACTIVE
    assert persistence.complete_session(ids[1]).status == SessionStatus.COMPLETED
    abandoned = persistence.abandon_session(ids[2], reason="not needed")
    assert (abandoned.status, abandoned.error_message) == (SessionStatus.ABANDONED, "not needed")
    failed = persistence.fail_session(ids[3], "no disk")
    assert (failed.status, failed.error_message) == (SessionStatus.FAILED, "no disk")
    with pytest.raises(BuddyError, match="has ended: completed"):
        persistence.pause_session(ids[1])
    assert [one.session_id for one in persistence.get_resumable_sessions(workflow)] == [ids[0]]


def test_sessions_are_listed_whole_newest_first(persistence: CoachingSessionPersistence, workflow: str) -> None:
    first, second = persistence.create_session(workflow), persistence.create_session(workflow)
    first.add_decision(step("reject"))
    persistence.save_session(first)
    second = persistence.complete_session(second.session_id)
    assert persistence.list_sessions(workflow) == [second, first]
    assert persistence.list_sessions()[:2] == [second, first]
    assert persistence.list_sessions(workflow, status="completed") == [second]
    assert persistence.list_sessions(workflow, status=SessionStatus.PAUSED) == []
    assert persistence.list_sessions(workflow, limit=1) == [second]
    assert persistence.get_resumable_sessions(workflow) == [first]
    assert persistence.get_resumable_sessions()[0] == first
    for given, problem in (({"status": "done"}, "status must be one of"), ({"limit": 0}, "limit must be 1 or more")):
        with pytest.raises(BuddyError, match=problem):
            persistence.list_sessions(**given)


@pytest.mark.parametrize("name", ["nothing", "../../etc/passwd", "/etc/passwd", "x" * 5000, "a'; DROP TABLE x --", " "])
def test_an_id_that_is_not_known_is_only_a_name(
    persistence: CoachingSessionPersistence, name: str, shared: Place, workflow: str
) -> None:
    known = persistence.create_session(workflow)
    before = sorted(str(path) for path in shared.project.rglob("*"))
    assert persistence.load_session(name) is None
    assert persistence.delete_session(name) is False
    with pytest.raises(BuddyError, match="There is no coaching session"):
        persistence.pause_session(name)
    assert persistence.list_sessions(workflow) == [known]
    assert sorted(str(path) for path in shared.project.rglob("*")) == before


def test_what_is_too_large_or_no_json_is_refused_and_nothing_is_stored(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    deep: dict[str, object] = {}
    for _ in range(2000):
        deep = {"a": deep}
    with pytest.raises(BuddyError, match="variables is nested too deeply"):
        persistence.create_session(workflow, variables=deep)
    for variables, problem in (
        ({"text": "x" * 10_000_000}, r"variables is 10,000,\d+ bytes of JSON; at most 1,048,576 are allowed"),
        ({"text": "x" * 40_000_000}, "bytes of JSON at once"),
        ({"a": {1, 2}}, "JSON cannot hold"),
        ({"a": float("nan")}, "a number that JSON does not know"),
        ({"a": [[[]]] * 2, "b": {"c": "\ud800" * 2}}, None),
    ):
        if problem is None:
            assert persistence.create_session("other", variables=variables).variables["a"] == [[[]], [[]]]
            continue
        with pytest.raises(BuddyError, match=problem):
            persistence.create_session(workflow, variables=variables)
    for given, problem in (
        ({"workflow_id": " "}, "workflow_id must not be blank"),
        ({"total_steps": -1}, "total_steps"),
    ):
        with pytest.raises(BuddyError, match=problem):
            persistence.create_session(**{"workflow_id": workflow} | given)
    assert persistence.list_sessions(workflow) == []


def test_secrets_are_masked_in_what_comes_back_and_saving_it_again_changes_nothing(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    token = "ghp_" + "a1B2" * 9
    state = persistence.create_session(workflow, variables={"token": token})
    state.add_decision(CoachingDecisionRecord(0, "tag", "git.tag", "accept", {"token": token}, feedback=token))
    persistence.save_session(state)
    assert token not in str(state.to_dict())
    before = loaded(persistence, state.session_id)
    persistence.save_session(state)
    assert loaded(persistence, state.session_id) == before == state


def test_old_sessions_are_cleaned_up_after_they_were_counted(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    persistence.create_session(workflow)
    everything = len(persistence.list_sessions(limit=1000))
    assert persistence.cleanup_old_sessions() == 0
    assert persistence.cleanup_old_sessions(days=0, dry_run=True) == everything
    assert len(persistence.list_sessions(limit=1000)) == everything
    assert persistence.cleanup_old_sessions(days=0) == everything
    assert persistence.list_sessions() == []
    for days, problem in ((-1, "days must be from 0"), ("7", "days must be a number")):
        with pytest.raises(BuddyError, match=problem):
            persistence.cleanup_old_sessions(days=days)  # type: ignore[arg-type]


def test_a_session_is_deleted_once(persistence: CoachingSessionPersistence, workflow: str) -> None:
    session = persistence.create_session(workflow).session_id
    assert persistence.delete_session(session) is True
    assert persistence.delete_session(session) is False
    assert persistence.load_session(session) is None


def test_statistics_are_what_the_decisions_are_counted_again(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    persistence.cleanup_old_sessions(days=0)
    empty = persistence.get_statistics()
    assert (empty["total_sessions"], empty["overall_acceptance_rate"], empty["overall_correction_rate"]) == (0, 0, 0)
    kinds = ["accept", "accept", "reject", "correct", "manual", "skip"]
    for number in range(3):
        state = persistence.create_session(workflow)
        for kind in kinds[number:]:
            state.add_decision(step(kind, correction={"name": "v2"} if kind == "correct" else None))
        state.status = list(SessionStatus)[number + 1]
        persistence.save_session(state)
    states = persistence.list_sessions()
    found = persistence.get_statistics()
    assert found["total_sessions"] == len(states) == 3
    assert found["by_status"] == {one.value: sum(state.status == one for state in states) for one in SessionStatus}
    accepted, corrected = sum(one.accepted for one in states), sum(one.corrected for one in states)
    judged = accepted + corrected + sum(one.rejected for one in states)
    assert found["total_decisions"] == sum(one.suggestions_made for one in states) == 15
    assert (found["total_accepted"], found["total_corrected"]) == (accepted, corrected)
    assert found["overall_acceptance_rate"] == pytest.approx(100 * accepted / judged)
    assert found["overall_correction_rate"] == pytest.approx(100 * corrected / judged)
    assert list(found) == list(empty)


def test_everything_survives_the_hub_being_killed(
    persistence: CoachingSessionPersistence, shared: Place, workflow: str
) -> None:
    state = persistence.create_session(workflow)
    state.add_decision(step())
    persistence.save_session(state)
    state.add_decision(step("reject"))
    os.kill(shared.hub_pid(), signal.SIGKILL)
    persistence.save_session(state)
    os.kill(shared.hub_pid(), signal.SIGKILL)
    assert loaded(persistence, state.session_id) == state
    assert state.suggestions_made == 2


def test_a_change_that_is_told_again_is_made_once(persistence: CoachingSessionPersistence, workflow: str) -> None:
    """What a connection sends again after it has lost a hub that had stored it already."""
    given = {"workflow_id": workflow}
    calls = {"ask": "start", "who": "reported", "source": "library", "given": given, "call": "7"}
    ids = {persistence._line._connection.ask("coaching", **calls)["session_id"] for _ in range(2)}
    assert len(ids) == len(persistence.list_sessions(workflow)) == 1


def test_threads_share_a_persistence(persistence: CoachingSessionPersistence, workflow: str) -> None:
    def run(number: int) -> None:
        state = persistence.create_session(workflow, total_steps=number)
        state.add_decision(step())
        persistence.save_session(state)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, range(18)))
    assert [one.accepted for one in persistence.list_sessions(workflow)] == [1] * 18


def test_a_person_takes_back_what_a_program_decided(
    persistence: CoachingSessionPersistence, shared: Place, workflow: str
) -> None:
    state = persistence.create_session(workflow)
    state.add_decision(step())
    persistence.save_session(state)
    Person(shared).ask("undo", session_id=state.session_id)
    with pytest.raises(BuddyError, match="was taken back"):
        persistence.save_session(state)
    assert loaded(persistence, state.session_id).decisions == []


def test_a_process_has_one_persistence_for_a_store(here: Place, store: Path, tmp_path: Path) -> None:
    one = get_coaching_persistence(store)
    assert get_coaching_persistence(str(store)) is one
    assert get_coaching_persistence() is one
    assert get_coaching_persistence(tmp_path / "other.duckdb") is not one
    one.close()


def test_a_program_deletes_no_decision_of_a_person(shared: Place, workflow: str) -> None:
    person = Person(shared)
    with CoachingSessionPersistence() as persistence:
        state = persistence.create_session(workflow)
        step = {"session_id": state.session_id, "node_id": "build", "action_type": "run"}
        person.ask("suggest", **step)
        person.ask("decide", **step, decision="reject")
        with pytest.raises(BuddyError, match="only a person deletes it"):
            persistence.delete_session(state.session_id)
        assert persistence.cleanup_old_sessions(0, dry_run=True) == persistence.cleanup_old_sessions(0)
        assert persistence.load_session(state.session_id) is not None
        person.ask("delete", session_id=state.session_id)
        assert persistence.delete_session(state.session_id) is False

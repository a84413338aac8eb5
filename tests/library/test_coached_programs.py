"""Coaching from a Python program, over a real hub."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from session_buddy.coaching import (
    AsyncCoachedWorkflow,
    CoachedWorkflow,
    CoachingDecisionRecord,
    CoachingMetricsCollector,
    CoachingSessionPersistence,
    CoachingSessionState,
    SessionStatus,
    StepDeclined,
    Suggestion,
    Verdict,
    get_coaching_persistence,
)
from session_buddy.errors import BuddyError
from tests.cli.coached import Coach
from tests.system.processes import Place, eventually

HEAVY = {"duckdb", "pydantic", "mcp", "numpy"}


@pytest.fixture
def persistence(here: Place, store: Path) -> Any:
    with CoachingSessionPersistence(store) as persistence:
        yield persistence


@pytest.fixture
def coach(here: Place) -> Any:
    """A person at the same store."""
    coach = Coach(here)
    yield coach
    coach.client.close()


def record(step: int, decision: str = "accept", **more: Any) -> CoachingDecisionRecord:
    return CoachingDecisionRecord(step, f"node-{step}", "shell", decision, {"step": step}, **more)


def test_a_session_is_created_decided_saved_and_loaded_again(persistence: CoachingSessionPersistence) -> None:
    state = persistence.create_session("release", "run 7", 3, {"version": "1.4"}, {"by": "me"})
    assert (state.status, state.current_step_index, state.total_steps) == (SessionStatus.ACTIVE, 0, 3)
    state.add_decision(record(0, execution_success=True))
    state.add_decision(record(1, "correct", correction={"step": 9}, feedback="nine"))
    state.add_decision(record(2, "reject"))
    state.variables["version"] = "1.5"
    persistence.save_session(state)
    again = persistence.load_session(state.session_id)
    assert again == state
    assert again is not None
    assert [one.decision for one in again.decisions] == ["accept", "correct", "reject"]
    assert {one.decided_by for one in again.decisions} == {"reported"}
    assert again.get_acceptance_rate() == pytest.approx(100 / 3)
    assert again.get_correction_rate() == pytest.approx(100 / 3)
    assert again.variables == {"version": "1.5"}
    assert CoachingSessionState.from_dict(again.to_dict()) == again


def test_saving_twice_changes_nothing_and_a_state_that_is_behind_is_refused(
    persistence: CoachingSessionPersistence,
) -> None:
    state = persistence.create_session("release")
    behind = persistence.load_session(state.session_id)
    assert behind is not None
    state.add_decision(record(0))
    persistence.save_session(state)
    before = persistence.load_session(state.session_id)
    persistence.save_session(state)
    assert persistence.load_session(state.session_id) == before
    behind.add_decision(record(0, "reject"))
    with pytest.raises(BuddyError, match="Nothing was stored"):
        persistence.save_session(behind)
    assert persistence.load_session(state.session_id) == before


def test_a_session_is_paused_resumed_and_ended_and_counted(persistence: CoachingSessionPersistence) -> None:
    first, second, third = (persistence.create_session("release").session_id for _ in range(3))
    assert persistence.pause_session(first).status == SessionStatus.PAUSED
    with pytest.raises(BuddyError, match="already paused"):
        persistence.pause_session(first)
    assert [one.session_id for one in persistence.get_resumable_sessions("release")] == [third, second, first]
    assert persistence.resume_session(first).can_resume()
    assert persistence.complete_session(first).status == SessionStatus.COMPLETED
    assert persistence.abandon_session(second, "no time").error_message == "no time"
    assert [one.session_id for one in persistence.list_sessions(status="active")] == [third]
    statistics = persistence.get_statistics()
    assert statistics["total_sessions"] == 3
    assert statistics["by_status"] == {"active": 1, "paused": 0, "completed": 1, "failed": 0, "abandoned": 1}
    assert persistence.delete_session(third) is True
    assert persistence.delete_session(third) is False
    assert persistence.load_session("../../etc/passwd") is None
    assert persistence.cleanup_old_sessions(30) == 0
    assert persistence.cleanup_old_sessions(0, dry_run=True) == 2
    assert persistence.cleanup_old_sessions(0) == 2
    assert persistence.list_sessions() == []


def test_what_cannot_be_stored_is_refused(persistence: CoachingSessionPersistence) -> None:
    with pytest.raises(BuddyError, match="at most 1,048,576"):
        persistence.create_session("release", variables={"x": "y" * 10_000_000})
    with pytest.raises(BuddyError):
        persistence.create_session(" ")
    with pytest.raises(BuddyError, match="correction is missing"):
        record(0, "correct")
    state = persistence.create_session("release")
    persistence.pause_session(state.session_id)
    paused = persistence.load_session(state.session_id)
    assert paused is not None
    with pytest.raises(BuddyError, match="Resume it first"):
        paused.add_decision(record(0))


def test_a_killed_hub_costs_no_decision(here: Place, persistence: CoachingSessionPersistence) -> None:
    state = persistence.create_session("release")
    state.add_decision(record(0))
    pid = here.hub_pid()
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not here.hub_runs())
    persistence.save_session(state)
    again = persistence.load_session(state.session_id)
    assert again is not None
    assert again.current_step_index == 1


def test_one_persistence_is_shared_by_all_who_ask_for_it(here: Place, store: Path) -> None:
    assert get_coaching_persistence(store) is get_coaching_persistence(store)


def test_a_step_is_executed_with_the_parameters_to_use_and_its_outcome_recorded(
    coach: Coach, persistence: CoachingSessionPersistence, store: Path
) -> None:
    coach.start("release")
    coach.ask("promote", workflow_id="release")
    asked: list[Suggestion] = []

    def decide(suggestion: Suggestion) -> Verdict:
        asked.append(suggestion)
        if suggestion.parameters.get("force"):
            return Verdict("correct", {"force": False}, "never force")
        return Verdict("reject" if suggestion.node_id == "wipe" else "accept")

    used: list[dict[str, Any]] = []
    with CoachedWorkflow("release", store, total_steps=3, decide=decide) as run:
        with run.step("tag", "git", {"tag": "v1"}) as step:
            used.append(step.parameters)
        with run.step("push", "git", {"force": True}) as step:
            used.append(step.parameters)
        with pytest.raises(StepDeclined, match="wipe was rejected"), run.step("wipe", "shell"):
            used.append({"never": True})
        with run.step("push", "git", {"force": True, "again": 1}) as step:
            used.append(step.parameters)
    assert used == [{"tag": "v1"}, {"force": False}, {"force": False, "again": 1}]
    assert [one.mode for one in asked] == ["ask"] * 4
    state = persistence.load_session(str(run.session_id))
    assert state is not None
    assert state.status == SessionStatus.COMPLETED
    assert [(one.decision, one.execution_success) for one in state.decisions] == [
        ("accept", True),
        ("correct", True),
        ("reject", None),
        ("accept", True),
    ]


def test_an_exception_is_the_outcome_of_its_step_and_of_the_run(
    persistence: CoachingSessionPersistence, store: Path
) -> None:
    run = CoachedWorkflow("release", store)

    def count() -> None:
        with run, run.step("count", "python", {"by": 0}) as step:
            assert step.mode == "observe"
            1 / step.parameters["by"]

    with pytest.raises(ZeroDivisionError):
        count()
    state = persistence.load_session(str(run.session_id))
    assert state is not None
    assert state.status == SessionStatus.FAILED
    assert "ZeroDivisionError" in str(state.error_message)
    (made,) = state.decisions
    assert (made.decision, made.execution_success) == ("manual", False)
    assert "division by zero" in str(made.error_message)


def test_without_anybody_to_ask_nothing_is_executed(coach: Coach, store: Path) -> None:
    coach.start("release")
    coach.ask("promote", workflow_id="release")
    executed = []
    with (
        pytest.raises(BuddyError, match="Give the workflow a function as decide"),
        CoachedWorkflow("release", store) as run,
        run.step("tag", "git"),
    ):
        executed.append(run)
    assert executed == []


def test_at_auto_nobody_is_asked_and_a_failure_takes_it_back(coach: Coach, store: Path) -> None:
    coach.earn("release")
    coach.ask("promote", workflow_id="release")

    def never(suggestion: Suggestion) -> Verdict:
        raise AssertionError(suggestion)

    run = CoachedWorkflow("release", store, decide=never)

    def build_twice() -> None:
        with run:
            with run.step("build", "run") as step:
                assert step.mode == "auto"
            with run.step("build", "run", {"again": True}):
                raise OSError("disk full")

    with pytest.raises(OSError, match="full"):
        build_twice()
    assert coach.level("release") == "COACHING"
    made = coach.ask("session", session_id=run.session_id)["decisions"]
    assert [(one["decided_by"], one["execution_success"]) for one in made] == [("auto", True), ("auto", False)]


def test_the_async_twin_does_not_block_the_event_loop(persistence: CoachingSessionPersistence, store: Path) -> None:
    async def main() -> str:
        async with AsyncCoachedWorkflow("release", store) as run, run.step("tag", "git", {"tag": "v1"}) as step:
            assert step.parameters == {"tag": "v1"}
        return str(run.session_id)

    state = persistence.load_session(asyncio.run(main()))
    assert state is not None
    assert [one.decision for one in state.decisions] == ["manual"]


def test_metrics_tell_how_far_workflows_have_come(coach: Coach, here: Place, store: Path) -> None:
    coach.earn("release", decisions=6)
    with CoachingMetricsCollector(store) as collector:
        one = collector.get_workflow_metrics("release")
        assert (one.level, one.acceptance_rate) == ("COACHING", 100.0)
        assert one.to_dict()["workflow_id"] == "release"
        everything = collector.get_global_metrics()
        assert "release" in str(everything.to_dict())
        with pytest.raises(BuddyError, match="The nearest are release"):
            collector.get_workflow_metrics("releases")


def test_threads_share_a_run(store: Path, here: Place, persistence: CoachingSessionPersistence) -> None:
    with CoachedWorkflow("release", store) as run:

        def work(number: int) -> None:
            with run.step(f"part-{number}", "python", {"number": number}):
                pass

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    state = persistence.load_session(str(run.session_id))
    assert state is not None
    assert sorted(one.node_id for one in state.decisions) == [f"part-{number}" for number in range(6)]


def test_importing_it_loads_nothing_heavy() -> None:
    program = "import sys; from session_buddy.coaching import *; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stdout.split()) == set()

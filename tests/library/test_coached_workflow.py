"""Workflows under coaching whose steps a program executes itself, through a real hub."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from session_buddy.coaching import (
    CoachedWorkflow,
    CoachingDecisionRecord,
    CoachingSessionPersistence,
    CoachingSessionState,
    Paused,
    StepDeclined,
    Suggestion,
    Verdict,
)
from session_buddy.errors import BuddyError
from tests.library.coached import Person
from tests.system.processes import Place

pytestmark = pytest.mark.slow

Decide = Callable[[Suggestion], Verdict]
GIVEN = {"name": "v1.4", "sign": True}
EXECUTED = "a step that is not to be executed was"


@pytest.fixture(scope="module")
def persistence(shared: Place) -> Iterator[CoachingSessionPersistence]:
    with CoachingSessionPersistence(store=shared.store) as persistence:
        yield persistence


@pytest.fixture
def person(shared: Place) -> Person:
    return Person(shared)


def stored(persistence: CoachingSessionPersistence, run: CoachedWorkflow) -> CoachingSessionState:
    assert run.session_id
    state = persistence.load_session(run.session_id)
    assert state is not None
    return state


def only(persistence: CoachingSessionPersistence, run: CoachedWorkflow) -> CoachingDecisionRecord:
    (decision,) = stored(persistence, run).decisions
    return decision


def coached(person: Person, workflow: str, times: int = 1) -> None:
    """Bring a new workflow to COACHING, or AUTO, where a person has accepted the step tag."""
    with CoachedWorkflow(workflow):
        pass
    if times == 2:
        person.accept(workflow, "tag", "git.tag")
    person.promote(workflow, times)


def saying(decision: str, **more: Any) -> Decide:
    return lambda suggestion: Verdict(decision, **more)


def test_a_step_that_is_only_observed_is_recorded_with_the_parameters_used(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    with CoachedWorkflow(workflow, execution_id="7", total_steps=1, variables={"a": 1}) as run:
        with run.step("tag", "git.tag", GIVEN) as step:
            assert (step.mode, step.decision, step.skipped, step.parameters) == ("observe", None, False, GIVEN)
            step.parameters["name"] = "v1.5"
        assert step.decision == "manual"
    made, state = only(persistence, run), stored(persistence, run)
    assert (made.decision, made.decided_by, made.execution_success) == ("manual", "reported", True)
    assert (made.parameters, made.correction) == (GIVEN, GIVEN | {"name": "v1.5"})
    assert (state.status, state.execution_id, state.total_steps, state.variables) == ("completed", "7", 1, {"a": 1})


def test_observation_becomes_coaching_and_then_somebody_has_to_be_asked(
    persistence: CoachingSessionPersistence, workflow: str, person: Person
) -> None:
    for _ in range(3):
        with CoachedWorkflow(workflow) as run, run.step("tag", "git.tag"):
            pass
    assert person.level(workflow) == "COACHING"
    run = CoachedWorkflow(workflow)
    with pytest.raises(BuddyError, match="has nobody to ask"), run, run.step("tag", "git.tag"):
        raise AssertionError(EXECUTED)
    assert (stored(persistence, run).status, stored(persistence, run).decisions) == ("failed", [])


@pytest.mark.parametrize("mode", ["observe", "ask"])
def test_what_is_accepted_is_executed_as_suggested(
    persistence: CoachingSessionPersistence, workflow: str, person: Person, mode: str
) -> None:
    asked: list[Suggestion] = []

    def decide(suggestion: Suggestion) -> Verdict:
        asked.append(suggestion)
        return Verdict("accept", feedback="fine")

    if mode == "ask":
        coached(person, workflow)
    with CoachedWorkflow(workflow, decide=decide) as run, run.step("tag", "git.tag", GIVEN) as step:
        assert (step.decision, step.parameters, step.skipped) == ("accept", GIVEN, False)
    (suggestion,) = asked
    assert (suggestion.mode, suggestion.node_id, suggestion.parameters) == (mode, "tag", GIVEN)
    assert (suggestion.confidence, suggestion.confidence_n, suggestion.step_index) == (None, 0, 0)
    assert '"git.tag" at "tag"' in suggestion.shown
    made = only(persistence, run)
    assert (made.decision, made.decided_by, made.feedback) == ("accept", "reported", "fine")
    assert (made.execution_success, made.suggestion_id) == (True, step.suggestion_id)


def test_what_is_corrected_is_executed_as_corrected_and_learned(
    persistence: CoachingSessionPersistence, workflow: str, person: Person
) -> None:
    coached(person, workflow)
    right = GIVEN | {"name": "v2"}
    run = CoachedWorkflow(workflow, decide=saying("correct", correction=right))
    with run, run.step("tag", "git.tag", GIVEN) as step:
        assert (step.parameters, step.suggestion.parameters) == (right, GIVEN)
    made = only(persistence, run)
    assert (made.decision, made.correction, made.execution_success) == ("correct", right, True)
    with CoachedWorkflow(workflow, decide=saying("accept")) as run, run.step("tag", "git.tag", GIVEN) as step:
        assert step.parameters == right
        assert len(step.suggestion.corrections_applied) == 1


@pytest.mark.parametrize("mode", ["observe", "ask"])
@pytest.mark.parametrize(("kind", "words"), [("reject", "rejected"), ("skip", "skipped"), ("manual", "done by hand")])
def test_what_is_declined_is_not_executed(
    persistence: CoachingSessionPersistence, workflow: str, person: Person, mode: str, kind: str, words: str
) -> None:
    if mode == "ask":
        coached(person, workflow)
    done = []
    with CoachedWorkflow(workflow, decide=saying(kind)) as run:
        with pytest.raises(StepDeclined, match=f"Step tag was {words}") as caught, run.step("tag", "git.tag"):
            done.append("tag")
        assert (caught.value.step.decision, caught.value.step.skipped) == (kind, True)
        with suppress(StepDeclined), run.step("push", "git.push"):
            done.append("push")
    assert done == []
    state = stored(persistence, run)
    assert [(one.decision, one.execution_success) for one in state.decisions] == [(kind, None)] * 2
    assert state.status == "completed"


def test_a_declined_step_that_nobody_catches_abandons_the_run(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    run = CoachedWorkflow(workflow, decide=saying("reject"))
    with pytest.raises(StepDeclined), run, run.step("tag", "git.tag"):
        raise AssertionError(EXECUTED)
    state = stored(persistence, run)
    assert (state.status, state.error_message) == ("abandoned", "Step tag was rejected.")


@pytest.mark.parametrize("level", ["OBSERVATION", "COACHING", "AUTO"])
def test_a_step_that_fails_is_recorded_with_its_error_which_goes_on(
    persistence: CoachingSessionPersistence, workflow: str, person: Person, level: str
) -> None:
    coached(person, workflow, ["OBSERVATION", "COACHING", "AUTO"].index(level))
    run = CoachedWorkflow(workflow, decide=saying("accept") if level == "COACHING" else None)
    with pytest.raises(ValueError, match="no disk"), run, run.step("tag", "git.tag"):
        raise ValueError("no disk")
    made, state = only(persistence, run), stored(persistence, run)
    assert (made.execution_success, made.error_message) == (False, "ValueError: no disk")
    assert made.decision == ("manual" if level == "OBSERVATION" else "accept")
    assert (state.status, state.error_message) == ("failed", "ValueError")
    assert person.level(workflow) == ("OBSERVATION" if level == "OBSERVATION" else "COACHING")


def test_a_failure_that_the_program_handles_does_not_end_the_run(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    with CoachedWorkflow(workflow) as run:
        with suppress(KeyError), run.step("tag", "git.tag"):
            raise KeyError
        with run.step("tag", "git.tag"):
            pass
    state = stored(persistence, run)
    assert [one.execution_success for one in state.decisions] == [False, True]
    assert (state.decisions[0].error_message, state.status) == ("KeyError", "completed")


def test_a_workflow_that_runs_by_itself_asks_nobody(
    persistence: CoachingSessionPersistence, workflow: str, person: Person
) -> None:
    coached(person, workflow, 2)

    def decide(suggestion: Suggestion) -> Verdict:
        raise AssertionError("nobody is asked")

    with CoachedWorkflow(workflow, decide=decide) as run, run.step("tag", "git.tag", GIVEN) as step:
        assert (step.mode, step.decision, step.parameters) == ("auto", None, GIVEN)
    assert step.decision == "accept"
    made, state = only(persistence, run), stored(persistence, run)
    assert (made.decision, made.decided_by, made.execution_success) == ("accept", "auto", True)
    assert (state.auto, state.accepted, state.get_acceptance_rate()) == (1, 0, 0.0)
    assert person.level(workflow) == "AUTO"


def test_who_comes_first_decides(persistence: CoachingSessionPersistence, workflow: str, person: Person) -> None:
    coached(person, workflow)

    def late(suggestion: Suggestion) -> Verdict:
        given = {"session_id": suggestion.session_id, "suggestion_id": suggestion.suggestion_id}
        person.ask("decide", **given, decision="correct", correction={"name": "v9"})
        return Verdict("accept")

    with CoachedWorkflow(workflow, decide=late) as run, run.step("tag", "git.tag", GIVEN) as step:
        assert (step.decision, step.parameters) == ("correct", {"name": "v9"})
    made = only(persistence, run)
    assert (made.decision, made.decided_by, made.execution_success) == ("correct", "person", True)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, Paused])
def test_what_is_interrupted_is_paused_and_goes_on_later(
    persistence: CoachingSessionPersistence, workflow: str, interruption: type[BaseException]
) -> None:
    caught = None
    try:
        with CoachedWorkflow(workflow, total_steps=2) as run:
            with run.step("tag", "git.tag"):
                pass
            with run.step("push", "git.push"):
                raise interruption
    except BaseException as error:
        caught = type(error)
    assert caught is (None if interruption is Paused else interruption)
    state = stored(persistence, run)
    assert (state.status, state.current_step_index) == ("paused", 1)
    with CoachedWorkflow(workflow, session_id=run.session_id) as again, again.step("push", "git.push"):
        pass
    state = stored(persistence, again)
    assert again.session_id == run.session_id
    assert [(one.node_id, one.execution_success) for one in state.decisions] == [("tag", True), ("push", True)]
    assert (state.status, state.total_steps) == ("completed", 2)


def test_the_same_run_goes_on_after_it_was_paused_and_not_after_it_has_ended(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    run = CoachedWorkflow(workflow)
    with pytest.raises(BuddyError, match="Steps are made inside"):
        run.step("tag", "git.tag").__enter__()
    with run:
        with pytest.raises(BuddyError, match="is going on already"):
            run.__enter__()
        raise Paused
    session = run.session_id
    with run:
        pass
    assert run.session_id == session
    with pytest.raises(BuddyError, match="has ended: completed"):
        run.__enter__()


def test_a_session_of_another_workflow_or_none_is_refused_and_stays(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    session = persistence.create_session(workflow).session_id
    persistence.pause_session(session)
    with pytest.raises(BuddyError, match=f"is of workflow '{workflow}', not of 'other'"):
        CoachedWorkflow("other", session_id=session).__enter__()
    with pytest.raises(BuddyError, match="There is no coaching session"):
        CoachedWorkflow(workflow, session_id="../x").__enter__()
    assert [one.status for one in persistence.list_sessions(workflow)] == ["paused"]


def test_what_somebody_has_paused_meanwhile_stays_paused(
    persistence: CoachingSessionPersistence, workflow: str, person: Person
) -> None:
    def work() -> None:
        with run:
            person.ask("pause", session_id=run.session_id)
            with run.step("tag", "git.tag"):
                raise AssertionError(EXECUTED)

    run = CoachedWorkflow(workflow)
    with pytest.raises(BuddyError, match="is paused since"):
        work()
    assert stored(persistence, run).status == "paused"
    with CoachedWorkflow(workflow, session_id=run.session_id) as run:
        person.ask("pause", session_id=run.session_id)
        raise Paused
    assert stored(persistence, run).status == "paused"


def test_an_error_says_so_where_it_could_not_be_recorded(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    def work() -> None:
        with CoachedWorkflow(workflow) as run, run.step("tag", "git.tag"):
            persistence.delete_session(run.session_id or "")
            raise ValueError("no disk")

    with pytest.raises(ValueError, match="no disk") as caught:
        work()
    assert "The outcome of step tag was not stored: There is no coaching session" in caught.value.__notes__[0]
    assert "stays as it is: There is no coaching session" in caught.value.__notes__[1]


@pytest.mark.parametrize(
    ("verdict", "problem"),
    [
        (None, "decide must return a Verdict, not NoneType"),
        (Verdict("correct"), "correction is missing"),
        (Verdict("accept", {"a": 1}), "goes with the decision correct"),
        (Verdict("correct", GIVEN), "holds the parameters that were suggested"),
        (Verdict("correct", {"a": {1}}), "JSON cannot hold"),
    ],
)
def test_a_verdict_that_does_not_fit_decides_nothing(
    persistence: CoachingSessionPersistence, workflow: str, verdict: Verdict, problem: str
) -> None:
    run = CoachedWorkflow(workflow, decide=lambda suggestion: verdict)
    with run, pytest.raises(BuddyError, match=problem), run.step("tag", "git.tag", GIVEN):
        raise AssertionError(EXECUTED)
    assert stored(persistence, run).decisions == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"workflow_id": " "}, "workflow_id must not be blank"),
        ({"total_steps": -1}, "total_steps must not be below 0"),
        ({"variables": []}, "variables must be a dictionary"),
        ({"session_id": ""}, "session_id must not be blank"),
    ],
)
def test_a_workflow_that_makes_no_sense_is_refused(given: dict[str, Any], problem: str, workflow: str) -> None:
    with pytest.raises(BuddyError, match=problem):
        CoachedWorkflow(**{"workflow_id": workflow} | given)


@pytest.mark.parametrize(
    ("node", "parameters", "problem"),
    [
        ("", None, "node_id must not be blank"),
        ("x" * 300, None, "node_id"),
        ("tag", [], "parameters must be a dictionary"),
        ("tag", {"x": "y" * 2_000_000}, "parameters is 2,000,008 bytes of JSON"),
    ],
)
def test_a_step_that_makes_no_sense_is_not_executed(
    persistence: CoachingSessionPersistence, workflow: str, node: str, parameters: Any, problem: str
) -> None:
    run = CoachedWorkflow(workflow)
    with run, pytest.raises(BuddyError, match=problem), run.step(node, "git.tag", parameters):
        raise AssertionError(EXECUTED)
    assert stored(persistence, run).decisions == []


def test_a_secret_is_masked_in_what_runs_and_in_the_store(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    given = {"token": "ghp_" + "a1B2" * 9}
    with CoachedWorkflow(workflow) as run, run.step("tag", "git.tag", given) as step:
        assert step.parameters == {"token": "[masked: GitHub token]"}
    assert given["token"] not in str(stored(persistence, run).to_dict())


def test_threads_execute_steps_of_one_run(persistence: CoachingSessionPersistence, workflow: str) -> None:
    def execute(number: int) -> None:
        with run.step(f"step {number}", "run", {"number": number}) as step:
            assert step.parameters == {"number": number}

    with CoachedWorkflow(workflow, decide=saying("accept")) as run:
        threads = [threading.Thread(target=execute, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    state = stored(persistence, run)
    assert sorted(one.node_id for one in state.decisions) == [f"step {number}" for number in range(8)]
    assert [one.step_index for one in state.decisions] == list(range(8))
    assert all(one.execution_success for one in state.decisions)


def test_a_hub_that_dies_during_a_step_loses_nothing(
    persistence: CoachingSessionPersistence, workflow: str, shared: Place
) -> None:
    with CoachedWorkflow(workflow, decide=saying("accept")) as run, run.step("tag", "git.tag"):
        os.kill(shared.hub_pid(), signal.SIGKILL)
    made, state = only(persistence, run), stored(persistence, run)
    assert (made.decision, made.execution_success, state.status) == ("accept", True, "completed")

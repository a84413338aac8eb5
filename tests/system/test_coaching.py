"""A workflow earns its way over real processes; and what kills a hub costs no decision."""

import os
import signal

import anyio
import pytest

from tests.cli.coached import typed
from tests.server.person import Person
from tests.system.coaching import Assistant, assistant
from tests.system.processes import Place, eventually, run

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ACCEPT = {"decision": "accept"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def place(place: Place) -> Place:
    return place.with_variables(SESSION_BUDDY_STORE=str(place.store), SESSION_BUDDY_EMBEDDER="off")


def kill_hub(place: Place) -> None:
    pid = place.hub_pid()
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not place.hub_runs() or place.hub_pid() != pid)


async def accepted_steps(window: Assistant, session: str, numbers: range) -> None:
    """Steps that the person accepts in a form, and that succeed."""
    for number in numbers:
        step = await window.suggest(session, number)
        assert (step["mode"], step["decision"]["decided_by"]) == ("ask", "person")
        await window.call("coaching_outcome", suggestion_id=step["suggestion_id"], execution_success=True)


@pytest.mark.slow
async def test_a_workflow_earns_its_way_from_observation_to_auto_and_loses_it_by_one_failure(place: Place) -> None:
    person = Person(ACCEPT)
    async with assistant(place, person) as window:
        first = await window.start()
        await window.observe(first, 9)
        await window.call("pause_session", session_id=first)
    async with assistant(place, person, "auto") as window:
        kill_hub(place)
        assert (await window.call("resume_session", session_id=first))["current_step_index"] == 9
        await window.observe(first, 1)
        ended = await window.call("end_session", session_id=first, outcome="completed")
        assert ended["level"] == "COACHING"
    for mode in ("legacy", "auto", "legacy"):
        async with assistant(place, person, mode) as window:
            session = await window.start()
            await accepted_steps(window, session, range(4))
            await window.call("pause_session", session_id=session)
            kill_hub(place)
        async with assistant(place, person) as window:
            listed = await window.call("coaching_status", workflow_id="release", status="paused")
            assert [one["session_id"] for one in listed["sessions"]] == [session]
            await window.call("resume_session", session_id=session)
            await accepted_steps(window, session, range(4, 7))
            status = await window.call("coaching_status", session_id=session)
            assert [one["step_index"] for one in status["session"]["decisions"]] == list(range(7))
            assert status["session"]["stats"]["accepted"] == 7
            await window.call("end_session", session_id=session, outcome="completed")
    assert len(person.forms) == 21
    await promoted_by_the_person(place)
    async with assistant(place, person) as window:
        session = await window.start()
        step = await window.suggest(session, 1, ask_user=False)
        assert (step["mode"], step["confidence_n"]) == ("auto", 6)
        failed = await window.call("coaching_outcome", suggestion_id=step["suggestion_id"], execution_success=False)
        assert (failed["decision"]["decided_by"], failed["level"]) == ("auto", "COACHING")
        assert (await window.suggest(session, 2, ask_user=False))["mode"] == "ask"


async def promoted_by_the_person(place: Place) -> None:
    """On a terminal; the forms were answered faster than a person reads, so this has to be confirmed in words."""
    answers = {"I meant these decisions": "I meant these decisions", "workflow's name": "release"}
    refused = run(place, "workflows", "promote", "release")
    assert refused.returncode == 1
    code, shown = await anyio.to_thread.run_sync(
        lambda: typed(place, "workflows", "promote", "release", answers=answers)
    )
    assert code == 0, shown
    assert "needs confirmation" in shown


async def test_a_form_is_taken_back_when_the_hub_dies_and_the_same_suggestion_is_asked_again(place: Place) -> None:
    person = Person(ACCEPT)
    cancelled = anyio.Event()

    async def hang_once() -> None:
        if len(person.forms) > 1:
            return
        kill_hub(place)
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.set()

    async with assistant(place, person) as window:
        session = await window.start()
        await window.observe(session, 10)
        person.before = hang_once
        with anyio.fail_after(60):
            step = await window.suggest(session, 11)
        assert cancelled.is_set()
        first, second = person.forms
        assert first.message == second.message
        status = await window.call("coaching_status", session_id=session)
        assert status["session"]["stats"]["accepted"] == 1
        assert status["session"]["decisions"][-1]["suggestion_id"] == step["suggestion_id"]
        assert status["session"]["pending"] == []


@pytest.mark.slow
async def test_a_late_answer_to_a_form_of_a_dead_hub_decides_nothing(place: Place) -> None:
    """In the newer era the form is not open in the hub: the answer comes with a call of its own, to the next one."""
    person = Person(ACCEPT)
    async with assistant(place, person, "auto") as window:
        session = await window.start()
        await window.observe(session, 10)

        async def kill() -> None:
            if len(person.forms) == 1:
                kill_hub(place)

        person.before = kill
        with pytest.raises(Exception, match=r"(?i)state"):
            await window.suggest(session, 11)
        status = await window.call("coaching_status", session_id=session)
        assert status["session"]["stats"]["accepted"] == 0
        (waiting,) = status["session"]["pending"]
        step = await window.suggest(session, 11)
        assert step["suggestion_id"] == waiting["suggestion_id"]
        assert step["decision"]["decided_by"] == "person"


async def test_a_session_is_gone_on_with_after_every_process_was_killed(place: Place) -> None:
    person = Person(ACCEPT)
    async with assistant(place, person) as window:
        session = await window.start()
        await window.observe(session, 3)
        left = await window.suggest(session, 3)
        await window.call("pause_session", session_id=session)
        kill_hub(place)
    async with assistant(place, person) as window:
        assert (await window.call("resume_session", session_id=session))["status"] == "active"
        again = await window.suggest(session, 3)
        assert again["suggestion_id"] == left["suggestion_id"]


async def test_of_two_windows_that_decide_at_once_one_wins_and_the_other_is_told(place: Place) -> None:
    async with assistant(place, Person(ACCEPT)) as one, assistant(place, Person(ACCEPT)) as other:
        session = await one.start()
        for number in range(5):
            step = await one.suggest(session, number)
            wanted = {"session_id": session, "suggestion_id": step["suggestion_id"], "decision": "manual"}
            said: list[str] = []

            async def decide(window: Assistant, wanted: dict[str, str] = wanted, said: list[str] = said) -> None:
                result = await window.client.call_tool("coaching_decide", wanted)
                (block,) = result.content
                assert block.type == "text"
                said.append(block.text if result.is_error else "stored")

            async with anyio.create_task_group() as group:
                group.start_soon(decide, one)
                group.start_soon(decide, other)
            assert sorted(said)[1] == "stored"
            assert "already decided: manual by an assistant's report (tool) at" in sorted(said)[0]
        status = await other.call("coaching_status", session_id=session)
        assert len(status["session"]["decisions"]) == 5


async def test_what_no_form_was_answered_for_is_not_a_persons_decision(place: Place) -> None:
    person = Person("decline")
    async with assistant(place, person) as window:
        session = await window.start()
        await window.observe(session, 10)
        step = await window.suggest(session, 11)
        assert step["decision"] is None
        decided = await window.call(
            "coaching_decide", session_id=session, suggestion_id=step["suggestion_id"], decision="accept"
        )
        assert decided["decision"]["decided_by"] == "reported"
        status = await window.call("coaching_status", workflow_id="release")
        assert status["workflow"]["decided_by"] == {"person": 0, "reported": 11, "auto": 0}
        assert status["workflow"]["readiness"]["criteria"][0]["value"]["decisions"] == 0

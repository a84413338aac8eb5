"""The async twin of CoachedWorkflow."""

import asyncio
import inspect
from collections.abc import Iterator

import anyio
import pytest

from session_buddy.coaching import (
    AsyncCoachedWorkflow,
    CoachedWorkflow,
    CoachingSessionPersistence,
    CoachingSessionState,
    Paused,
    StepDeclined,
    Suggestion,
    Verdict,
)
from tests.system.processes import LIMIT, Place

pytestmark = [pytest.mark.slow, pytest.mark.anyio]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def persistence(shared: Place) -> Iterator[CoachingSessionPersistence]:
    with CoachingSessionPersistence(store=shared.store) as persistence:
        yield persistence


def stored(persistence: CoachingSessionPersistence, run: AsyncCoachedWorkflow) -> CoachingSessionState:
    state = persistence.load_session(run.session_id or "")
    assert state is not None
    return state


def test_it_takes_the_same_arguments() -> None:
    for name in ("__init__", "step"):
        twin, other = getattr(AsyncCoachedWorkflow, name), getattr(CoachedWorkflow, name)
        assert list(inspect.signature(twin).parameters) == list(inspect.signature(other).parameters)


async def test_it_does_what_the_other_does(persistence: CoachingSessionPersistence, workflow: str) -> None:
    async def decide(suggestion: Suggestion) -> Verdict:
        await anyio.sleep(0)
        kinds = {"tag": Verdict("accept"), "push": Verdict("reject"), "tell": Verdict("correct", {"to": "all"})}
        return kinds[suggestion.node_id]

    async with AsyncCoachedWorkflow(workflow, total_steps=3, decide=decide) as run:
        async with run.step("tag", "git.tag", {"name": "v1"}) as step:
            assert (step.decision, step.parameters) == ("accept", {"name": "v1"})
        with pytest.raises(StepDeclined):
            async with run.step("push", "git.push"):
                raise AssertionError("it is not executed")
        with pytest.raises(ValueError, match="to all"):
            async with run.step("tell", "mail", {"to": "me"}) as step:
                raise ValueError(f"to {step.parameters['to']}")
    state = stored(persistence, run)
    told = [(one.decision, one.execution_success, one.error_message) for one in state.decisions]
    assert told == [("accept", True, None), ("reject", None, None), ("correct", False, "ValueError: to all")]
    assert state.status == "completed"


async def test_the_program_pauses_it_and_an_error_fails_it(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    async with AsyncCoachedWorkflow(workflow) as run:
        raise Paused
    assert stored(persistence, run).status == "paused"
    with pytest.raises(ValueError, match="no disk"):
        async with AsyncCoachedWorkflow(workflow, session_id=run.session_id) as run:
            raise ValueError("no disk")
    assert stored(persistence, run).status == "failed"


@pytest.mark.parametrize("way", ["scope", "task"])
async def test_what_is_cancelled_is_paused(persistence: CoachingSessionPersistence, workflow: str, way: str) -> None:
    run, inside = AsyncCoachedWorkflow(workflow), anyio.Event()

    async def work() -> None:
        async with run, run.step("tag", "git.tag"):
            inside.set()
            await anyio.sleep_forever()

    with anyio.fail_after(LIMIT):
        if way == "scope":
            async with anyio.create_task_group() as group:
                group.start_soon(work)
                await inside.wait()
                group.cancel_scope.cancel()
        else:
            task = asyncio.create_task(work())
            await inside.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    state = stored(persistence, run)
    assert (state.status, state.decisions) == ("paused", [])


async def test_a_run_that_is_cancelled_while_it_begins_is_not_left_active(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    run = AsyncCoachedWorkflow(workflow)
    with anyio.CancelScope() as scope:
        scope.cancel()
        async with run:
            raise AssertionError("it was cancelled")
    task = asyncio.create_task(run.__aenter__())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert {one.status for one in persistence.list_sessions(workflow)} <= {"paused"}


async def test_steps_at_the_same_time_do_not_block_the_loop(
    persistence: CoachingSessionPersistence, workflow: str
) -> None:
    arrived, all_there = 0, anyio.Event()

    async def decide(suggestion: Suggestion) -> Verdict:
        nonlocal arrived
        arrived += 1
        if arrived == 6:
            all_there.set()
        with anyio.fail_after(LIMIT):
            await all_there.wait()
        return Verdict("accept")

    async def execute(number: int) -> None:
        async with run.step(f"step {number}", "run"):
            pass

    async with AsyncCoachedWorkflow(workflow, decide=decide) as run, anyio.create_task_group() as group:
        for number in range(6):
            group.start_soon(execute, number)
    state = stored(persistence, run)
    assert (state.accepted, state.status) == (6, "completed")

"""The async twin of the library."""

import inspect
from pathlib import Path

import anyio
import pytest

from session_buddy import AsyncSkillsTracker, SkillsTracker
from session_buddy.errors import BuddyError
from tests.system.processes import LIMIT, Place

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_it_has_the_same_methods_with_the_same_arguments() -> None:
    for name, method in inspect.getmembers(SkillsTracker, inspect.isfunction):
        if not name.startswith("_"):
            twin = getattr(AsyncSkillsTracker, name)
            assert inspect.iscoroutinefunction(twin), name
            assert list(inspect.signature(twin).parameters) == list(inspect.signature(method).parameters)


async def test_it_does_what_the_other_does(here: Place, store: Path) -> None:
    async with AsyncSkillsTracker("monday", store=store) as tracker:
        end = await tracker.track_invocation("debugging", user_query="why?", workflow_phase="verify")
        await end(follow_up_actions=["commit"])
        await end(completed=False)
        (one,) = await tracker.get_session_skills()
        assert (one.invocation_id, one.completed, one.follow_up_actions) == (end.invocation_id, True, ["commit"])
        assert (await tracker.get_session_summary())["completed_invocations"] == 1
        assert (await tracker.get_summary())["total_invocations"] == 1
        assert (await tracker.get_skill_metrics("debugging")).completion_rate() == 100
        assert len(await tracker.get_all_metrics()) == 1
        assert (await tracker.recommend_skills("why?"))[0]["skill_name"] == "debugging"
        assert "debugging" in await tracker.generate_report()
        assert "verify" in await tracker.generate_workflow_report()
        assert "verify" in await tracker.generate_phase_heatmap()
        with pytest.raises(BuddyError, match="There is no skill"):
            await tracker.get_skill_metrics("planning")


async def test_the_event_loop_goes_on_while_a_hub_is_started(here: Place, store: Path) -> None:
    ticks = 0
    done = anyio.Event()

    async def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            await anyio.sleep(0)
            ticks += 1

    async with AsyncSkillsTracker("monday", store=store) as tracker, anyio.create_task_group() as group:
        group.start_soon(tick)
        with anyio.fail_after(LIMIT):
            await tracker.track_invocation("debugging")
        done.set()
    assert ticks > 100


async def test_many_calls_at_once_are_all_stored(here: Place, store: Path) -> None:
    async with AsyncSkillsTracker("monday", store=store) as tracker:
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(tracker.track_invocation, f"skill-{number}")
        assert (await tracker.get_session_summary())["open_invocations"] == 20

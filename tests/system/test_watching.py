"""Whoever watches a report is told when it has changed, in both eras and across windows."""

import os
import signal
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.shared.subscriptions import ResourceUpdated

from tests.system.processes import COMMAND, LIMIT, Place, Window, eventually

pytestmark = pytest.mark.slow

REPORT, SKILL = "buddy://report", "buddy://skill/debugging"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def updated(window: Window) -> list[str]:
    """The resources that a window was told have changed, in order."""
    window.request("ping")
    told = [one for one in window.notifications if one["method"] == "notifications/resources/updated"]
    return [str(one["params"]["uri"]) for one in told]


def watching(place: Place, *uris: str) -> Window:
    window = Window(place)
    capabilities = window.initialize()["result"]["capabilities"]
    assert capabilities["resources"]["subscribe"] is True
    for uri in uris:
        assert "result" in window.request("resources/subscribe", {"uri": uri})
    return window


def test_a_window_is_told_of_what_another_one_has_changed(place: Place) -> None:
    with watching(place, REPORT, SKILL) as window, Window(place) as other:
        other.initialize()
        other.track("planning")
        eventually(lambda: updated(window) == [REPORT])
        other.track("debugging")
        eventually(lambda: sorted(updated(window)[1:]) == [REPORT, SKILL])
        assert updated(other) == []


def test_who_has_unsubscribed_is_told_nothing_more(place: Place) -> None:
    with watching(place, REPORT, SKILL) as window:
        window.request("resources/unsubscribe", {"uri": REPORT})
        window.track("debugging")
        eventually(lambda: updated(window) == [SKILL])


def test_a_window_is_still_told_after_the_hub_was_killed(place: Place) -> None:
    with watching(place, REPORT) as window, Window(place) as other:
        other.initialize()
        os.kill(place.hub_pid(), signal.SIGKILL)
        other.track("debugging")

        def told() -> bool:
            other.track("debugging")
            return bool(updated(window))

        eventually(told)


@pytest.mark.anyio
async def test_a_client_of_the_newer_era_is_told_on_the_stream_it_listens_to(place: Place) -> None:
    parameters = StdioServerParameters(command=COMMAND, env=place.environment, cwd=str(place.project))
    told: list[Any] = []
    async with Client(stdio_client(parameters), mode="auto") as client:
        with anyio.fail_after(LIMIT):
            async with client.listen(resource_subscriptions=[REPORT]) as events:
                await client.call_tool("track_skill", {"skill_name": "debugging"})
                async for event in events:
                    told.append(event)
                    break
    assert told == [ResourceUpdated(REPORT)]

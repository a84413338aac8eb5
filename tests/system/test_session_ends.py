"""When a session ends, and what that makes of the uses that nobody ended."""

import json
import os
import signal
import subprocess
from typing import Any, NamedTuple

import psutil
import pytest

from tests.system.processes import COMMAND, Place, Window, eventually, run, until

pytestmark = pytest.mark.slow


INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


class Standing(NamedTuple):
    """How many uses are completed, abandoned because their session ended, open for too long, and open."""

    completed: int = 0
    session_ended: int = 0
    timed_out: int = 0
    open: int = 0


def standing(place: Place) -> Standing:
    done = run(place, "metrics", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["summary"]
    by = found["abandoned_by"]
    return Standing(found["completed_invocations"], by["session_end"], by["timeout"], found["open_invocations"])


def comes_to(place: Place, wanted: Standing) -> None:
    until(lambda: standing(place), lambda found: found == wanted)


def opened(place: Place) -> Window:
    window = Window(place)
    window.initialize()
    return window


def of_session(place: Place, session: str) -> Place:
    return place.with_variables(SESSION_BUDDY_SESSION_ID=session)


def test_a_use_is_open_while_its_window_is_and_abandoned_when_that_has_closed(place: Place) -> None:
    with opened(place) as window:
        window.track()
        assert standing(place) == Standing(open=1)
    comes_to(place, Standing(session_ended=1))
    assert "1 abandoned (1 when their session ended)" in run(place, "metrics", "debugging").stdout


def test_a_killed_window_ends_its_session_too(place: Place) -> None:
    window = opened(place)
    window.track()
    window.kill()
    comes_to(place, Standing(session_ended=1))


def test_a_window_that_is_killed_before_it_has_read_its_answers_ends_its_session(place: Place) -> None:
    """Nobody reads what it prints, so it stops reading what the hub answers."""
    window = subprocess.Popen(
        [COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=place.environment, cwd=place.project
    )
    assert window.stdin
    assert window.stdout
    asked: list[dict[str, Any]] = [
        {"method": "initialize", "params": INITIALIZE, "id": 0},
        {"method": "notifications/initialized"},
    ]
    asked.append({"method": "tools/call", "params": {"name": "track_skill", "arguments": {"skill_name": "a"}}, "id": 1})
    asked += [{"method": "tools/list", "params": {}, "id": number} for number in range(2, 300)]
    window.stdin.write(b"".join(json.dumps({"jsonrpc": "2.0"} | one).encode() + b"\n" for one in asked))
    window.stdin.flush()
    eventually(lambda: standing(place) == Standing(open=1))
    window.kill()
    window.wait()
    window.stdout.close()
    window.stdin.close()
    comes_to(place, Standing(session_ended=1))


def test_a_session_of_two_windows_ends_with_the_last_of_them(place: Place) -> None:
    shared = of_session(place, "shared")
    with opened(shared) as first:
        with opened(shared) as second:
            first.track()
            second.track("planning")
        with opened(of_session(place, "another")) as other:
            other.track("elsewhere")
        comes_to(place, Standing(session_ended=1, open=2))
    comes_to(place, Standing(session_ended=3))


def test_a_session_that_comes_back_and_goes_on_makes_its_uses_open_again(place: Place) -> None:
    tomorrow = of_session(place, "back tomorrow")
    with opened(tomorrow) as window:
        window.track()
    comes_to(place, Standing(session_ended=1))
    with opened(tomorrow) as window:
        window.request("tools/list")
        assert standing(place) == Standing(session_ended=1)
        window.track("planning")
        assert standing(place) == Standing(open=2)
    comes_to(place, Standing(session_ended=2))


def test_neither_a_hub_that_is_stopped_nor_one_that_is_killed_ends_a_session(place: Place) -> None:
    with opened(place) as window:
        window.track()
        assert run(place, "hub", "stop").returncode == 0
        eventually(lambda: not place.hub_runs())
        assert standing(place) == Standing(open=1)
        window.track()
        hub = place.hub_pid()
        os.kill(hub, signal.SIGKILL)
        eventually(lambda: not psutil.pid_exists(hub))
        assert standing(place) == Standing(open=2)
        window.track()
        assert standing(place) == Standing(open=3)
    comes_to(place, Standing(session_ended=3))


def test_what_is_completed_after_its_session_has_ended_counts_as_completed(place: Place) -> None:
    with opened(place) as window:
        tracked = [window.track(), window.track()]
    comes_to(place, Standing(session_ended=2))
    with opened(place) as window:
        assert not window.call("complete_skill", invocation_id=tracked[0]).get("isError")
        assert standing(place) == Standing(completed=1, session_ended=1)


def test_how_long_a_use_may_be_open_is_a_setting(place: Place) -> None:
    hasty = place.with_variables(SESSION_BUDDY_ABANDONED_AFTER="0.01")
    with opened(hasty) as window:
        tracked = window.track()
        comes_to(hasty, Standing(timed_out=1))
        assert "1 abandoned (1 open for too long)" in run(hasty, "metrics").stdout
        assert not window.call("complete_skill", invocation_id=tracked).get("isError")
        assert standing(hasty) == Standing(completed=1)

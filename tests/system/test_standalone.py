"""`serve --standalone`: no background process."""

import os
import signal

import pytest

from tests.system.processes import Place, Window, can_be_opened_by_others, eventually, exported, processes_of

pytestmark = pytest.mark.slow


def test_a_standalone_server_is_its_own_hub_and_leaves_nothing(place: Place) -> None:
    with Window(place, ["serve", "--standalone"]) as window:
        window.initialize()
        window.track()
        assert place.hub_pid() == window.process.pid
        assert processes_of(place) == []
        assert not can_be_opened_by_others(place)
    assert not place.hub_runs()
    assert not place.address.exists()
    assert len(exported(place)) == 1


def test_other_windows_are_served_by_a_standalone_hub(place: Place) -> None:
    with Window(place, ["serve", "--standalone"]) as alone, Window(place) as other:
        alone.initialize()
        alone.track()
        other.initialize()
        other.track()
    assert len(exported(place)) == 2


def test_a_standalone_server_is_just_a_window_where_a_hub_runs_and_takes_over_when_it_dies(place: Place) -> None:
    with Window(place) as first:
        first.initialize()
        hub = place.hub_pid()
        with Window(place, ["serve", "--standalone"]) as alone:
            alone.initialize()
            alone.track()
            assert place.hub_pid() == hub
            first.kill()
            os.kill(hub, signal.SIGKILL)
            alone.track()
            assert eventually(place.hub_pid) == alone.process.pid
    assert len(exported(place)) == 2


def test_a_window_goes_on_when_the_standalone_server_that_served_it_is_killed(place: Place) -> None:
    alone = Window(place, ["serve", "--standalone"])
    alone.initialize()
    with Window(place) as other:
        other.initialize()
        other.track()
        alone.kill()
        other.track()
    assert len(exported(place)) == 2

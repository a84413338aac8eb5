"""Many windows write at once, and each of their calls is in the store."""

import threading

from tests.system.processes import Place, Window, exported

WINDOWS, CALLS = 6, 30


def test_everything_that_several_windows_write_at_once_is_stored(place: Place) -> None:
    windows = [Window(place) for _ in range(WINDOWS)]
    acknowledged: list[str] = []
    threads = [threading.Thread(target=_use, args=(window, acknowledged)) for window in windows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for window in windows:
        window.close()
    rows = exported(place)
    assert len(acknowledged) == WINDOWS * CALLS
    assert {row["invocation_id"] for row in rows} == set(acknowledged)
    assert all(row["completed"] for row in rows)


def _use(window: Window, acknowledged: list[str]) -> None:
    window.initialize()
    for number in range(CALLS):
        invocation = window.track(query=f"problem {number}")
        result = window.call("complete_skill", invocation_id=invocation, follow_up_actions=["commit"])
        assert not result["isError"], result
        acknowledged.append(invocation)

"""The hub dies, and no window notices more than a short wait."""

import json
import os
import random
import signal
import threading
from collections import Counter

import psutil
import pytest

from session_buddy.bridge.door import HubLine, hello, open_line
from session_buddy.settings import read
from tests.system.processes import Place, Window, eventually, exported, processes_of, running, until

WORKER = "session_buddy.embedding.worker"


def test_a_killed_hub_is_replaced_and_the_window_goes_on(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        first = window.track()
        hub = place.hub_pid()
        os.kill(hub, signal.SIGKILL)
        second = window.track()
        assert place.hub_pid() != hub
        assert not window.call("complete_skill", invocation_id=first)["isError"]
    assert {row["invocation_id"] for row in exported(place)} == {first, second}


@pytest.mark.slow
def test_calls_that_were_answered_before_the_crash_get_the_same_answers_again(place: Place) -> None:
    """The answers were lost on their way: the window sends the same requests to the next hub."""
    settings = read(place.environment | {"HOME": "/"}, store=str(place.store))
    use: dict[str, object] = {"skill_name": "debugging", "user_query": "once only"}
    answers = []
    for resent in ([], ["track", "complete"], ["track", "complete"]):
        with Window(place) as window:
            window.initialize()
            line = open_line(settings, hello(settings, "mcp", "the-same-connection", resent))
            for message in _handshake():
                line.send(json.dumps(message).encode() + b"\n")
            tracked = _call(line, "track", "track_skill", use)
            end: dict[str, object] = {"invocation_id": tracked["invocation_id"], "error_type": "Timeout"}
            answers.append((tracked, _call(line, "complete", "complete_skill", end)))
            os.kill(place.hub_pid(), signal.SIGKILL)
            _gone(line.reply["pid"])
            line.close()
    assert answers[0] == answers[1] == answers[2]
    assert len(exported(place)) == 1


def test_a_new_question_with_a_used_id_is_not_given_an_old_answer(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        ids = set()
        for _ in range(2):
            window.send(
                {
                    "jsonrpc": "2.0",
                    "id": 77,
                    "method": "tools/call",
                    "params": {"name": "track_skill", "arguments": {"skill_name": "debugging"}},
                }
            )
            ids.add(window.answer(77)["result"]["structuredContent"]["invocation_id"])
    assert len(ids) == 2


@pytest.mark.slow
def test_calls_in_progress_when_the_hub_is_killed_are_answered_once_and_stored_once(place: Place) -> None:
    _kill_under_load(place, kills=4, windows=2)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twenty_kills_under_load_lose_nothing_and_double_nothing(place: Place) -> None:
    _kill_under_load(place, kills=20, windows=4)


@pytest.mark.model
def test_a_dead_hubs_worker_dies_with_it_even_while_its_model_loads(place: Place) -> None:
    loading = place.with_variables(SESSION_BUDDY_EMBEDDER="sentence-transformers")
    with Window(loading) as window:
        window.initialize()
        window.track(query="a text that wants a vector")
        worker = until(lambda: running(place, WORKER), bool)[0].pid
        os.kill(place.hub_pid(), signal.SIGKILL)
        eventually(lambda: worker not in [process.pid for process in running(place, WORKER)])


def test_hub_and_worker_leave_when_every_window_was_killed(place: Place) -> None:
    hashing = place.with_variables(SESSION_BUDDY_EMBEDDER="hashing")
    windows = [Window(hashing) for _ in range(3)]
    for window in windows:
        window.initialize()
        window.track(query="a text that wants a vector")
    socket_path = json.loads(place.address.read_text())["socket"]
    for window in windows:
        window.kill()
    eventually(lambda: not processes_of(place))
    assert not place.address.exists()
    assert not os.path.exists(socket_path)


@pytest.mark.slow
def test_a_stale_address_and_socket_are_replaced(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        window.track()
        stale = json.loads(place.address.read_text())
        window.kill()
        os.kill(stale["pid"], signal.SIGKILL)
        eventually(lambda: not place.hub_runs())
    assert place.address.exists()
    with Window(place) as window:
        window.initialize()
        window.track()
        assert json.loads(place.address.read_text())["token"] != stale["token"]
    assert len(exported(place)) == 2


@pytest.mark.slow
def test_a_hub_whose_address_was_deleted_makes_room(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        window.track()
        hub = place.hub_pid()
        place.address.unlink()
        eventually(lambda: not psutil.pid_exists(hub) or place.address.exists())
        window.track()
    assert len(exported(place)) == 2


def _handshake() -> list[dict[str, object]]:
    client = {"name": "test", "version": "1"}
    params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}
    return [
        {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
    ]


def _call(line: HubLine, request_id: str, tool: str, arguments: dict[str, object]) -> dict[str, object]:
    params = {"name": tool, "arguments": arguments}
    request = {"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": params}
    line.send(json.dumps(request).encode() + b"\n")
    while (message := json.loads(line.readline())).get("id") != request_id:
        pass
    answer: dict[str, object] = message["result"]["structuredContent"]
    return answer


class _Load(threading.Thread):
    """One window that tracks unique queries until it is told to stop."""

    def __init__(self, place: Place, name: str, enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.window = Window(place)
        self.window.initialize()
        self.acknowledged: dict[str, str] = {}
        self.problem: BaseException | None = None
        self._name = name
        self._enough = enough

    def run(self) -> None:
        number = 0
        try:
            while not self._enough.is_set():
                query = f"{self._name} asks {number}"
                self.acknowledged[query] = self.window.track(query=query)
                number += 1
        except BaseException as problem:
            self.problem = problem


def _kill_under_load(place: Place, kills: int, windows: int) -> None:
    enough, chance = threading.Event(), random.Random(7)
    loads = [_Load(place, f"window {number}", enough) for number in range(windows)]
    for load in loads:
        load.start()
    for _ in range(kills):
        hub = place.hub_pid()
        _wait_for_answers(loads, chance.randint(1, 20))
        os.kill(hub, signal.SIGKILL)
        _gone(hub)
    _wait_for_one_more_each(loads)
    enough.set()
    for load in loads:
        load.join()
        load.window.close()
    assert _problem(loads) is None
    rows = exported(place)
    assert Counter(row["user_query"] for row in rows).most_common(1)[0][1] == 1
    acknowledged = {query: identity for load in loads for query, identity in load.acknowledged.items()}
    assert {row["user_query"]: row["invocation_id"] for row in rows} == acknowledged


def _gone(pid: int) -> None:
    eventually(lambda: not psutil.pid_exists(pid))


def _wait_for_answers(loads: list[_Load], more: int) -> None:
    before = sum(len(load.acknowledged) for load in loads)
    eventually(lambda: sum(len(load.acknowledged) for load in loads) >= before + more or _problem(loads))


def _wait_for_one_more_each(loads: list[_Load]) -> None:
    before = {load: len(load.acknowledged) for load in loads}
    eventually(lambda: all(len(load.acknowledged) > before[load] for load in loads) or _problem(loads))


def _problem(loads: list[_Load]) -> BaseException | None:
    return next((load.problem for load in loads if load.problem), None)

"""Carrying lines between an assistant and hubs that come and go, over real streams."""

import json
import os
import queue
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from session_buddy.bridge.carrier import Carrier
from session_buddy.bridge.door import HANDOVER, STOP, HubLine
from session_buddy.bridge.messages import MAX_LINE
from session_buddy.errors import HubUnavailableError

LIMIT = 10.0
UNAVAILABLE = -32000

Message = dict[str, Any]


class Hub:
    """The hub's end of a connection, as a script plays it."""

    def __init__(self, resent: list[Any], hold_back: float) -> None:
        self.resent = resent
        self.hold_back = hold_back
        self._mine, theirs = socket.socketpair()
        self._mine.settimeout(LIMIT)
        self._lines = self._mine.makefile("rb")
        self.line = HubLine(theirs, theirs.makefile("rb"), {"hello": 1})

    def read(self) -> bytes:
        return self._lines.readline()

    def receive(self) -> Message:
        message: Message = json.loads(self.read())
        return message

    def send(self, message: Message) -> None:
        self._mine.sendall(json.dumps(message).encode() + b"\n")

    def answer(self, request_id: Any, result: Any = None) -> None:
        self.send({"jsonrpc": "2.0", "id": request_id, "result": result or {}})

    def die(self) -> None:
        """As a killed process: what it has read and not answered is lost."""
        self._mine.shutdown(socket.SHUT_RDWR)
        self._lines.close()
        self._mine.close()


class Assistant:
    """A carrier with both its ends: the assistant's, and the hubs it connects to."""

    def __init__(self, refusal: str | None = None) -> None:
        carrier_reads, self._writes = os.pipe()
        self._reads, carrier_writes = os.pipe()
        self._in, self._out = os.fdopen(carrier_reads, "rb"), os.fdopen(carrier_writes, "wb")
        self._to, self._from = os.fdopen(self._writes, "wb"), os.fdopen(self._reads, "rb")
        self._arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._hubs: queue.SimpleQueue[Hub] = queue.SimpleQueue()
        self._all_hubs: list[Hub] = []
        self.refusal = refusal
        self.connections = 0
        self.asked: list[Any] = []
        self.logged: list[tuple[str, str]] = []
        carrier = Carrier(
            self._connect, self._in, self._out, lambda severity, text: self.logged.append((severity, text))
        )
        self.running = threading.Thread(target=carrier.run, daemon=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self.running.start()
        self._reader.start()

    def _connect(self, resent: list[Any], hold_back: float) -> HubLine:
        self.connections += 1
        if self.refusal:
            raise HubUnavailableError(self.refusal)
        hub = Hub(resent, hold_back)
        self._all_hubs.append(hub)
        self._hubs.put(hub)
        return hub.line

    def _read(self) -> None:
        for line in self._from:
            self._arrived.put(line)

    def hub(self) -> Hub:
        """The next hub that the carrier connects to."""
        return self._hubs.get(timeout=LIMIT)

    def write(self, data: bytes) -> None:
        self._to.write(data)
        self._to.flush()

    def send(self, message: Message) -> None:
        self.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def ask(self, request_id: Any, method: str = "tools/call", **params: Any) -> None:
        self.asked.append(request_id)
        self.send({"id": request_id, "method": method, "params": params})

    def read(self) -> bytes:
        """The next line that arrives at the assistant."""
        return self._arrived.get(timeout=LIMIT)

    def receive(self) -> Message:
        message: Message = json.loads(self.read())
        return message

    def initialize(self, hub: Hub) -> None:
        """The handshake of the older protocols."""
        self.ask("init", "initialize", protocolVersion="2025-11-25")
        assert hub.receive()["method"] == "initialize"
        hub.answer("init", {"protocolVersion": "2025-11-25"})
        assert self.receive()["id"] == "init"
        self.send({"method": "notifications/initialized"})
        assert hub.receive()["method"] == "notifications/initialized"

    def passes(self, hub: Hub, request_id: Any) -> None:
        """A request and its answer pass, and nothing else was on its way in either direction."""
        self.ask(request_id, "ping")
        assert hub.receive() == {"jsonrpc": "2.0", "id": request_id, "method": "ping", "params": {}}
        hub.answer(request_id)
        assert self.receive() == {"jsonrpc": "2.0", "id": request_id, "result": {}}

    def leave(self) -> None:
        """Close stdin, and wait for the carrier to end."""
        if not self._to.closed:
            self._to.close()
        self.running.join(LIMIT)
        assert not self.running.is_alive(), "the carrier stays behind"

    def close(self) -> None:
        if not self._to.closed and self.running.is_alive():
            for request_id in self.asked:  # so that the carrier waits for no answer
                self.send({"method": "notifications/cancelled", "params": {"requestId": request_id}})
        self.leave()
        self._out.close()
        self._reader.join(LIMIT)
        for hub in self._all_hubs:
            hub.line.close()
            if hub._mine.fileno() != -1:
                hub.die()
        self._in.close()
        self._from.close()


@pytest.fixture
def assistant() -> Iterator[Assistant]:
    assistant = Assistant()
    yield assistant
    assistant.close()


def lose(assistant: Assistant, hub: Hub) -> None:
    """Let the hub die, and wait until the carrier knows."""
    before = len(assistant.logged)
    hub.die()
    deadline = time.monotonic() + LIMIT
    while len(assistant.logged) == before:
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


@pytest.mark.parametrize(
    "line",
    [
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}\n',
        b'{ "method" : "ping",\t"id":"\\u00e9", "jsonrpc": "2.0", "extra": [1.0, 1e2, null] }\r\n',
        '{"jsonrpc":"2.0","id":1,"method":"größe ✓","params":{}}\n'.encode(),
        b'{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}\n',
        b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]\n',
    ],
)
def test_a_line_passes_unchanged_byte_for_byte(assistant: Assistant, line: bytes) -> None:
    hub = assistant.hub()
    assistant.asked = [1, "é"]
    assistant.write(line)
    assert hub.read() == line


def test_an_answer_passes_unchanged_byte_for_byte(assistant: Assistant) -> None:
    hub, line = assistant.hub(), b'{ "id":1 ,"result":{"x":[1.0, 1e2]}, "jsonrpc": "2.0"}\n'
    assistant.ask(1)
    hub.read()
    hub._mine.sendall(line)
    assert assistant.read() == line


def test_a_message_of_nearly_16_mb_passes_both_ways(assistant: Assistant) -> None:
    hub, text = assistant.hub(), "x" * (MAX_LINE - 200)
    assistant.ask(1, text=text)
    assert hub.receive()["params"]["text"] == text
    threading.Thread(target=hub.answer, args=(1, {"text": text}), daemon=True).start()
    assert assistant.receive()["result"]["text"] == text


def test_many_requests_are_answered_in_any_order(assistant: Assistant) -> None:
    hub = assistant.hub()
    for number in range(100):
        assistant.ask(number)
    asked = [hub.receive()["id"] for _ in range(100)]
    assert asked == list(range(100))
    for number in reversed(asked):
        hub.answer(number)
    assert [assistant.receive()["id"] for _ in range(100)] == list(reversed(asked))


def test_what_is_sent_before_there_is_a_hub_reaches_it(assistant: Assistant) -> None:
    assistant.ask(1, "initialize")
    assistant.send({"method": "notifications/initialized"})
    hub = assistant.hub()
    assert [hub.receive()["method"] for _ in range(2)] == ["initialize", "notifications/initialized"]
    assert hub.resent == []


@pytest.mark.parametrize("line", [b"hello\n", b'{"jsonrpc":"2.0","id":1,\n', b"\xff\xfe\n", b"[" * 100_000 + b"\n"])
def test_a_line_that_is_not_json_gets_an_error_and_nothing_else_suffers(assistant: Assistant, line: bytes) -> None:
    hub = assistant.hub()
    assistant.ask("before")
    assistant.write(line)
    assert assistant.receive()["error"]["code"] == -32700
    assert hub.receive()["id"] == "before"
    hub.answer("before")
    assert assistant.receive()["id"] == "before"
    assistant.passes(hub, "after")


@pytest.mark.parametrize("megabytes", [17, 20])
def test_a_line_that_is_too_long_gets_an_error_with_its_id_and_nothing_else_suffers(
    assistant: Assistant, megabytes: int
) -> None:
    hub = assistant.hub()
    assistant.ask("long", text="x" * megabytes * 1024 * 1024)
    error = assistant.receive()
    assert (error["id"], error["error"]["code"]) == ("long", -32600)
    assistant.passes(hub, "after")


def test_a_deep_line_that_is_too_long_gets_an_error_and_nothing_else_suffers(assistant: Assistant) -> None:
    hub = assistant.hub()
    assistant.write(b'{"params": ' + b'{"a": ' * 10_000 + b"x" * MAX_LINE + b"\n")
    assert assistant.receive()["error"]["code"] == -32600
    assistant.passes(hub, "after")


def test_a_request_in_flight_is_sent_again_once_when_the_hub_dies(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.ask(1, name="track_skill")
    sent = first.read()
    first.die()
    second = assistant.hub()
    assert second.resent == [1]
    assert second.read() == sent
    second.answer(1, {"made": True})
    assert assistant.receive() == {"jsonrpc": "2.0", "id": 1, "result": {"made": True}}
    assistant.passes(second, 2)


def test_what_was_answered_is_not_sent_again(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.passes(first, 1)
    assistant.ask(2)
    first.receive()
    first.die()
    second = assistant.hub()
    assert second.resent == [2]
    assert second.receive()["id"] == 2
    second.answer(2)
    assert assistant.receive()["id"] == 2


def test_a_request_that_was_taken_back_is_not_sent_again(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.ask(1)
    assistant.ask(2)
    assistant.send({"method": "notifications/cancelled", "params": {"requestId": 1}})
    assert [first.receive().get("id") for _ in range(3)] == [1, 2, None]
    first.die()
    second = assistant.hub()
    assert second.resent == [2]
    assert second.receive()["id"] == 2


def test_a_number_and_a_text_stay_different_ids(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.ask(1)
    assistant.ask("1")
    first.receive()
    first.receive()
    first.answer("1")
    assert assistant.receive()["id"] == "1"
    first.die()
    second = assistant.hub()
    assert second.resent == [1]
    assert second.receive()["id"] == 1


def test_a_new_hub_is_told_the_handshake_and_its_reply_is_swallowed(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.initialize(first)
    assistant.ask(1)
    first.receive()
    first.die()
    second = assistant.hub()
    assert [second.receive()["method"] for _ in range(3)] == ["initialize", "notifications/initialized", "tools/call"]
    assert second.resent == [1]
    second.answer("init", {"protocolVersion": "2025-11-25"})
    second.answer(1)
    assert assistant.receive()["id"] == 1
    assistant.passes(second, 2)


def test_a_handshake_that_the_hub_died_over_is_answered_by_the_next_one(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.ask("init", "initialize")
    first.receive()
    first.die()
    second = assistant.hub()
    assert second.receive()["method"] == "initialize"
    second.answer("init", {"from": "second"})
    assert assistant.receive() == {"jsonrpc": "2.0", "id": "init", "result": {"from": "second"}}


def test_without_a_handshake_none_is_replayed(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.ask(1, "server/discover")
    first.receive()
    first.die()
    assert assistant.hub().receive()["method"] == "server/discover"


def test_what_was_subscribed_is_subscribed_again_and_its_reply_swallowed(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.initialize(first)
    for number, (method, uri) in enumerate(
        [("resources/subscribe", "a:1"), ("resources/subscribe", "a:2"), ("resources/unsubscribe", "a:1")]
    ):
        assistant.ask(number, method, uri=uri)
        first.receive()
        first.answer(number)
        assert assistant.receive()["id"] == number
    assistant.ask("call")
    first.receive()
    first.die()
    second = assistant.hub()
    told = [second.receive() for _ in range(4)]
    assert [one["method"] for one in told[:2]] == ["initialize", "notifications/initialized"]
    assert (told[2]["method"], told[2]["params"]) == ("resources/subscribe", {"uri": "a:2"})
    assert told[3]["id"] == "call"
    second.answer("init")
    second.answer(told[2]["id"])
    second.send({"jsonrpc": "2.0", "method": "notifications/resources/updated", "params": {"uri": "a:2"}})
    second.answer("call")
    assert assistant.receive()["method"] == "notifications/resources/updated"
    assert assistant.receive()["id"] == "call"


def test_a_stream_of_events_goes_on_through_any_number_of_hubs(assistant: Assistant) -> None:
    hub = assistant.hub()
    assistant.ask("events", "subscriptions/listen")
    hub.receive()
    for _ in range(4):
        hub.die()
        hub = assistant.hub()
        assert hub.receive()["method"] == "subscriptions/listen"
        hub.send({"jsonrpc": "2.0", "method": "notifications/resources/updated", "params": {}})
        assert assistant.receive().get("method") == "notifications/resources/updated"


def test_a_question_of_the_hub_is_answered(assistant: Assistant) -> None:
    hub = assistant.hub()
    hub.send({"jsonrpc": "2.0", "id": 0, "method": "elicitation/create", "params": {}})
    assert assistant.receive()["method"] == "elicitation/create"
    assistant.send({"id": 0, "result": {"action": "accept"}})
    assert hub.receive() == {"jsonrpc": "2.0", "id": 0, "result": {"action": "accept"}}


def test_a_question_of_a_dead_hub_is_taken_back_and_a_late_answer_dropped(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.ask(1)
    first.receive()
    first.send({"jsonrpc": "2.0", "id": 0, "method": "elicitation/create", "params": {}})
    assert assistant.receive()["method"] == "elicitation/create"
    first.die()
    taken_back = assistant.receive()
    assert (taken_back["method"], taken_back["params"]["requestId"]) == ("notifications/cancelled", 0)
    second = assistant.hub()
    assert second.receive()["id"] == 1
    assistant.send({"id": 0, "result": {"action": "accept"}})
    assistant.passes(second, 2)


def test_a_question_that_was_answered_is_not_taken_back(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.ask(1)
    first.receive()
    first.send({"jsonrpc": "2.0", "id": 0, "method": "elicitation/create", "params": {}})
    assistant.receive()
    assistant.send({"id": 0, "result": {}})
    first.receive()
    first.die()
    second = assistant.hub()
    second.receive()
    second.answer(1)
    assert assistant.receive()["id"] == 1


def test_an_answer_that_nobody_asked_for_is_dropped(assistant: Assistant) -> None:
    hub = assistant.hub()
    assistant.send({"id": 5, "result": {}})
    assistant.passes(hub, 1)


def test_a_request_that_three_hubs_died_over_gets_an_error(assistant: Assistant) -> None:
    assistant.ask("deadly")
    for _ in range(3):
        hub = assistant.hub()
        assert hub.receive()["id"] == "deadly"
        hub.die()
    error = assistant.receive()
    assert (error["id"], error["error"]["code"]) == ("deadly", UNAVAILABLE)
    assert "three times" in error["error"]["message"]
    assistant.ask("next")
    hub = assistant.hub()
    assert hub.receive()["id"] == "next"
    assert hub.resent == []


def test_a_request_that_waits_with_a_deadly_one_is_still_answered(assistant: Assistant) -> None:
    assistant.ask("deadly")
    for _ in range(2):
        hub = assistant.hub()
        assert hub.receive()["id"] == "deadly"
        hub.die()
    hub = assistant.hub()
    hub.receive()
    assistant.ask("later")
    assert hub.receive()["id"] == "later"
    hub.die()
    assert assistant.receive()["id"] == "deadly"
    hub = assistant.hub()
    assert hub.resent == ["later"]
    assert hub.receive()["id"] == "later"


def test_without_a_hub_a_request_is_answered_with_the_reason_and_the_next_one_tries_again() -> None:
    assistant = Assistant("The disk is full. Make room.")
    assistant.ask(1)
    error = assistant.receive()
    assert error["id"] == 1
    assert error["error"] == {"code": UNAVAILABLE, "message": "The disk is full. Make room."}
    tries = assistant.connections
    assistant.ask(2)
    assert assistant.receive()["id"] == 2
    assert assistant.connections == tries + 1
    assistant.refusal = None
    assistant.ask(3)
    hub = assistant.hub()
    assert hub.receive()["id"] == 3
    assert hub.resent == []
    hub.answer(3)
    assert assistant.receive() == {"jsonrpc": "2.0", "id": 3, "result": {}}
    assistant.close()


def test_a_failed_handshake_is_told_to_the_hub_that_comes_later(assistant: Assistant) -> None:
    first = assistant.hub()
    assistant.initialize(first)
    assistant.refusal = "Not now."
    assistant.ask(1)
    first.receive()
    first.die()
    assert assistant.receive()["error"]["message"] == "Not now."
    assistant.refusal = None
    assistant.ask(2)
    second = assistant.hub()
    assert [second.receive()["method"] for _ in range(3)] == ["initialize", "notifications/initialized", "tools/call"]


def test_a_hub_that_was_stopped_is_not_replaced_until_there_is_a_request(assistant: Assistant) -> None:
    hub = assistant.hub()
    assistant.initialize(hub)
    hub.send({"bye": STOP})
    lose(assistant, hub)
    assistant.send({"method": "notifications/roots/list_changed"})
    assistant.write(b"not json\n")
    assert "error" in assistant.receive()
    assert assistant.connections == 1
    assistant.ask(1)
    second = assistant.hub()
    told = [second.receive()["method"] for _ in range(4)]
    assert sorted(told) == sorted(
        ["initialize", "notifications/initialized", "tools/call", "notifications/roots/list_changed"]
    )
    assert assistant.connections == 2


def test_a_stopped_hub_is_not_started_again_by_a_stream_of_events(assistant: Assistant) -> None:
    hub = assistant.hub()
    assistant.ask("events", "subscriptions/listen")
    hub.receive()
    hub.send({"bye": STOP})
    lose(assistant, hub)
    assistant.leave()
    assert assistant.connections == 1


def test_goodbyes_do_not_reach_the_assistant(assistant: Assistant) -> None:
    hub = assistant.hub()
    hub.send({"bye": STOP})
    lose(assistant, hub)
    assistant.ask(1)
    second = assistant.hub()
    second.receive()
    second.answer(1)
    assert assistant.receive()["id"] == 1


def test_after_a_handover_the_newer_window_starts_the_next_hub(assistant: Assistant) -> None:
    first = assistant.hub()
    assert first.hold_back == 0
    assistant.ask(1)
    first.receive()
    first.send({"bye": HANDOVER})
    first.die()
    second = assistant.hub()
    assert second.hold_back > 0
    assert second.receive()["id"] == 1
    second.die()
    assert assistant.hub().hold_back == 0


def test_when_stdin_closes_the_carrier_ends_and_lets_go_of_the_hub(assistant: Assistant) -> None:
    hub = assistant.hub()
    assistant.passes(hub, 1)
    assistant.leave()
    assert hub.read() == b""


def test_when_stdin_closes_an_answer_on_its_way_still_arrives(assistant: Assistant) -> None:
    hub = assistant.hub()
    assistant.ask(1)
    hub.receive()
    assistant._to.close()
    hub.answer(1)
    assert assistant.receive()["id"] == 1
    assistant.leave()


def test_when_stdin_closes_a_hub_that_never_answers_holds_nothing_up(assistant: Assistant) -> None:
    hub = assistant.hub()
    assistant.ask(1)
    hub.receive()
    assistant.leave()
    assert hub.read() == b""


def test_when_stdin_closes_without_a_hub_the_carrier_ends() -> None:
    assistant = Assistant("No.")
    assistant.ask(1)
    assistant.receive()
    assistant.close()

"""What the bridge reads of a line."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_buddy.bridge import messages
from session_buddy.bridge.messages import MAX_LINE, BadLineError

SECOND = b'{"jsonrpc": "2.0", "id": 2, "method": "ping"}\n'
IDS = st.one_of(st.integers(-(2**53), 2**53), st.text(max_size=20))


def long_line(head: str, length: int = MAX_LINE + 1, tail: str = "") -> bytes:
    """A line of `length` bytes and its end, which begins with `head`."""
    return (head.encode() + b"x" * (length - len(head) - len(tail)) + tail.encode())[:length] + b"\n"


def refused(data: bytes) -> dict[str, Any]:
    """The error that a line is answered with; what comes after it must be read as ever."""
    stream = io.BytesIO(data + SECOND)
    with pytest.raises(BadLineError) as bad:
        messages.read_line(stream)
    assert messages.read_line(stream) == SECOND
    answer: dict[str, Any] = json.loads(bad.value.answer)
    return answer


def test_lines_are_read_as_they_are() -> None:
    stream = io.BytesIO(b'{"a":  1 }\r\n' + SECOND)
    assert [messages.read_line(stream) for _ in range(3)] == [b'{"a":  1 }\r\n', SECOND, b""]


def test_blank_lines_are_passed_over() -> None:
    stream = io.BytesIO(b"\n  \r\n\t\n" + SECOND + b"\n")
    assert [messages.read_line(stream) for _ in range(2)] == [SECOND, b""]


def test_a_last_line_without_an_end_gets_one() -> None:
    assert messages.read_line(io.BytesIO(SECOND.rstrip())) == SECOND


def test_the_longest_line_is_accepted() -> None:
    data = long_line('{"id": 1, "text": "', MAX_LINE, '"}')
    assert len(messages.read_line(io.BytesIO(data))) == MAX_LINE + 1


@pytest.mark.parametrize("length", [MAX_LINE + 1, 17 * 1024 * 1024, 20 * 1024 * 1024])
def test_a_line_that_is_too_long_is_refused_and_the_next_one_is_read(length: int) -> None:
    answer = refused(long_line('{"jsonrpc": "2.0", "id": "early", "params": {"text": "', length))
    assert answer["id"] == "early"
    assert answer["error"]["code"] == messages.INVALID_REQUEST
    assert "16 MB" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('{"jsonrpc": "2.0", "method": "tools/call", "id": 7, "params": "', 7),
        ('{"params": {"id": 5, "x": [1, {"id": 6}]}, "id" : "seven" , "text": "', "seven"),
        ('  {"id":null,"text":"', None),
        ('{"text": "\\"id\\": 3, ', None),
        ('{"text": "', None),
        ('["id", 4, "', None),
        ("no json at all ", None),
        ("", None),
    ],
)
def test_the_id_of_a_line_that_is_too_long_is_found_where_it_comes_early(head: str, expected: object) -> None:
    assert refused(long_line(head))["id"] == expected


@pytest.mark.parametrize(
    "head", ['{"id": 1, "a": ' + "[" * 60_000, '{"a": ' * 10_000, '{"a": ' + "9" * 60_000 + ', "id": 1']
)
def test_a_line_that_is_too_long_may_hold_anything(head: str) -> None:
    assert refused(long_line(head))["error"]["code"] == messages.INVALID_REQUEST


def test_a_line_that_is_too_long_and_never_ends_is_refused() -> None:
    stream = io.BytesIO(long_line('{"id": 1, "text": "').rstrip(b"\n"))
    with pytest.raises(BadLineError):
        messages.read_line(stream)
    assert messages.read_line(stream) == b""


@pytest.mark.parametrize(
    "data",
    [b"hello\n", b'{"a": 1\n', b"\xff\xfe\n", b"{} {}\n", b"[" * 100_000 + b"\n", b'{"id": ' + b"9" * 5_000 + b"}\n"],
)
def test_what_is_not_json_is_refused_without_repeating_it(data: bytes) -> None:
    with pytest.raises(BadLineError) as bad:
        messages.parse(data)
    answer = json.loads(bad.value.answer)
    assert answer["id"] is None
    assert answer["error"]["code"] == messages.PARSE_ERROR
    assert b"hello" not in bad.value.answer


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=10), st.one_of(IDS, st.none(), st.booleans(), st.lists(IDS, max_size=3))))
def test_what_is_json_is_parsed(message: dict[str, Any]) -> None:
    assert messages.parse(json.dumps(message).encode() + b"\n") == message


def test_a_number_and_a_text_are_different_ids() -> None:
    assert len({messages.key(one) for one in (1, "1", None, "null", 1.5, True, [1])}) == 7


@settings(deadline=None)
@given(IDS)
def test_an_error_is_one_line_of_json_rpc(request_id: int | str) -> None:
    data = messages.error(request_id, -32000, "two\nlines")
    assert data.count(b"\n") == 1
    error = {"code": -32000, "message": "two\nlines"}
    assert json.loads(data) == {"jsonrpc": "2.0", "id": request_id, "error": error}


@settings(deadline=None)
@given(IDS)
def test_a_request_is_taken_back_by_its_id(request_id: int | str) -> None:
    message = json.loads(messages.cancelled(request_id, "because"))
    assert message["method"] == "notifications/cancelled"
    assert "id" not in message
    assert message["params"] == {"requestId": request_id, "reason": "because"}

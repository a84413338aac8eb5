"""The greeting of a client fits into what a hub reads before it knows the client."""

import json

import pytest

from session_buddy.bridge.door import hello
from session_buddy.hub.admission import MAX_GREETING
from session_buddy.settings import read


@pytest.mark.parametrize(
    ("request_ids", "kept"),
    [
        (list(range(1_000)), 1_000),
        ([f"{number:036}" for number in range(700)], 700),
        ([f"{number:0900}" for number in range(1_000)], 36),
        (["x" * 1_000_000, 1, "two"], 2),
        (["\u4e2d" * 20_000, "\x00" * 20_000], 0),
        ([], 0),
    ],
)
def test_a_greeting_is_short_enough_for_a_hub(request_ids: list[object], kept: int) -> None:
    greeting = hello(read({"SESSION_BUDDY_PROJECT": "/" + "\u4e2d" * 1_300}), "mcp", "c" * 32, request_ids)
    assert len(greeting["resent"]) == kept
    assert [one for one in request_ids if one in greeting["resent"]] == greeting["resent"]
    assert len(json.dumps(greeting | {"token": "t" * 64})) < MAX_GREETING

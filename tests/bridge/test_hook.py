"""What a hook makes of any event: bounded work, and nothing private in what it passes on."""

import json
from typing import Any

import pytest

from session_buddy.bridge.hook import MAX_PARSED, MAX_TEXT, _event, _leading_members, _parsed, _told
from session_buddy.settings import read

SECRET = "hunter2"


def told(**members: Any) -> dict[str, Any]:
    return _told(_parsed(json.dumps(members).encode()))


@pytest.mark.parametrize("name", ["prompt", "command_args", "command_name", "tool_name", "prompt_id", "source"])
@pytest.mark.parametrize(
    "text",
    [
        f"a <private>x <private>y</private> {SECRET}</private> z",
        f"a < PRIVATE\n>{SECRET}</ private > z",
        f"{'İ' * 20} <private>{'İ' * 9} {SECRET}</private> z",
        f"a <private>{SECRET}",
    ],
)
def test_no_field_passes_a_private_part_on(name: str, text: str) -> None:
    assert SECRET not in str(told(**{name: text}))
    assert SECRET not in str(told(tool_input={"skill": text, "command": text}))


def test_a_part_opened_in_another_field_is_removed() -> None:
    event = told(prompt="deploy <private>now", command_args=f"{SECRET}</private> please")
    assert event == {"prompt": "deploy ", "command_args": " please"}
    both = told(tool_input={"skill": "deploy<private>", "command": f"echo {SECRET}</private>"})
    assert both == {"tool_input": {"skill": "deploy"}}


def test_a_closing_tag_alone_removes_nothing() -> None:
    assert told(prompt="what does </private> mean", source="startup")["prompt"] == "what does  mean"


def test_the_start_of_a_huge_prompt_is_kept() -> None:
    assert told(session_id="s", prompt="x" * (2 * MAX_PARSED))["prompt"] == "x" * MAX_TEXT
    assert told(session_id="s", prompt='é"\\\n' * MAX_PARSED)["prompt"].startswith('é"\\\né"\\\n')


def test_a_huge_prompt_that_ends_in_private_is_cut_there() -> None:
    text = f"a <private>{SECRET}" + "x" * (2 * MAX_PARSED) + f"</private> {SECRET}"
    assert told(prompt=text)["prompt"] == "a "


@pytest.mark.parametrize("response", ["x" * (2 * MAX_PARSED), [[]] * MAX_PARSED, {str(i): i for i in range(99_999)}])
def test_what_stands_before_a_huge_member_is_kept(response: object) -> None:
    known = {"session_id": "s", "hook_event_name": "PostToolUse", "tool_name": "Read"}
    found = _parsed(json.dumps(known | {"tool_response": response}).encode())
    assert {name: value for name, value in found.items() if name != "tool_response"} == known


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 50_000, "[" * 100_000 + "]" * 100_000])
def test_what_stands_before_a_deep_member_is_kept(deep: str) -> None:
    known = {"session_id": "s", "hook_event_name": "Stop"}
    found = _parsed((json.dumps(known)[:-1] + ', "extra": ' + deep + "]" * 3 + "}").encode())
    assert found == known
    event = _event(found, read(), "claude-code")
    assert event
    assert event["session"] == "s"


@pytest.mark.parametrize(
    "text", ["", "{", '{"', '{"a"', '{"a":', '{"a":1', '{"a" 1', "[1]", '{"a":"\\', "{1:2}", "\ud800"]
)
def test_half_an_event_raises_nothing(text: str) -> None:
    assert _leading_members(text) in ({}, {"a": 1}, {"a": ""})

"""JSON with comments: read as JSON is, with the place of every value, and changed in spots."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from session_buddy.assistants.claude_code_hooks import handlers
from session_buddy.assistants.hook_entries import ours_in, with_hooks, without_hooks
from session_buddy.assistants.jsonc import parse
from session_buddy.assistants.jsonc_edits import append, found, put, removed
from session_buddy.assistants.server_entry import with_server, without_server
from session_buddy.errors import ConfigurationError
from tests.assistants.documents import any_value, configurations, values

HANDLERS = {
    event: one for event, one in handlers("/bin/session-buddy", ["hook"]).items() if event in ("Stop", "PostToolUse")
}


def installed(text: str) -> str:
    return with_hooks(with_server(text, "mcpServers", "/bin/session-buddy", {}), HANDLERS, grouped=True)


def taken_out(text: str) -> str:
    return without_server(without_hooks(text), "mcpServers")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values(any_value()))
def test_a_document_in_any_layout_has_the_value_that_json_gives_it(document: tuple[str, Any]) -> None:
    text, value = document
    assert json.dumps(parse(text).value) == json.dumps(value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values(any_value()))
def test_every_value_stands_where_it_is_said_to_stand(document: tuple[str, Any]) -> None:
    text, _ = document
    todo = [parse(text)]
    while todo:
        node = todo.pop()
        assert json.dumps(parse(text[node.start : node.end]).value) == json.dumps(node.value)
        todo.extend(item.node for item in node.items)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values(configurations()))
def test_what_is_put_into_any_document_and_taken_out_again_leaves_the_same_bytes(document: tuple[str, Any]) -> None:
    text, value = document
    there = installed(text)
    became = parse(there).value
    assert {key: one for key, one in became.items() if key not in ("hooks", "mcpServers")} == {
        key: one for key, one in value.items() if key not in ("hooks", "mcpServers")
    }
    assert len(ours_in(there)) == len(HANDLERS)
    assert installed(there) == there
    back = taken_out(there)
    if value:
        assert back == text
    assert parse(back).value == value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values(configurations()))
def test_taking_out_what_is_not_there_changes_nothing(document: tuple[str, Any]) -> None:
    text, _ = document
    assert taken_out(text) == text


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "line 1, column 1"),
        ('{"a": 1', "line 1, column 8"),
        ('{\n  "a": 1\n  "b": 2\n}', "line 3, column 3"),
        ("{\n  a: 1\n}", "line 2, column 3"),
        ('{"a": 01}', "line 1, column 7"),
        ('{"a": nul}', "line 1, column 7"),
        ('{"a": "x\ty"}', "line 1, column 7"),
        ("{} {}", "line 1, column 4"),
        ("{ /* no end", "line 1, column 3"),
        ("[" * 300, "line 1, column 202"),
        ('{"a": [1,, 2]}', "line 1, column 10"),
        ("{,}", "line 1, column 2"),
    ],
)
def test_what_is_no_json_is_refused_with_line_and_column(text: str, where: str) -> None:
    with pytest.raises(ConfigurationError, match=where):
        parse(text)


def test_a_new_member_is_laid_out_like_its_neighbours() -> None:
    text = '{\r\n\t"a": 1, // one\r\n}\r\n'
    assert put(text, ["b"], {"c": [1]}) == '{\r\n\t"a": 1, // one\r\n\t"b": {\r\n\t\t"c": [1]\r\n\t},\r\n}\r\n'
    assert put('{"a":1}', ["b"], {"c": 2}) == '{"a":1, "b": {"c": 2}}'
    assert put("{}", ["b"], {}) == '{\n  "b": {}\n}'
    assert put('{\n    "a": 1 // one\n}', ["b"], 2) == '{\n    "a": 1, // one\n    "b": 2\n}'


def test_a_comment_behind_a_member_stays_with_it_when_its_neighbour_goes() -> None:
    text = '{\n  "a": 1, // of a\n  "b": 2, // of b\n  "c": 3\n}'
    assert removed(text, ["b"]) == '{\n  "a": 1, // of a\n   // of b\n  "c": 3\n}'
    assert removed(text, ["c"]) == '{\n  "a": 1, // of a\n  "b": 2 // of b\n}'


def test_a_line_comment_never_swallows_what_follows_a_removed_member() -> None:
    text = '{ // about b\n "b": 2, "c": 3 }'
    assert parse(removed(text, ["b"])).value == {"c": 3}


def test_of_two_members_with_one_key_the_last_counts_as_it_does_for_parsers() -> None:
    text = '{"a": {"x": 1}, "a": {"y": 2}}'
    assert parse(put(text, ["a", "z"], 3)).value == {"a": {"y": 2, "z": 3}}
    node = found(text, ["a"])
    assert node is not None
    assert node.value == {"y": 2}


def test_what_is_not_an_object_or_a_list_is_not_made_one() -> None:
    with pytest.raises(ConfigurationError, match="a must be an object in braces at line 1, column 7"):
        put('{"a": []}', ["a", "b"], 1)
    with pytest.raises(ConfigurationError, match=r"a\.b must be a list"):
        append('{"a": {"b": {}}}', ["a", "b"], 1)


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": -Infinity}', f'{{"a": {"9" * 5000}}}'])
def test_numbers_that_are_no_json_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="line 1, column 7"):
        parse(text)

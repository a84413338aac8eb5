"""The examples of RFC 6902, appendix A.

They give here what they give there, for none of them adds a member that exists. Where section 4.1 lets `add` overwrite
one, this project refuses; the last test says so. A.13, an object with `op` twice, is text that no dict can hold; it is
refused where text is read (`test_refused_packs.py`).
"""

from typing import Any

import pytest

from session_buddy.coaching.patches import Patch, applied, holds, parse
from session_buddy.errors import PatchError
from tests.coaching.documents import exact

Json = dict[str, Any]

HOLD: list[tuple[str, Json, Patch, Json]] = [
    (
        "A.1 adding an object member",
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux"}],
        {"baz": "qux", "foo": "bar"},
    ),
    (
        "A.2 adding an array element",
        {"foo": ["bar", "baz"]},
        [{"op": "add", "path": "/foo/1", "value": "qux"}],
        {"foo": ["bar", "qux", "baz"]},
    ),
    (
        "A.3 removing an object member",
        {"baz": "qux", "foo": "bar"},
        [{"op": "remove", "path": "/baz"}],
        {"foo": "bar"},
    ),
    (
        "A.4 removing an array element",
        {"foo": ["bar", "qux", "baz"]},
        [{"op": "remove", "path": "/foo/1"}],
        {"foo": ["bar", "baz"]},
    ),
    (
        "A.5 replacing a value",
        {"baz": "qux", "foo": "bar"},
        [{"op": "replace", "path": "/baz", "value": "boo"}],
        {"baz": "boo", "foo": "bar"},
    ),
    (
        "A.6 moving a value",
        {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
        [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
        {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
    ),
    (
        "A.7 moving an array element",
        {"foo": ["all", "grass", "cows", "eat"]},
        [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
        {"foo": ["all", "cows", "eat", "grass"]},
    ),
    (
        "A.8 testing a value: success",
        {"baz": "qux", "foo": ["a", 2, "c"]},
        [{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}],
        {"baz": "qux", "foo": ["a", 2, "c"]},
    ),
    (
        "A.10 adding a nested member object",
        {"foo": "bar"},
        [{"op": "add", "path": "/child", "value": {"grandchild": {}}}],
        {"foo": "bar", "child": {"grandchild": {}}},
    ),
    (
        "A.11 ignoring unrecognized elements",
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}],
        {"foo": "bar", "baz": "qux"},
    ),
    (
        "A.14 ~ escape ordering",
        {"/": 9, "~1": 10},
        [{"op": "test", "path": "/~01", "value": 10}],
        {"/": 9, "~1": 10},
    ),
    (
        "A.16 adding an array value",
        {"foo": ["bar"]},
        [{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}],
        {"foo": ["bar", ["abc", "def"]]},
    ),
]
FAIL: list[tuple[str, Json, Patch, str]] = [
    (
        "A.9 testing a value: error",
        {"baz": "qux"},
        [{"op": "test", "path": "/baz", "value": "bar"}],
        'patch[0] (test "/baz") does not hold: the value there is missing or another.',
    ),
    (
        "A.12 adding to a nonexistent target",
        {"foo": "bar"},
        [{"op": "add", "path": "/baz/bat", "value": "qux"}],
        'patch[0] (add "/baz/bat") does not hold: its place cannot be reached.',
    ),
    (
        "A.15 comparing strings and numbers",
        {"/": 9, "~1": 10},
        [{"op": "test", "path": "/~01", "value": "10"}],
        'patch[0] (test "/~01") does not hold: the value there is missing or another.',
    ),
]


@pytest.mark.parametrize(("before", "patch", "after"), [row[1:] for row in HOLD], ids=[row[0] for row in HOLD])
def test_an_example_gives_the_result_that_stands_there(before: Json, patch: Patch, after: Json) -> None:
    assert exact(applied(before, parse(patch))) == exact(after)


@pytest.mark.parametrize(("before", "patch", "message"), [row[1:] for row in FAIL], ids=[row[0] for row in FAIL])
def test_an_example_of_an_error_fails_and_says_where(before: Json, patch: Patch, message: str) -> None:
    assert not holds(before, parse(patch))
    with pytest.raises(PatchError) as failed:
        applied(before, parse(patch))
    assert str(failed.value) == message


def test_what_a_patch_has_beyond_the_standard_is_dropped_when_it_is_read() -> None:
    assert parse([{"op": "add", "path": "/baz", "value": "qux", "xyz": 123, "from": 5}]) == [
        {"op": "add", "path": "/baz", "value": "qux"}
    ]


def test_unlike_in_section_4_1_what_exists_is_not_overwritten() -> None:
    with pytest.raises(PatchError, match=r'^patch\[0\] \(add "/foo"\) does not hold: there is a value already\.$'):
        applied({"foo": None}, [{"op": "add", "path": "/foo", "value": 1}])

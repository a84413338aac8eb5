"""What is said about a patch that is none."""

import math
from typing import Any

import pytest

from session_buddy.coaching.patches import parse
from session_buddy.errors import PatchError

LIST = "patch must be a list of 1 to 1,000 operations."
OBJECT = "patch[0] must be an object with op and path."
KINDS = "patch[0].op must be one of add, copy, move, remove, replace, test."
POINTER = 'patch[0].{} must be a JSON pointer (RFC 6901), as "/to/name"; "~" is written "~0", "/" "~1".'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, LIST),
        ("[]", LIST),
        ({"op": "remove", "path": "/a"}, LIST),
        ([], LIST),
        ([{"op": "remove", "path": "/a"}] * 1_001, LIST),
        (["remove"], OBJECT),
        ([None], OBJECT),
        ([{}], KINDS),
        ([{"op": "append", "path": "/a", "value": "x"}], KINDS),
        ([{"op": "Remove", "path": "/a"}], KINDS),
        ([{"op": ["remove"], "path": "/a"}], KINDS),
        ([{"op": "remove"}], "patch[0].path is missing; remove needs it."),
        ([{"op": "add", "path": "/a"}], "patch[0].value is missing; add needs it."),
        ([{"op": "test", "path": "/a"}], "patch[0].value is missing; test needs it."),
        ([{"op": "move", "path": "/a"}], "patch[0].from is missing; move needs it."),
        ([{"op": "copy", "path": "/a", "value": 1}], "patch[0].from is missing; copy needs it."),
        ([{"op": "remove", "path": "a"}], POINTER.format("path")),
        ([{"op": "remove", "path": "/a~"}], POINTER.format("path")),
        ([{"op": "remove", "path": "/a~2"}], POINTER.format("path")),
        ([{"op": "remove", "path": None}], POINTER.format("path")),
        ([{"op": "remove", "path": ["a"]}], POINTER.format("path")),
        ([{"op": "move", "path": "/a", "from": 1}], POINTER.format("from")),
        ([{"op": "remove", "path": "/a" * 60}], "patch[0].path must have at most 59 parts."),
        (
            [{"op": "remove", "path": "/\udc00"}],
            "patch[0].path holds text that is not valid Unicode (half a surrogate pair).",
        ),
        (
            [{"op": "test", "path": "/a", "value": -math.inf}],
            "patch[0].value holds a number that is not finite; JSON has no NaN and no Infinity.",
        ),
        (
            [{"op": "test", "path": "/a", "value": (1,)}],
            "patch[0].value is not JSON: it holds a value of type tuple.",
        ),
        (
            [{"op": "test", "path": "/a", "value": 10**5_000}],
            "patch[0].value holds a whole number of more than 4,200 digits.",
        ),
        (
            [{"op": "test", "path": "/a", "value": "x" * 4_000_000}],
            "patch[0].value is larger than the 4 MB that are allowed.",
        ),
        (
            [{"op": "test", "path": "/a", "value": dict.fromkeys(map(str, range(100_000)))}],
            "patch[0].value holds an object with 100,000 members; 10,000 are allowed.",
        ),
    ],
)
def test_a_patch_that_is_none_is_refused_and_the_place_named(value: Any, message: str) -> None:
    with pytest.raises(PatchError) as refused:
        parse(value)
    assert str(refused.value) == message


def test_the_place_of_a_patch_in_something_larger_is_named_too() -> None:
    with pytest.raises(PatchError, match=r"^items\[3\]\.patch\[1\]\.op must be one of "):
        parse([{"op": "remove", "path": "/a"}, {"op": "x", "path": "/a"}], "items[3].patch")


def test_an_object_that_holds_itself_is_refused() -> None:
    value: dict[str, Any] = {}
    value.update(a=value, b=value)
    with pytest.raises(PatchError, match=r"^patch\[0\]\.value is nested deeper than the 59 levels that are allowed\.$"):
        parse([{"op": "add", "path": "/a", "value": value}])


def test_a_value_that_is_there_many_times_over_is_refused_before_it_is_walked_through() -> None:
    value: list[Any] = ["x" * 100_000]
    for _ in range(50):
        value = [value] * 9
    with pytest.raises(PatchError, match=r"^patch\[0\]\.value is larger than the 4 MB that are allowed\.$"):
        parse([{"op": "add", "path": "/a", "value": value}])

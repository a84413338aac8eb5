"""Corrections as patches: made, applied, read and written."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings

from session_buddy.coaching.patches import (
    LEVELS,
    MOST_OPERATIONS,
    Patch,
    applied,
    canonical,
    difference,
    holds,
    parse,
    specificity,
)
from session_buddy.errors import PatchError
from tests.coaching.documents import DOCUMENTS, PATCHES, VALUES, exact

Json = dict[str, Any]


def nested(levels: int) -> Json:
    """Objects in one another."""
    value: Json = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, DOCUMENTS)
def test_a_difference_makes_exactly_what_came_after_of_what_was_before(before: Json, after: Json) -> None:
    was = exact(before)
    patch = difference(before, after)
    assert exact(applied(before, patch)) == exact(after)
    assert exact(before) == was
    assert bool(patch) == (was != exact(after))
    assert not patch or parse(json.loads(json.dumps(patch))) == patch


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, DOCUMENTS)
def test_every_value_that_a_difference_changes_is_tested_directly_before(before: Json, after: Json) -> None:
    patch = difference(before, after)
    assert {operation["op"] for operation in patch} <= {"test", "add", "replace", "remove"}
    for index, operation in enumerate(patch):
        if operation["op"] in ("replace", "remove"):
            assert (patch[index - 1]["op"], patch[index - 1]["path"]) == ("test", operation["path"])
    assert specificity(patch) == sum(operation["op"] == "test" for operation in patch)


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, PATCHES)
def test_any_patch_is_applied_to_a_copy_or_refused_on_one_line(document: Json, patch: Patch) -> None:
    was = exact([document, patch])
    if holds(document, patch):
        applied(document, patch)["new"] = True
    else:
        with pytest.raises(PatchError, match=r"\A[^\n]+\Z"):
            applied(document, patch)
    assert exact([document, patch]) == was


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, [("test", "/a", 1), ("replace", "/a", True)]),
        ({"a": 1}, {"a": 1.0}, [("test", "/a", 1), ("replace", "/a", 1.0)]),
        ({"a": None}, {}, [("test", "/a", None), ("remove", "/a")]),
        ({}, {"a": None}, [("add", "/a", None)]),
        ({"": 1, "~": 3}, {"": 2, "~": 3}, [("test", "/", 1), ("replace", "/", 2)]),
        ({"/": 1}, {}, [("test", "/~1", 1), ("remove", "/~1")]),
        ({"~": 1}, {"~": 2}, [("test", "/~0", 1), ("replace", "/~0", 2)]),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, [("test", "/a/1/b", 2), ("replace", "/a/1/b", 3)]),
        ({"to": ["ann", "bob"]}, {"to": ["bob"]}, [("test", "/to/0", "ann"), ("remove", "/to/0")]),
        ({"to": ["ann"]}, {"to": ["ann", "bob"]}, [("test", "/to", ["ann"]), ("add", "/to/1", "bob")]),
        ({"to": []}, {"to": [1, 2]}, [("test", "/to", []), ("add", "/to/0", 1), ("add", "/to/1", 2)]),
    ],
)  # fmt: skip
def test_a_difference_is_as_small_as_a_person_would_write_it(before: Json, after: Json, patch: list[Any]) -> None:
    assert exact([tuple(operation.values()) for operation in difference(before, after)]) == exact(patch)


def test_what_was_added_to_an_array_is_not_added_again() -> None:
    patch = difference({"to": ["ann"]}, {"to": ["ann", "bob"]})
    assert not holds({"to": ["ann", "bob"]}, patch)


def test_more_than_a_thousand_changes_become_one() -> None:
    before, after = ({str(n): sign * n for n in range(1, 502)} for sign in (1, -1))
    patch = difference(before, after)
    assert [operation["path"] for operation in patch] == ["", ""]
    assert applied(before, patch) == after
    del before["1"], after["1"]
    assert len(difference(before, after)) == MOST_OPERATIONS


def test_a_large_member_is_replaced_as_a_whole_and_the_others_are_compared() -> None:
    rows = [[n, n] for n in range(3_000)]
    before = {"rows": rows, "same": rows, "title": {"text": "old", "size": 1}}
    after = {"rows": rows[1:], "same": rows, "title": {"text": "new", "size": 1}}
    patch = difference(before, after)
    assert [operation["path"] for operation in patch] == ["/rows", "/rows", "/title/text", "/title/text"]
    assert exact(applied(before, patch)) == exact(after)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"a": math.nan}, "The document holds a number that is not finite; JSON has no NaN and no Infinity."),
        ({"a": {1}}, "The document is not JSON: it holds a value of type set."),
        ({1: "a"}, "The document is not JSON: the names of members must be text."),
        ({"a": "\ud800"}, "The document holds text that is not valid Unicode (half a surrogate pair)."),
        (nested(LEVELS + 1), "The document is nested deeper than the 59 levels that are allowed."),
        (nested(100_000), "The document is nested deeper than the 59 levels that are allowed."),
    ],
    ids=["nan", "set", "number as name", "surrogate", "deep", "very deep"],
)
def test_what_is_not_json_or_too_deep_has_no_difference(document: Json, message: str) -> None:
    for before, after in ((document, Json()), (Json(), document)):
        with pytest.raises(PatchError) as refused:
            difference(before, after)
        assert str(refused.value) == message


@pytest.mark.parametrize(
    ("here", "tested", "same"),
    [
        (1, 1.0, True), (0, -0.0, True), (None, None, True), ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}, True),
        (1, True, False), (0, False, False), ([1], [True], False), ({"a": 0}, {"a": False}, False),
        (None, False, False), ("1", 1, False), ([], {}, False), (2**53 + 1, float(2**53), False),
    ],
)  # fmt: skip
def test_a_test_compares_as_json_does(here: Any, tested: Any, same: bool) -> None:
    assert holds({"a": here}, [{"op": "test", "path": "/a", "value": tested}]) is same
    assert (canonical([{"value": here}]) == canonical([{"value": tested}])) is same


@settings(deadline=None, max_examples=100)
@given(VALUES, VALUES)
def test_canonical_texts_are_equal_exactly_for_what_a_test_takes_for_equal(one: Any, other: Any) -> None:
    same = holds({"a": one}, [{"op": "test", "path": "/a", "value": other}])
    assert (canonical([{"value": one}]) == canonical([{"value": other}])) is same


def test_a_canonical_text_is_compact_and_plain_ascii() -> None:
    patch = [{"value": {"ü": 1.0, "a": [1e21, True, None, 0.5]}, "path": "/a", "op": "add"}]
    text = r'[{"op":"add","path":"/a","value":{"a":[1000000000000000000000,true,null,0.5],"\u00fc":1}}]'
    assert canonical(patch) == text


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "test", "path": "/list/-", "value": 2}],
        [{"op": "test", "path": "/missing", "value": None}],
        [{"op": "test", "path": "/text/0", "value": "t"}],
        [{"op": "remove", "path": ""}],
        [{"op": "remove", "path": "/list/-"}],
        [{"op": "remove", "path": "/list/01"}],
        [{"op": "remove", "path": "/list/" + "1" * 5_000}],
        [{"op": "replace", "path": "/missing", "value": 1}],
        [{"op": "replace", "path": "", "value": [1]}],
        [{"op": "add", "path": "/list/3", "value": 1}],
        [{"op": "add", "path": "/text", "value": None}],
        [{"op": "add", "path": "", "value": {}}],
        [{"op": "copy", "from": "/list", "path": "/text"}],
        [{"op": "move", "from": "/list", "path": "/text"}],
        [{"op": "move", "from": "/list", "path": "/list/0"}],
        [{"op": "add", "path": "/new", "value": 1}, {"op": "add", "path": "/new", "value": 1}],
    ],
)
def test_a_patch_that_does_not_fit_does_not_hold(patch: Patch) -> None:
    assert not holds({"text": "text", "list": [1, 2]}, parse(patch))


def test_the_message_names_the_operation_that_did_not_hold() -> None:
    patch: Patch = [{"op": "add", "path": "/new", "value": 1}, {"op": "remove", "path": "/line\nbreak/" + "x" * 200}]
    with pytest.raises(PatchError) as failed:
        applied({}, patch)
    shown = '"/line\\nbreak/' + "x" * 67 + '\\u2026"'
    assert str(failed.value) == f"patch[1] (remove {shown}) does not hold: there is nothing to remove."


def test_copies_that_double_the_document_again_and_again_are_stopped() -> None:
    bomb = [{"op": "copy", "from": "", "path": f"/{n}"} for n in range(100)]
    with pytest.raises(
        PatchError, match=r'^patch\[13\] \(copy "/13"\) .*: the patch copies more than 10,000 values\.$'
    ):
        applied({}, parse(bomb))


def test_moves_into_ever_greater_depth_are_stopped() -> None:
    moves = [{"op": "move", "from": f"/{n}", "path": f"/{n + 1}/a"} for n in range(400)]
    deeper: Json = {str(n): {} for n in range(401)}
    with pytest.raises(
        PatchError, match=r"^What the patch makes is nested deeper than the 59 levels that are allowed\.$"
    ):
        applied(deeper, parse(moves))


def test_a_document_that_is_far_too_deep_is_refused_and_not_a_crash() -> None:
    assert not holds(nested(100_000), [{"op": "add", "path": "/b", "value": 1}])

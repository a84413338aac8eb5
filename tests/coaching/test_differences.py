"""What a person is told of a difference is true for any JSON, and says which correction made it where that is known."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from session_buddy.coaching import differences, patches
from session_buddy.coaching.items import choose
from tests.coaching.documents import DOCUMENTS, PATCHES, item
from tests.coaching.windows import made_of

Told = dict[str, Any]


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON: 1 is 1.0, and true is not 1."""
    return patches.canonical([one]) == patches.canonical([other])


@given(before=DOCUMENTS, after=DOCUMENTS)
def test_the_changes_make_exactly_the_one_of_the_other(before: Told, after: Told) -> None:
    changes = differences.between(before, after)
    assert same(made_of(before, changes), after)
    assert bool(changes) == (not same(before, after))
    assert differences.between(before, before) == []


@given(before=DOCUMENTS, after=DOCUMENTS)
def test_every_change_tells_the_value_that_stood_there_at_its_turn(before: Told, after: Told) -> None:
    document = before
    for one in differences.between(before, after):
        at = one["path"]
        if one["op"] == "add":
            assert one["before"] is None
        else:
            assert patches.holds(document, [{"op": "test", "path": at, "value": one["before"]}])
        if one["op"] == "replace":
            assert not same(one["before"], one["after"])
        document = made_of(document, [one])


@given(document=DOCUMENTS, corrected=st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_what_is_said_to_be_made_by_a_correction_is_made_by_it(document: Told, corrected: list[Told]) -> None:
    made = {str(found): found for found in (patches.difference(document, one) for one in corrected) if found}
    items = [item(patch) for patch in made.values()]
    chosen = choose(document, items)
    changes = differences.attributed(
        differences.between(document, chosen.parameters), [(one.item_id, one.patch) for one in chosen.applied]
    )
    for one in chosen.applied:
        alone = differences.between(document, patches.applied(document, one.patch))
        told = [each for each in changes if each["item_id"] == one.item_id]
        if len(chosen.applied) == 1:
            assert [{**each, "item_id": one.item_id} for each in alone] == told
        else:
            assert {each["path"] for each in told} <= {each["path"] for each in alone}


@given(patch=PATCHES)
def test_any_patch_is_told_with_what_it_tests(patch: patches.Patch) -> None:
    changes, where = differences.of_patch(patch)
    assert [(one["op"], one["path"]) for one in changes] == [
        (one["op"], one["path"]) for one in patch if one["op"] != "test"
    ]
    tested = [(one["path"], one["value"]) for one in patch if one["op"] == "test"]
    for one in where:
        assert any(path == one["path"] and same(value, one["value"]) for path, value in tested)


def test_arrays_are_told_by_what_came_and_went_between_their_equal_ends() -> None:
    changes = differences.between(
        {"a": [1, 2, 3, 4], "b": [1, 9], "c": [1]}, {"a": [1, 4], "b": [1, 2, 3, 9], "c": [1.0]}
    )
    assert [(one["op"], one["path"], one["before"], one["after"]) for one in changes] == [
        ("remove", "/a/2", 3, None),
        ("remove", "/a/1", 2, None),
        ("add", "/b/1", None, 2),
        ("add", "/b/2", None, 3),
    ]


def test_names_with_slashes_tildes_and_letters_of_any_script_are_pointed_to_as_they_are() -> None:
    changes = differences.between({"a/b": {"~": 1}, "é": 1, "": 1}, {"a/b": {"~": True}, "雪": None, "": 1})
    assert [(one["op"], one["path"], one["before"], one["after"]) for one in changes] == [
        ("replace", "/a~1b/~0", 1, True),
        ("remove", "/é", 1, None),
        ("add", "/雪", None, None),
    ]


def test_a_value_that_a_patch_replaces_without_a_test_is_not_made_up() -> None:
    ((one,), where) = differences.of_patch([{"op": "replace", "path": "/a", "value": 2}])
    assert (one, where) == ({"op": "replace", "path": "/a", "after": 2}, [])

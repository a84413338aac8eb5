"""Which items are applied to a suggestion, and which are not."""

from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from session_buddy.coaching.items import HARM_AFTER, Chosen, Conflict, choose, identity
from session_buddy.coaching.patches import Patch, difference
from session_buddy.coaching.shapes import MOST_MEMBERS
from tests.coaching.documents import DOCUMENTS, PATCHES, counted, exact, item

SUGGESTED = {"branch": "main", "draft": False, "to": ["ann"]}
COUNTS = st.tuples(*[st.integers(min_value=0, max_value=4)] * 4)


def to(value: Any, name: str = "branch") -> Patch:
    """The correction of one parameter of the suggestion."""
    return difference(SUGGESTED, {**SUGGESTED, name: value})


def told(chosen: Chosen) -> str:
    """All of an answer, strictly."""
    return exact(list(chosen))


def test_without_items_the_parameters_stay_as_they_are() -> None:
    chosen = choose(SUGGESTED, [])
    assert tuple(chosen) == (SUGGESTED, [], [], [], [], 0)
    assert chosen.parameters is not SUGGESTED


def test_items_that_hold_are_applied_and_others_left_out_without_a_word() -> None:
    fits, other = item(to("next")), item(difference({"branch": "old"}, {"branch": "new"}))
    assert choose(SUGGESTED, [other, fits]) == ({**SUGGESTED, "branch": "next"}, [fits], [], [], [], 0)


def test_the_given_parameters_are_not_changed() -> None:
    was = exact(SUGGESTED)
    choose(SUGGESTED, [item(to(["ann", "bob"], "to"))]).parameters["to"].append("eve")
    assert exact(SUGGESTED) == was


def test_most_tests_are_applied_first() -> None:
    one, none = item(to("next"), 1, 0, 0, 9), item([{"op": "add", "path": "/tag", "value": "v1"}], 99, 50, 50, 0)
    two = item([*to(True, "draft"), {"op": "test", "path": "/to", "value": ["ann"]}])
    chosen = choose(SUGGESTED, [none, one, two])
    assert chosen.applied == [two, one, none]
    assert chosen.parameters == {"branch": "next", "draft": True, "to": ["ann"], "tag": "v1"}


def test_of_items_that_touch_the_same_place_the_better_record_wins() -> None:
    proven, newer, worse = item(to("a"), 1, 9, 8, 1), item(to("b"), 90), item(to("c"), 1, 2, 1, 1)
    chosen = choose(SUGGESTED, [worse, newer, proven])
    assert chosen.parameters["branch"] == "a"
    assert chosen.applied == [proven]
    assert chosen.conflicts == [Conflict(newer.item_id, proven.item_id), Conflict(worse.item_id, proven.item_id)]


def test_one_good_outcome_counts_for_less_than_eight_with_one_bad() -> None:
    once, often = item(to("a"), 1, 1, 1, 0), item(to("b"), 1, 9, 8, 1)
    assert choose(SUGGESTED, [once, often]).applied == [often]


def test_of_equal_records_more_tests_win_then_more_sightings_then_the_id() -> None:
    tested = item([*to("a"), {"op": "test", "path": "/draft", "value": False}])
    often, once, again = item(to("b"), 5), item(to("c"), 2), item(to("d"), 2)
    assert choose(SUGGESTED, [once, often, tested]).applied == [tested]
    assert choose(SUGGESTED, [once, often]).applied == [often]
    assert choose(SUGGESTED, [once, again]).applied == [min(once, again)]


def test_who_loses_stands_in_nobodys_way() -> None:
    first, second = item(to("a"), 1, 9, 9, 0), item([*to("b"), *to(True, "draft")], 1, 5, 4, 1)
    third = item(to([], "draft"), 1, 3, 1, 2)
    chosen = choose(SUGGESTED, [third._replace(times_applied=2), second, first])
    assert chosen.parameters == {**SUGGESTED, "branch": "a", "draft": []}
    assert chosen.conflicts == [Conflict(second.item_id, first.item_id)]


def test_an_item_that_did_more_harm_than_good_is_laid_off_after_three_uses() -> None:
    assert [item(to("a"), 1, uses, helped, hurt).laid_off for uses, helped, hurt in
            [(HARM_AFTER - 1, 0, 2), (HARM_AFTER, 1, 1), (HARM_AFTER, 1, 2), (HARM_AFTER, 0, 0), (9, 4, 5)]] == [
        False, False, True, False, True,
    ]  # fmt: skip


def test_an_item_that_is_laid_off_is_named_and_neither_applied_nor_in_anyones_way() -> None:
    harmful, gone = item(to("a"), 50, 3, 0, 3), item(difference({"x": 1}, {"x": 2}), 1, 3, 0, 3)
    fresh = item(to("b"))
    chosen = choose(SUGGESTED, [harmful, gone, fresh])
    assert chosen == ({**SUGGESTED, "branch": "b"}, [fresh], [], [harmful], [], 0)


def test_an_item_that_is_switched_off_is_named_so_also_where_it_did_harm_and_is_in_nobodys_way() -> None:
    off, harmful, gone = item(to("a"), 50, 9, 9, 0), item(to("c"), 1, 3, 0, 3), item(difference({"x": 1}, {"x": 2}))
    fresh = item(to("b"))
    switched = [one._replace(off=True) for one in (off, harmful, gone)]
    chosen = choose(SUGGESTED, [*switched, fresh])
    assert chosen == ({**SUGGESTED, "branch": "b"}, [fresh], [], [], switched[:2], 0)


def test_what_would_be_too_much_together_is_a_conflict() -> None:
    parameters = {str(n): n for n in range(MOST_MEMBERS - 1)}
    one, other = (item([{"op": "add", "path": path, "value": 1}], 2 - at) for at, path in enumerate(("/a", "/b")))
    chosen = choose(parameters, [other, one])
    assert (chosen.applied, chosen.conflicts) == ([one], [Conflict(other.item_id, one.item_id)])


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, st.data())
def test_the_order_of_the_items_does_not_matter(parameters: dict[str, Any], data: st.DataObject) -> None:
    corrections = st.builds(lambda change: difference(parameters, {**parameters, **change}), DOCUMENTS)
    items = data.draw(
        st.lists(st.builds(counted, corrections | PATCHES, COUNTS), max_size=6, unique_by=lambda one: one.item_id)
    )
    was = exact(parameters)
    chosen = choose(parameters, items)
    assert told(choose(parameters, data.draw(st.permutations(items)))) == told(chosen)
    named = [one.item_id for one in (*chosen.applied, *chosen.laid_off)] + [one.item_id for one in chosen.conflicts]
    assert len(named) == len(set(named))
    assert {one.winner_id for one in chosen.conflicts} <= {one.item_id for one in chosen.applied}
    assert exact(parameters) == was


def test_an_id_is_the_same_always_and_everywhere() -> None:
    patch: Patch = [{"op": "add", "path": "/ü", "value": None}]
    assert identity("release", "publish", "call", patch) == UUID("8221459c-fe3b-e26a-5ac5-28af2e2df479")


def test_an_id_depends_on_each_of_its_parts_and_not_on_how_json_is_written() -> None:
    patch: Patch = [{"op": "add", "path": "/a", "value": 1}]
    others = [("b", "c", "d"), ("a", "b", "d"), ("ab", "", "c"), ("a", "bc", ""), ('a","b', "c", "")]
    ids = {identity(*names, patch) for names in [("a", "b", "c"), *others]}
    ids |= {identity("a", "b", "c", [{**patch[0], "value": value}]) for value in (True, "1", 2, None)}
    assert len(ids) == 10
    assert identity("a", "b", "c", [{"value": 1.0, "path": "/a", "op": "add"}]) == identity("a", "b", "c", patch)

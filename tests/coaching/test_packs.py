"""Correction packs: what is written, and that it is read again."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from session_buddy.coaching.items import Item, identity
from session_buddy.coaching.packs import exported, parse
from session_buddy.coaching.patches import LEVELS, difference
from tests.coaching.documents import DOCUMENTS, PATCHES, WORKFLOW, counted, exact, item

COUNTS = st.tuples(*[st.integers(min_value=0, max_value=1_000_000_000)] * 4)
ITEMS = st.lists(st.builds(counted, PATCHES, COUNTS), max_size=5, unique_by=lambda one: one.item_id)


def written(items: list[Item]) -> str:
    return json.dumps(exported(WORKFLOW, items, "1.4.0"))


def test_a_pack_is_written_as_documented() -> None:
    one = item(difference({"branch": "main"}, {"branch": "next", "to": [None, 1.5]}), 4, 3, 2, 1)
    assert exported(WORKFLOW, [one], "1.4.0") == {
        "kind": "session_buddy correction pack",
        "schema_version": 1,
        "program": "1.4.0",
        "workflow_id": "release",
        "items": [
            {
                "item_id": str(identity("release", "publish", "call", one.patch)),
                "node_id": "publish",
                "action_type": "call",
                "patch": [
                    {"op": "test", "path": "/branch", "value": "main"},
                    {"op": "replace", "path": "/branch", "value": "next"},
                    {"op": "add", "path": "/to", "value": [None, 1.5]},
                ],
                "times_seen": 4,
                "times_applied": 3,
                "helped": 2,
                "hurt": 1,
            }
        ],
    }


def test_items_are_in_the_order_of_node_action_and_id() -> None:
    patch = difference({}, {"a": 1})
    names = [("a", "x"), ("a", "y"), ("b", "x")]
    ordered = [item(patch, node_id=node, action_type=action) for node, action in names]
    assert parse(written([ordered[2], ordered[0], ordered[1]]), WORKFLOW) == ordered
    assert written(ordered) == written(ordered[::-1])


@settings(deadline=None, max_examples=100)
@given(ITEMS)
def test_what_is_read_is_what_was_written(items: list[Item]) -> None:
    text = written(items)
    for data in (text, text.encode(), "\ufeff".encode() + text.encode(), json.loads(text)):
        assert exact(parse(data, WORKFLOW)) == exact(sorted(items))
    assert written(parse(text, WORKFLOW)) == text


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, DOCUMENTS)
def test_every_difference_can_be_shared(before: dict[str, Any], after: dict[str, Any]) -> None:
    made = [item(patch) for patch in (difference(before, after), difference(after, before)) if patch]
    # 0 and -0.0 are the same number to an item, so the two directions can be one item, which a pack holds once.
    items = list({one.item_id: one for one in made}.values())
    assert exact(parse(written(items), WORKFLOW)) == exact(sorted(items))


def test_names_of_any_language_and_256_characters_are_read() -> None:
    one = item(difference({}, {"a": 1}), node_id="Veröffentlichen 🚀", action_type="長" * 256)
    assert parse(written([one]), WORKFLOW) == [one]


def test_the_deepest_parameters_that_have_a_difference_fit_into_a_pack() -> None:
    deepest: Any = 1
    for _ in range(LEVELS - 1):
        deepest = {"a": deepest}
    before = {str(n): n for n in range(600)} | {"a": deepest}
    whole = item(difference(before, {}))
    assert whole.patch[0]["path"] == ""
    assert parse(written([whole]), WORKFLOW) == [whole]


def test_a_pack_without_items_is_one() -> None:
    assert parse(written([]), WORKFLOW) == []


def test_members_that_are_not_known_are_ignored() -> None:
    one = item(difference({"a": 1}, {"a": 2}))
    pack = json.loads(written([one])) | {"signed_by": "ann"}
    pack["items"][0]["note"] = {"seen": 1}
    pack["items"][0]["patch"][0]["because"] = "it is slow"
    assert parse(json.dumps(pack), WORKFLOW) == [one]


def test_a_pack_that_another_language_wrote_again_is_still_the_same() -> None:
    one = item(difference({"a": 2.0}, {"a": 1e21}))
    text = written([one]).replace("2.0", "2").replace("1e+21", "1000000000000000000000")
    assert parse(text, WORKFLOW) == [one]

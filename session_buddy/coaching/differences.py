"""What differs between two objects of JSON, or what a patch changes, as a person reads it."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from jsonpatch import JsonPointer

from session_buddy.coaching.patches import Patch, canonical
from session_buddy.coaching.places import changed_places

Change = dict[str, Any]
Place = tuple[str, ...]


def between(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """The changes that make `after` of `before`, one after the other: each with `op` (add, remove or replace), the
    `path` (a JSON pointer, RFC 6901) and the value `before` and `after` it; null where there is none.

    Only what differs is named, and no object as a whole where both have one; an index in an array is that at its turn.
    """
    return [
        {"op": kind, "path": JsonPointer.from_parts(place).path, "before": old, "after": new}
        for kind, place, old, new in _changes((), before, after)
    ]


def attributed(changes: list[Change], items: list[tuple[str, Patch]]) -> list[Change]:
    """Each change with the `item_id` of the one of these items that made it; null where none or several may have."""
    reached = [(item_id, changed_places(patch)) for item_id, patch in items]
    found = []
    for one in changes:
        place = tuple(JsonPointer(one["path"]).parts)
        makers = [item_id for item_id, places in reached if any(_meet(place, other) for other in places)]
        found.append(one | {"item_id": makers[0] if len(makers) == 1 else None})
    return found


def of_patch(patch: Patch) -> tuple[list[Change], list[Change]]:
    """What a patch changes, and on which values elsewhere it depends (`path`, `value`). A change has `op`, `path` and
    `after`, a copied or moved one `from` instead of it; and `before` where the patch tests it, or there is none."""
    tested = {one["path"]: one["value"] for one in patch if one["op"] == "test"}
    changes = [_told(one, tested) for one in patch if one["op"] != "test"]
    used = {one["path"] for one in changes}
    return changes, [{"path": path, "value": value} for path, value in tested.items() if path not in used]


def _told(one: dict[str, Any], tested: dict[str, Any]) -> Change:
    told: Change = {"op": one["op"], "path": one["path"]}
    if one["op"] in ("copy", "move"):
        return told | {"from": one["from"]}
    if one["op"] == "add":
        told["before"] = None
    elif one["path"] in tested:
        told["before"] = tested[one["path"]]
    return told | {"after": one.get("value")}


def _changes(place: Place, before: Any, after: Any) -> Iterator[tuple[str, Place, Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            inner = (*place, name)
            if name not in after:
                yield "remove", inner, before[name], None
            elif name not in before:
                yield "add", inner, None, after[name]
            else:
                yield from _changes(inner, before[name], after[name])
    elif isinstance(before, list) and isinstance(after, list):
        yield from _changes_of_list(place, before, after)
    elif not _same(before, after):
        yield "replace", place, before, after


def _changes_of_list(place: Place, before: list[Any], after: list[Any]) -> Iterator[tuple[str, Place, Any, Any]]:
    """Between the equal ends of two arrays: values in turn as far as both have one, then what one of them has more."""
    head = _equal_ones(before, after)
    tail = _equal_ones(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    for index, (one, other) in enumerate(zip(old, new, strict=False), head):
        yield from _changes((*place, str(index)), one, other)
    both = min(len(old), len(new))
    for index in range(len(old) - 1, both - 1, -1):
        yield "remove", (*place, str(head + index)), old[index], None
    for index in range(both, len(new)):
        yield "add", (*place, str(head + index)), None, new[index]


def _equal_ones(before: list[Any], after: list[Any]) -> int:
    return sum(1 for _ in takewhile(lambda pair: _same(*pair), zip(before, after, strict=False)))


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON: 1 is 1.0, and true is not 1."""
    return one is other or (one == other and canonical([one]) == canonical([other]))


def _meet(place: Place, other: Place) -> bool:
    shorter = min(len(place), len(other))
    return place[:shorter] == other[:shorter]

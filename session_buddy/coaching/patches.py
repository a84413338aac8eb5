"""Corrections as JSON Patch (RFC 6902), in which every value that is changed is tested first."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from jsonpatch import JsonPatch, JsonPatchException, JsonPointer, JsonPointerException

from session_buddy.coaching import shapes
from session_buddy.coaching.places import Ground
from session_buddy.errors import PatchError

Patch = list[dict[str, Any]]
MOST_OPERATIONS = 1_000
# A correction pack lays five levels around a value of a patch, and is read up to 64.
LEVELS = 59
# Comparing two arrays can take time that grows with the square of their length: half a second for so many values.
MOST_COMPARED = 5_000
# Values that the copy operations of a patch may make; each could double the document.
MOST_COPIED = 10_000
_MEMBERS = {
    "add": ("op", "path", "value"),
    "copy": ("op", "from", "path"),
    "move": ("op", "from", "path"),
    "remove": ("op", "path"),
    "replace": ("op", "path", "value"),
    "test": ("op", "path", "value"),
}
_FAILED = {
    "add": "its place cannot be reached",
    "copy": "there is nothing to copy, or its new place cannot be reached",
    "move": "there is nothing to move, or its new place cannot be reached",
    "remove": "there is nothing to remove",
    "replace": "there is nothing to replace",
    "test": "the value there is missing or another",
}


def difference(before: dict[str, Any], after: dict[str, Any]) -> Patch:
    """The patch that makes exactly `after` of `before`; empty when they are equal.

    A `test` stands directly before each operation that replaces or removes a value. Before values are added to an
    array, which moves what lies behind, the whole array is tested: so nothing is added to it a second time. A member of
    more than 5,000 values is tested and replaced as a whole, and so is the document where the patch would take more
    than 1,000 operations.

    Raises:
        PatchError: one of the two is not JSON, nested deeper than 59 levels, or larger than `shapes` allows.
    """
    for document in (before, after):
        shapes.check(document, "The document", LEVELS)
    patch = []
    for name in {**before, **after}:
        old, new = ({name: one[name]} if name in one else {} for one in (before, after))
        patch += _difference_of_member(name, old, new)
    return patch if len(patch) <= MOST_OPERATIONS else _replaced("", before, after)


def holds(document: dict[str, Any], patch: Patch) -> bool:
    """Whether a patch can be applied: its tests hold, its paths exist, and what it adds to objects is not there yet."""
    try:
        applied(document, patch)
    except PatchError:
        return False
    return True


def applied(document: dict[str, Any], patch: Patch) -> dict[str, Any]:
    """A new document, with the patch applied; the given one stays as it is.

    As RFC 6902 says but for one thing: `add`, `copy` and `move` overwrite no member of an object, nor the document.

    Args:
        document: JSON, as `json.loads` gives it.
        patch: from `difference` or `parse`.

    Raises:
        PatchError: an operation does not hold (the message says which), or the result is no object, nested deeper than
            59 levels or larger than `shapes` allows.
    """
    result: Any = document
    left = MOST_COPIED
    for index, operation in enumerate(patch):
        try:
            _check_free(result, operation)
            # Most patches fail at a test; the document is copied when the first change comes.
            if result is document and operation["op"] != "test":
                result = copy.deepcopy(document)
            left -= _copied(result, operation, left)
            result = JsonPatch([operation]).apply(result, in_place=True)
        except (JsonPatchException, JsonPointerException):
            raise _failure(index, operation, _FAILED[operation["op"]]) from None
        except RecursionError:
            raise _failure(index, operation, "the document is nested too deeply") from None
        except PatchError as error:
            raise _failure(index, operation, str(error)) from None
    if not isinstance(result, dict):
        raise PatchError("The patch leaves no object.")
    shapes.check(result, "What the patch makes", LEVELS)
    return copy.deepcopy(result) if result is document else result


def parse(value: Any, place: str = "patch") -> Patch:
    """A patch from elsewhere, checked: 1 to 1,000 operations of RFC 6902, without members that it does not know.

    Args:
        value: as `json.loads` gives it.
        place: what messages call it, so that "patch[0].op" can be found in what it lies in.

    Raises:
        PatchError: it is no such patch; the message names the place and what is allowed.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_OPERATIONS:
        raise PatchError(f"{place} must be a list of 1 to {MOST_OPERATIONS:,} operations.")
    return [_operation(one, f"{place}[{index}]") for index, one in enumerate(value)]


def canonical(patch: Patch) -> str:
    """ASCII text that is equal for two patches exactly when they are equal as JSON: 1 is 1.0, and true is not 1."""
    return json.dumps(_plain(patch), sort_keys=True, separators=(",", ":"), allow_nan=False)


def specificity(patch: Patch) -> int:
    """How many values a patch tests."""
    return sum(operation["op"] == "test" for operation in patch)


def overlap(one: Patch, other: Patch) -> bool:
    """Whether two patches touch the same place: one changes what equals, contains or lies in what the other reads or
    changes. An array counts as one place where an element comes or goes."""
    ground = Ground()
    ground.take(one)
    return ground.first_met(other) is not None


def _difference_of_member(name: str, before: dict[str, Any], after: dict[str, Any]) -> Patch:
    """The difference of two objects that hold nothing but this member, or nothing."""
    large = any(shapes.check(one, "The document", LEVELS) > MOST_COMPARED for one in (before, after))
    if not large or not before or not after:
        made = JsonPatch.from_diff(before, after, optimization=False, generate_test_ops=True)
        return list(_arrays_tested(before, made.patch))
    if json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True):
        return []
    return _replaced(JsonPointer.from_parts([name]).path, before[name], after[name])


def _replaced(path: str, old: Any, new: Any) -> Patch:
    return [
        {"op": "test", "path": path, "value": copy.deepcopy(old)},
        {"op": "replace", "path": path, "value": copy.deepcopy(new)},
    ]


def _arrays_tested(before: dict[str, Any], operations: Patch) -> Iterator[dict[str, Any]]:
    document, tested = copy.deepcopy(before), None
    for operation in operations:
        above = operation["path"].rpartition("/")[0]
        parent = JsonPointer(above).resolve(document) if operation["op"] == "add" else None
        grows = isinstance(parent, list)
        if grows and above != tested:
            yield {"op": "test", "path": above, "value": copy.deepcopy(parent)}
        tested = above if grows else None
        yield operation
        JsonPatch([operation]).apply(document, in_place=True)


def _check_free(document: Any, operation: dict[str, Any]) -> None:
    if operation["op"] not in ("add", "copy", "move") or operation["path"] == operation.get("from"):
        return
    *above, last = JsonPointer(operation["path"]).parts or [""]
    parent = JsonPointer.from_parts(above).resolve(document)
    if operation["path"] == "" or (isinstance(parent, dict) and last in parent):
        raise PatchError("there is a value already")


def _copied(document: Any, operation: dict[str, Any], most: int) -> int:
    """How many values a copy operation makes; 0 for others."""
    if operation["op"] != "copy":
        return 0
    waiting, count = [JsonPointer(operation["from"]).resolve(document)], 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count > most:
            raise PatchError(f"the patch copies more than {MOST_COPIED:,} values")
        if isinstance(one, dict | list):
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return count


def _failure(index: int, operation: dict[str, Any], reason: str) -> PatchError:
    return PatchError(f"patch[{index}] ({operation['op']} {shapes.shown(operation['path'])}) does not hold: {reason}.")


def _operation(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PatchError(f"{place} must be an object with op and path.")
    kind = value.get("op")
    if not isinstance(kind, str) or kind not in _MEMBERS:
        raise PatchError(f"{place}.op must be one of {', '.join(_MEMBERS)}.")
    for name in _MEMBERS[kind]:
        if name not in value:
            raise PatchError(f"{place}.{name} is missing; {kind} needs it.")
        if name in ("path", "from"):
            _check_pointer(value[name], f"{place}.{name}")
        shapes.check(value[name], f"{place}.{name}", LEVELS)
    return {name: value[name] for name in _MEMBERS[kind]}


def _check_pointer(value: Any, place: str) -> None:
    try:
        parts = JsonPointer(value).parts if isinstance(value, str) else None
    except JsonPointerException:
        parts = None
    if parts is None:
        raise PatchError(f'{place} must be a JSON pointer (RFC 6901), as "/to/name"; "~" is written "~0", "/" "~1".')
    if len(parts) > LEVELS:
        raise PatchError(f"{place} must have at most {LEVELS} parts.")


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, list) else value

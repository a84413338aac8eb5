"""Which JSON is taken in from elsewhere. Looked at without recursion, so that no depth can do harm."""

import json
import math
from collections.abc import Iterable
from typing import Any

from session_buddy.errors import PatchError

MOST_MEMBERS = 10_000
# One per value and one per character of text: never more than the bytes of the same as JSON text.
MOST_SIZE = 4_000_000
# Python writes no whole number of more than 4,300 digits.
_MOST_BITS = 14_000
_LONGEST_SHOWN = 80


def check(value: Any, place: str, levels: int) -> int:
    """Refuse what is not JSON, or JSON of a shape that could do harm.

    Args:
        value: as `json.loads` gives it.
        place: what the message calls it.
        levels: how many objects and arrays may lie in one another.

    Returns:
        How many values there are, names of members among them.

    Raises:
        PatchError: deeper than that, an object with more than 10,000 members, more than 4,000,000 values and
            characters, a number that is not finite, text with half a surrogate pair, or no JSON at all.
    """
    waiting, size, count = [(value, 0)], 0, 0
    while waiting:
        one, above = waiting.pop()
        count += 1
        size += _weight(one, place)
        if isinstance(one, dict | list):
            if above == levels:
                raise PatchError(f"{place} is nested deeper than the {levels} levels that are allowed.")
            waiting.extend((inner, above + 1) for inner in _inside(one, place))
        if size + len(waiting) > MOST_SIZE:
            raise PatchError(f"{place} is larger than the 4 MB that are allowed.")
    return count


def shown(text: str) -> str:
    """A text from elsewhere as part of a message: quoted, on one line, cut after 80 characters."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
    return json.dumps(cut, ensure_ascii=not cut.isprintable())


def _inside(container: dict[Any, Any] | list[Any], place: str) -> Iterable[Any]:
    if isinstance(container, list):
        return container
    if len(container) > MOST_MEMBERS:
        raise PatchError(f"{place} holds an object with {len(container):,} members; {MOST_MEMBERS:,} are allowed.")
    if not all(isinstance(name, str) for name in container):
        raise PatchError(f"{place} is not JSON: the names of members must be text.")
    return (*container, *container.values())


def _weight(value: Any, place: str) -> int:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise PatchError(f"{place} holds text that is not valid Unicode (half a surrogate pair).")
        return len(value) + 1
    if isinstance(value, float) and not math.isfinite(value):
        raise PatchError(f"{place} holds a number that is not finite; JSON has no NaN and no Infinity.")
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise PatchError(f"{place} holds a whole number of more than 4,200 digits.")
    if value is not None and not isinstance(value, bool | int | float | dict | list):
        raise PatchError(f"{place} is not JSON: it holds a value of type {type(value).__name__}.")
    return 1

"""Where a JSON patch reaches in a document, and whether two patches meet there."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from jsonpatch import JsonPointer

Place = tuple[str, ...]
_INDEX = re.compile(r"-|0|[1-9][0-9]*")


class Ground:
    """The places of patches, in the order in which they came.

    A patch meets an earlier one where a place that one of them changes equals, lies above or lies below a place that
    the other changes or reads. What is added to or removed from an array changes all of it, since indices shift.
    """

    def __init__(self) -> None:
        self._count = 0
        # Each place with the first patch that has it; under "above" it is there with all places above it.
        self._changed: dict[Place, int] = {}
        self._changed_above: dict[Place, int] = {}
        self._touched: dict[Place, int] = {}
        self._touched_above: dict[Place, int] = {}

    def take(self, patch: list[dict[str, Any]]) -> None:
        """Remember where a patch reaches, under the next number; the first has 0."""
        changed, touched = _reach(patch)
        for known, places in (
            (self._changed, changed),
            (self._changed_above, _above(changed)),
            (self._touched, touched),
            (self._touched_above, _above(touched)),
        ):
            for place in places:
                known.setdefault(place, self._count)
        self._count += 1

    def first_met(self, patch: list[dict[str, Any]]) -> int | None:
        """The lowest number of a patch that this one meets; None where it meets none."""
        changed, touched = _reach(patch)
        met = [
            *_numbers(changed, self._touched_above),
            *_numbers(_above(changed), self._touched),
            *_numbers(touched, self._changed_above),
            *_numbers(_above(touched), self._changed),
        ]
        return min(met, default=None)


def changed_places(patch: list[dict[str, Any]]) -> set[Place]:
    """The places that a patch changes; of an array to which something comes, or from which it goes, all of it."""
    return _reach(patch)[0]


def _numbers(places: Iterable[Place], known: dict[Place, int]) -> Iterator[int]:
    return (known[place] for place in places if place in known)


def _above(places: set[Place]) -> set[Place]:
    """Places with all that lie above them."""
    return {place[:length] for place in places for length in range(len(place) + 1)}


def _reach(patch: list[dict[str, Any]]) -> tuple[set[Place], set[Place]]:
    """The places that a patch changes, and these with the ones it reads."""
    changed: set[Place] = set()
    read: set[Place] = set()
    for operation in patch:
        kind, place = operation["op"], _parts(operation["path"])
        if kind == "test":
            read.add(place)
        else:
            changed.add(place if kind == "replace" else _shifted(place))
        if kind == "copy":
            read.add(_parts(operation["from"]))
        elif kind == "move":
            changed.add(_shifted(_parts(operation["from"])))
    return changed, changed | read


def _parts(pointer: str) -> Place:
    return tuple(JsonPointer(pointer).parts)


def _shifted(place: Place) -> Place:
    """What changes when a value comes or goes; without the document, a member named 0 is taken for an element too."""
    return place[:-1] if place and _INDEX.fullmatch(place[-1]) else place

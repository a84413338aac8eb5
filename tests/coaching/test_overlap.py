"""Whether two patches touch the same place."""

from typing import Any

import pytest
from hypothesis import given, settings

from session_buddy.coaching.patches import Patch, applied, difference, holds, overlap, parse
from tests.coaching.documents import DOCUMENTS, PATCHES, exact


def op(kind: str, path: str, source: str | None = None) -> Patch:
    """One operation."""
    return [{"op": kind, "path": path, "value": 1} if source is None else {"op": kind, "path": path, "from": source}]


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (op("replace", "/a"), op("replace", "/a"), True),
        (op("replace", "/a"), op("test", "/a"), True),
        (op("replace", "/a"), op("test", "/a/b"), True),
        (op("replace", "/a/b"), op("test", "/a"), True),
        (op("test", "/a"), op("test", "/a"), False),
        (op("test", "/a"), op("test", "/a/b"), False),
        (op("replace", "/a"), op("replace", "/b"), False),
        (op("replace", "/a"), op("replace", "/ab"), False),
        (op("replace", "/a"), op("replace", "/a~1b"), False),
        (op("replace", "/a/b"), op("replace", "/a~1b"), False),
        (op("replace", "/~01"), op("replace", "/~1"), False),
        (op("replace", "/~0"), op("replace", "/~0/x"), True),
        (op("replace", "/"), op("replace", "/a"), False),
        (op("replace", "/"), op("replace", "//a"), True),
        (op("replace", ""), op("test", "/a/b"), True),
        (op("test", ""), op("replace", "/a/b"), True),
        (op("test", ""), op("test", ""), False),
        (op("add", "/a/x"), op("add", "/a/y"), False),
        (op("add", "/a/x"), op("remove", "/a"), True),
        (op("add", "/a/0"), op("replace", "/a/7/x"), True),
        (op("add", "/a/-"), op("test", "/a/7"), True),
        (op("remove", "/a/3"), op("remove", "/a/4"), True),
        (op("replace", "/a/3"), op("replace", "/a/4"), False),
        (op("replace", "/a/3"), op("test", "/a/3/x"), True),
        (op("add", "/a/0/b/1"), op("replace", "/a/0/c"), False),
        (op("add", "/a/01"), op("replace", "/a/1"), False),
        (op("add", "/0"), op("replace", "/b"), True),
        (op("move", "/b", "/a"), op("test", "/a/x"), True),
        (op("move", "/b", "/a"), op("test", "/b"), True),
        (op("move", "/b", "/a/0"), op("test", "/a/1"), True),
        (op("copy", "/b", "/a"), op("test", "/a"), False),
        (op("copy", "/b", "/a"), op("replace", "/a"), True),
        (op("copy", "/b", "/a"), op("test", "/b"), True),
    ],
)
def test_patches_meet_where_one_changes_what_the_other_changes_or_reads(one: Patch, other: Patch, meet: bool) -> None:
    assert overlap(parse(one), parse(other)) is meet
    assert overlap(parse(other), parse(one)) is meet


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_corrections_that_do_not_meet_can_be_applied_in_either_order(
    document: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = difference(document, {**document, **one}), difference(document, {**document, **other})
    if not overlap(first, second):
        assert exact(applied(applied(document, first), second)) == exact(applied(applied(document, second), first))


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, PATCHES, PATCHES)
def test_patches_that_do_not_meet_can_be_applied_in_either_order(
    document: dict[str, Any], first: Patch, second: Patch
) -> None:
    if holds(document, first) and holds(document, second) and not overlap(first, second):
        assert exact(applied(applied(document, first), second)) == exact(applied(applied(document, second), first))

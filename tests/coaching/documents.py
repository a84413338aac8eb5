"""JSON as parameters hold it, made up by Hypothesis, and how to compare it strictly."""

import json
from typing import Any

from hypothesis import strategies as st

from session_buddy.coaching.items import Item, identity
from session_buddy.coaching.patches import Patch, parse

WORKFLOW = "release"
NAMES = st.sampled_from(["", "/", "~", "~1", "0", "1", "-", "a", "b", "a/b", "é"])
PLAIN = st.sampled_from([None, True, False, 0, 1, 0.0, -0.0, 1.0, "", "x", "1", 2**60, 1.5])
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=4)
POINTERS = st.lists(NAMES, max_size=3).map(
    lambda parts: "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
)
OPERATIONS = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "copy", "move", "remove", "replace", "test"]),
        "path": POINTERS,
        "from": POINTERS,
        "value": VALUES,
    }
)
FOREIGN = st.lists(OPERATIONS, min_size=1, max_size=5)
PATCHES = FOREIGN.map(parse)


def exact(value: Any) -> str:
    """Text that tells apart what Python takes for equal: true, 1 and 1.0."""
    return json.dumps(value, sort_keys=True)


def item(patch: Patch, *counts: int, node_id: str = "publish", action_type: str = "call") -> Item:
    """An item of the workflow with its true id; counts are times_seen, times_applied, helped and hurt."""
    made = Item(str(identity(WORKFLOW, node_id, action_type, patch)), node_id, action_type, patch)
    names = ("times_seen", "times_applied", "helped", "hurt")
    return made._replace(**dict(zip(names, counts, strict=False)))  # type: ignore[arg-type]


def counted(patch: Patch, counts: tuple[int, int, int, int]) -> Item:
    """The same with its counts in one."""
    return item(patch, *counts)

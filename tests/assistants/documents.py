"""Documents for tests: JSON in every layout that a person may give it, with the value it stands for."""

import json
from typing import Any

from hypothesis import strategies as st

SPACES = st.sampled_from(
    ["", "", " ", "\n", "\n  ", "\t", "\r\n", " /* c, } */ ", ' // c { "a":\n', "\n// ]\n    ", "/**/"]
)
TEXTS = st.text(max_size=6)
SCALARS = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6) | TEXTS


@st.composite
def values(draw: st.DrawFn, kind: st.SearchStrategy[Any]) -> tuple[str, Any]:
    """A value as text in some layout, and what it is."""
    value = draw(kind)
    return _written(draw, value), value


def any_value() -> st.SearchStrategy[Any]:
    return st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=12,
    )


def configurations() -> st.SearchStrategy[Any]:
    """Objects as assistants have them, with servers and hooks of others."""
    handler = st.fixed_dictionaries({"type": st.just("command"), "command": st.sampled_from(["lint", "/x/other hook"])})
    group = st.fixed_dictionaries({"hooks": st.lists(handler, min_size=1, max_size=2)}, optional={"matcher": TEXTS})
    hooks = st.dictionaries(
        st.sampled_from(["Stop", "PostToolUse", "PreToolUse"]), st.lists(group, min_size=1, max_size=2), min_size=1
    )
    servers = st.dictionaries(st.sampled_from(["other", "more"]), st.dictionaries(TEXTS, SCALARS), min_size=1)
    rest = st.dictionaries(TEXTS.filter(lambda key: key not in ("hooks", "mcpServers")), any_value(), max_size=3)
    ours = st.fixed_dictionaries({}, optional={"hooks": hooks, "mcpServers": servers})
    return st.builds(lambda one, two: one | two, rest, ours)


def _written(draw: st.DrawFn, value: Any) -> str:
    if not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=draw(st.booleans()))
    parts = [_item(draw, one) for one in (value.items() if isinstance(value, dict) else value)]
    ends: bool = draw(st.booleans())
    trailing = "," if parts and ends else ""
    inside = ",".join(parts) + trailing + draw(SPACES)
    return f"{{{inside}}}" if isinstance(value, dict) else f"[{inside}]"


def _item(draw: st.DrawFn, item: Any) -> str:
    if not isinstance(item, tuple):
        return draw(SPACES) + _written(draw, item) + draw(SPACES)
    key, value = item
    return f"{draw(SPACES)}{json.dumps(key)}{draw(SPACES)}:{draw(SPACES)}{_written(draw, value)}{draw(SPACES)}"

"""Text for `store adopt`: the review of an untrusted store, and what was copied from it."""

import json
from typing import Any

from session_buddy.common.visible import escaped
from session_buddy.skills.plain import plain

_MAX_NAME = 80
_MAX_PATCH = 300
_MAX_ITEMS = 50
_SHOWN = {
    "invocation": "invocations of skills",
    "query": "texts",
    "recommendation": "recommendations",
    "coaching_session": "coaching sessions",
    "coaching_decision": "decisions",
}


def review_text(source: str, review: dict[str, Any]) -> str:
    """Describe an untrusted store; every text of it is shown as one line without control characters."""
    rows = review["rows"]
    counted = [f"{label}: {rows[name]:,}" for name, label in _SHOWN.items() if rows.get(name)]
    lines = [
        f"{escaped(source)} holds {sum(rows.values()):,} rows ({', '.join(counted) or 'no invocations'}).",
        *_section("levels", [f"{_name(workflow)}: {_name(level)}" for workflow, level in review["levels"]]),
        *_section("corrections", [_correction(*item) for item in review["corrections"]]),
        *_section("thresholds", [f"{_name(name)}: {value:g}" for name, value in review["thresholds"]]),
    ]
    if review["switches"]:
        lines.append(f"corrections switched on or off: {review['switches']}")
    return "\n".join(lines)


def adopted_text(source: str, store: str, added: dict[str, int], kept: bool) -> str:
    """Describe what was copied and what was left out."""
    if not added:
        return f"{escaped(store)} has all rows of {escaped(source)} already. Nothing was added."
    counted = ", ".join(f"{number:,} {name}" for name, number in added.items())
    rest = (
        "Levels, switches and corrections were kept."
        if kept
        else "Levels, switches and corrections were left out; decisions of persons count as reported."
    )
    after = f"{escaped(source)} was not changed; remove it when you no longer need it."
    return f"Added to {escaped(store)}: {counted}. {rest} {after}"


def _section(title: str, entries: list[str]) -> list[str]:
    if not entries:
        return [f"{title}: none"]
    more = [f"  … and {len(entries) - _MAX_ITEMS} more"] if len(entries) > _MAX_ITEMS else []
    return [f"{title}:", *(f"  {entry}" for entry in entries[:_MAX_ITEMS]), *more]


def _correction(workflow: str, node: str, action: str, patch: str) -> str:
    return f"{_name(workflow)} / {_name(node)} / {_name(action)}: {plain(str(patch), _MAX_PATCH)}"


def _name(text: object) -> str:
    return json.dumps(plain(str(text), _MAX_NAME), ensure_ascii=False)

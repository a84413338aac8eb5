"""Structured content for assistants: free texts as quoted data, and names as the tools need them.

A name or an id (`skill_name`, `session_id`, `node_id`, ...) is an argument of another call and stays exact, as do
parameters and packs, which a step or an import uses. JSON escapes the control characters in them. Free texts, which no
tool takes as an argument, are quoted like the texts that people read.
"""

from typing import Any

from session_buddy.common.quoted_text import quoted

MAX_TEXT = 4_000
FREE_TEXTS = frozenset(
    {
        "user_query", "reason", "feedback", "error_message", "error_type", "follow_up_actions", "common_errors",
        "message", "note", "notes", "description",
    }
)  # fmt: skip
EXACT = frozenset({"parameters", "pack", "patch", "variables", "metadata", "items", "correction", "report"})


def quoted_data(value: Any) -> Any:
    """Return structured content in which free texts are quoted; everything else is the same object or equal."""
    if isinstance(value, dict):
        return {key: _member(key, inner) for key, inner in value.items()}
    return [quoted_data(inner) for inner in value] if isinstance(value, list) else value


def _member(key: str, value: Any) -> Any:
    if key in EXACT:
        return value
    return _free_text(value) if key in FREE_TEXTS else quoted_data(value)


def _free_text(value: Any) -> Any:
    if isinstance(value, str):
        return quoted(value, MAX_TEXT)
    if isinstance(value, list):
        return [_free_text(inner) for inner in value]
    return _counts(value) if isinstance(value, dict) else value


def _counts(counts: dict[str, Any]) -> dict[str, Any]:
    """Counts by text; those of texts that are the same when quoted are added."""
    merged: dict[str, Any] = {}
    for text, count in counts.items():
        name = quoted(text, MAX_TEXT)
        merged[name] = merged[name] + count if isinstance(count, int) and name in merged else _free_text(count)
    return merged

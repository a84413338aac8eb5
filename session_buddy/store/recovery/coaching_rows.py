"""Which rows of coaching are worth keeping, and which could have been stored."""

import json
from collections.abc import Callable
from typing import Any

_STEP = {"session_id", "workflow_id", "node_id", "action_type", "step_index"}

# Without these a row says nothing, or what reads it cannot go on.
ESSENTIAL = {
    "coaching_session": {"session_id", "workflow_id", "total_steps", "started_at", "source", "recorded_at"},
    "coaching_change": {"session_id", "kind", "changed_at", "source", "recorded_at"},
    "coaching_suggestion": _STEP
    | {"suggestion_id", "arguments_id", "mode", "confidence_n", "suggested_at", "source", "recorded_at"},
    "coaching_applied": {"suggestion_id", "session_id", "workflow_id", "item_id", "applied_at", "recorded_at"},
    "coaching_decision": _STEP
    | {"decision_id", "suggestion_id", "decision", "decided_by", "decided_at", "source", "recorded_at"},
    "coaching_undone": {"decision_id", "session_id", "decided_by", "undone_at", "recorded_at"},
    "coaching_execution": {"decision_id", "session_id", "workflow_id", "succeeded", "executed_at", "recorded_at"},
    "coaching_item": {"item_id", "workflow_id", "node_id", "action_type", "recorded_at"},
    "coaching_switched_item": {
        "item_id", "workflow_id", "switched_on", "decided_by", "switched_at", "source", "recorded_at",
    },
    "coaching_level": {"workflow_id", "level", "previous", "decided_by", "changed_at", "source", "recorded_at"},
}  # fmt: skip
# What tells whether a row is stored already, where it is not the first column.
KEYS = {
    "coaching_session": "recorded_at",
    "coaching_change": "recorded_at",
    "coaching_imported_item": "recorded_at",
    "coaching_forgotten_item": "recorded_at",
    "coaching_switched_item": "recorded_at",
    "coaching_level": "recorded_at",
    "coaching_threshold": "recorded_at",
}

Check = Callable[[dict[str, Any]], bool]


def _one_of(column: str, *allowed: str) -> Check:
    return lambda record: record[column] in allowed


def _objects(*columns: str) -> Check:
    """These columns hold JSON objects, or nothing."""
    return lambda record: all(isinstance(json.loads(record.get(name) or "{}"), dict) for name in columns)


_MADE_BY = _one_of("decided_by", "person", "reported", "auto")
_LEVELS = "OBSERVATION", "COACHING", "AUTO"
CHECKS: dict[str, list[Check]] = {
    "coaching_session": [lambda record: record["total_steps"] >= 0, _objects("variables", "metadata")],
    "coaching_change": [_one_of("kind", "paused", "resumed", "completed", "failed", "abandoned")],
    "coaching_suggestion": [_one_of("mode", "observe", "ask", "auto"), _objects("suggested", "parameters")],
    "coaching_decision": [
        _one_of("decision", "accept", "reject", "correct", "manual", "skip"),
        _MADE_BY,
        _objects("correction"),
        lambda record: (record.get("seconds") or 0) >= 0,
    ],
    "coaching_item": [lambda record: isinstance(json.loads(record.get("patch") or "[]"), list)],
    "coaching_switched_item": [_MADE_BY],
    "coaching_level": [_one_of("level", *_LEVELS), _one_of("previous", *_LEVELS)],
}

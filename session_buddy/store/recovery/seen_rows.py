"""Which rows of what was seen are worth keeping, and which could have been stored."""

from collections.abc import Callable
from typing import Any

# Without these a row says nothing, or what reads it cannot go on.
ESSENTIAL = {
    "seen": {"event_id", "session_id", "kind", "happened_at", "source"},
    "overridden": {"invocation_id", "outcome"},
    "reported": {"invocation_id", "session_id"},
}
Check = Callable[[dict[str, Any]], bool]

_KINDS = {
    "prompt", "command", "model", "person", "step", "failed_step", "turn", "started", "ended", "hint", "transcript",
}  # fmt: skip
CHECKS: dict[str, list[Check]] = {
    "seen": [lambda record: record["kind"] in _KINDS],
    "overridden": [lambda record: record["outcome"] in ("completed", "failed", "abandoned")],
    "reported": [lambda record: (record.get("selection_rank") or 1) >= 1],
}

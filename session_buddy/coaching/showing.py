"""What a person is shown of a suggestion before deciding it."""

import json
from typing import Any

from session_buddy.coaching.fields import Object, read
from session_buddy.coaching.items import Chosen

MOST_CHARACTERS = 2_000


def shown_text(row: dict[str, Any], chosen: Chosen, confidence: float | None, count: int) -> str:
    """The suggestion, the corrections applied, and how often a step like it was accepted."""
    lines = [
        f"{row['workflow_id']}, step {row['step_index'] + 1}: {row['action_type']} at {row['node_id']}",
        *parameter_lines(read(row["parameters"])),
        *_correction_lines(chosen),
        confidence_line(confidence, count),
    ]
    return "\n".join(lines)


def confidence_line(confidence: float | None, count: int) -> str:
    """How sure one can be that a person accepts a step like this."""
    if confidence is None:
        return "Confidence: none yet; no person has decided a step like this."
    plural = "" if count == 1 else "s"
    return f"Confidence: {100 * confidence:.0f} % (lower end, from {count} decision{plural} by a person)."


def parameter_lines(parameters: Object) -> list[str]:
    """The parameters as a person reads them, cut where they are very long."""
    if not parameters:
        return ["No parameters."]
    text = json.dumps(parameters, ensure_ascii=False, indent=2)
    if len(text) > MOST_CHARACTERS:
        text = f"{text[:MOST_CHARACTERS]}\n… ({len(text) - MOST_CHARACTERS:,} characters more)"
    return text.splitlines()


def _correction_lines(chosen: Chosen) -> list[str]:
    lines = [f"Corrected as learned: {_changes(item.patch)} ({_record(item)})" for item in chosen.applied]
    lines += [
        f"Not applied: correction {one.item_id[:8]} gives way to {one.winner_id[:8]}." for one in chosen.conflicts
    ]
    lines += [f"Laid off: {_changes(item.patch)} ({_record(item)})" for item in chosen.laid_off]
    lines += [f"Switched off: {_changes(item.patch)} ({_record(item)})" for item in chosen.switched_off]
    return lines


def _record(item: Any) -> str:
    return f"seen {item.times_seen}×, helped {item.helped}, hurt {item.hurt}"


def _changes(patch: list[dict[str, Any]]) -> str:
    """What a correction does, in short."""
    parts = []
    for operation in patch:
        if operation["op"] == "test":
            continue
        value = json.dumps(operation["value"], ensure_ascii=False)[:80] if "value" in operation else ""
        parts.append(f"{operation['op']} {operation['path']} {value}".strip())
    return ", ".join(parts)

"""What a person is shown of a suggestion before deciding it: everything that would run, or that it is too long."""

from typing import Any

from session_buddy.coaching.fields import Object, read, written
from session_buddy.coaching.items import Chosen, Conflict, Item
from session_buddy.common import visible
from session_buddy.skills.privacy import MASK
from session_buddy.store.coaching_suggestions import Suggestion

# What a form can show: two screens of a terminal. What is longer is decided on the page, which shows all of it.
MOST_CHARACTERS = 3_500
# Longer parameters are written with the shortest member first, so that no long text pushes the others down.
LONG = 200
_NAMES_SHOWN = 20
_VALUE = 80
MASKED = (
    "Secrets in the parameters are masked, and the step runs with the masked text. Do not put them back: suggest the "
    "step again with the name of a variable or of a file in place of the value."
)
_MASKED_LINE = "Secrets in the parameters are masked; the step runs with the masked text."
# How the lines begin that follow those of the parameters.
_LATER_LINES = (
    "Corrected as ",
    "Not applied: ",
    "Laid off: ",
    "Switched off: ",
    "Imported corrections of this step ",
    "Confidence: ",
)


def shown_text(row: dict[str, Any], chosen: Chosen, confidence: float | None, count: int) -> str:
    """The suggestion with its parameters first, the corrections applied, and how often a step like it was accepted."""
    lines = [
        *_step_lines(
            row["workflow_id"], row["step_index"], row["node_id"], row["action_type"], read(row["parameters"])
        ),
        *_correction_lines(chosen),
        confidence_line(confidence, count),
    ]
    return "\n".join(lines)


def verified_text(suggestion: Suggestion, applied: list[dict[str, Any]], conflicts: list[dict[str, Any]]) -> str:
    """What a person is shown of a stored suggestion: the stored text where its first lines are those of the stored
    parameters, and all others are lines of this program; else a new text. An earlier version, or another program that
    wrote the row, may have stored a text that hides parameters or shows other ones. Empty where it was forgotten."""
    if suggestion.parameters is None:
        return suggestion.shown or ""
    parameters = read(suggestion.parameters)
    first = _step_lines(
        suggestion.workflow_id, suggestion.step_index, suggestion.node_id, suggestion.action_type, parameters
    )
    stored = (suggestion.shown or "").split("\n")
    later = stored[len(first) :]
    if stored[: len(first)] == first and later and all(map(_is_later_line, later)):
        return "\n".join(stored)
    items = [Item(**{name: item[name] for name in Item._fields}) for item in applied]
    chosen = Chosen(parameters, items, [Conflict(**one) for one in conflicts], [], [])
    return shown_text(suggestion._asdict(), chosen, suggestion.confidence, suggestion.confidence_n)


def fits_form(suggestion: dict[str, Any]) -> bool:
    """Whether a form can show all of a suggestion; if not, a form must not offer to accept it."""
    head = _head(*(suggestion[name] for name in ("workflow_id", "step_index", "node_id", "action_type")))
    length = len(head) + len(visible.shown(suggestion["parameters"]))
    return length <= MOST_CHARACTERS and suggestion["shown"].startswith(f"{head}\n")


def masked_notes(parameters: Object) -> list[str]:
    """What to say to an assistant whose parameters held secrets."""
    return [MASKED] if _is_masked(parameters) else []


def confidence_line(confidence: float | None, count: int) -> str:
    """How sure one can be that a person accepts a step like this."""
    if confidence is None:
        return "Confidence: none yet; no person has decided a step like this."
    plural = "" if count == 1 else "s"
    return f"Confidence: {100 * confidence:.0f} % (lower end, from {count} decision{plural} by a person)."


def parameter_lines(parameters: Object) -> list[str]:
    """The parameters on one line, every name and value visible, with notes on what is hidden or looks alike in them."""
    if not parameters:
        return ["No parameters."]
    text = visible.shown(parameters)
    if len(text) > MOST_CHARACTERS:
        return [*_too_long(parameters, len(text)), *_notes(parameters)]
    if len(text) > LONG:
        text = visible.shown(dict(sorted(parameters.items(), key=lambda member: len(visible.shown(member[1])))))
    return [f"Parameters: {text}", *_notes(parameters)]


def _step_lines(workflow_id: str, step_index: int, node_id: str, action_type: str, parameters: Object) -> list[str]:
    return [
        _head(workflow_id, step_index, node_id, action_type),
        *parameter_lines(parameters),
        *([_MASKED_LINE] if _is_masked(parameters) else []),
        *_hidden_line("name", [workflow_id, node_id, action_type]),
    ]


def _is_masked(parameters: Object) -> bool:
    return MASK in written(parameters)


def _is_later_line(line: str) -> bool:
    return line.startswith(_LATER_LINES) and visible.escaped(line) == line


def _head(workflow_id: str, step_index: int, node_id: str, action_type: str) -> str:
    return (
        f"{visible.shown(workflow_id)}, step {step_index + 1}: {visible.shown(action_type)} at {visible.shown(node_id)}"
    )


def _too_long(parameters: Object, length: int) -> list[str]:
    """Each name with the length of its value, where all of it is too long."""
    sizes = [(visible.shown(name)[:_VALUE], len(visible.shown(value))) for name, value in parameters.items()]
    listed = ", ".join(f"{name} ({size:,})" for name, size in sizes[:_NAMES_SHOWN])
    more = f" and {len(sizes) - _NAMES_SHOWN:,} more" if len(sizes) > _NAMES_SHOWN else ""
    return [
        f"Parameters: {length:,} characters, too long to be shown here. Decide this step on the page, which shows all "
        f"of them (session-buddy dashboard). Names and characters: {listed}{more}."
    ]


def _notes(parameters: Object) -> list[str]:
    lines = _hidden_line("parameter", parameters)
    for name, other in visible.alike(parameters)[:_NAMES_SHOWN]:
        lines.append(f"Two names look alike: {visible.shown(name)[:_VALUE]} and {visible.shown(other)[:_VALUE]}.")
    return lines


def _hidden_line(what: str, value: Any) -> list[str]:
    count = visible.hidden_count(value)
    if not count:
        return []
    are = "1 hidden character is" if count == 1 else f"{count:,} hidden characters are"
    return [f"In the {what}s, {are} written as \\u escapes."]


def _correction_lines(chosen: Chosen) -> list[str]:
    lines = [f"Corrected as {_learned(item)}: {_changes(item.patch)} ({_record(item)})" for item in chosen.applied]
    lines += [
        f"Not applied: correction {one.item_id[:8]} gives way to {one.winner_id[:8]}." for one in chosen.conflicts
    ]
    lines += [f"Laid off: {_changes(item.patch)} ({_record(item)})" for item in chosen.laid_off]
    lines += [f"Switched off: {_changes(item.patch)} ({_record(item)})" for item in chosen.switched_off]
    if chosen.waiting:
        lines.append(f"Imported corrections of this step that no person has enabled: {chosen.waiting:,}, not applied.")
    return lines


def _learned(item: Any) -> str:
    return "learned" if item.trusted else "an assistant has reported"


def _record(item: Any) -> str:
    return f"seen {item.times_seen}×, helped {item.helped}, hurt {item.hurt}"


def _changes(patch: list[dict[str, Any]]) -> str:
    """What a correction does, in short; its result stands in the parameters."""
    parts = []
    for operation in patch:
        if operation["op"] == "test":
            continue
        value = _cut(visible.shown(operation["value"])) if "value" in operation else ""
        parts.append(f"{operation['op']} {_cut(visible.shown(operation['path'])[1:-1])} {value}".strip())
    return ", ".join(parts)


def _cut(text: str) -> str:
    return text if len(text) <= _VALUE else f"{text[: _VALUE - 1]}…"

"""The bars that a workflow has to reach: settings of a store, each change of which is on record."""

from typing import Any, NamedTuple

from session_buddy.coaching import persons
from session_buddy.errors import InvalidRequestError
from session_buddy.store import coaching_learning
from session_buddy.store.times import iso, now
from session_buddy.store.writing import Cursor


class Thresholds(NamedTuple):
    """Bars of readiness. Shares are percentages."""

    decisions: int = 20
    sessions: int = 3
    acceptance: float = 85.0
    lower_bound: float = 70.0
    known_outcomes: float = 50.0
    success: float = 95.0
    clean_streak: int = 10
    attention_seconds: float = 2.0
    window: int = 50
    attention_window: int = 20
    observed_sessions: int = 3
    observed_steps: int = 10


MEANINGS = {
    "decisions": "decisions by a person that are needed",
    "sessions": "coaching sessions that these have to come from",
    "acceptance": "percentage of them accepted",
    "lower_bound": "lower end of the 95 % interval of that percentage",
    "known_outcomes": "percentage of the accepted whose outcome is known",
    "success": "percentage of the known outcomes that succeeded",
    "clean_streak": "latest decisions with no reject, correction or failure",
    "attention_seconds": "median seconds that a decision took",
    "window": "latest decisions that all this is judged by",
    "attention_window": "latest decisions that attention is judged by",
    "observed_sessions": "coaching sessions completed before it is coached",
    "observed_steps": "steps recorded before it is coached",
}
_MOST = 1_000


def current(cursor: Cursor) -> Thresholds:
    """The bars as they are now."""
    found: dict[str, float] = {}
    for change in coaching_learning.thresholds(cursor):
        if change.name in MEANINGS:
            found.setdefault(change.name, change.value)
    return Thresholds(**{name: _typed(name, value) for name, value in found.items()})


def change(cursor: Cursor, name: str, value: float, who: str, source: str) -> dict[str, Any]:
    """Set one bar; returns all of them, as `told` does.

    Raises:
        InvalidRequestError: nobody but a person may, there is none of this name, or the value is not allowed.
    """
    persons.require(who, "set_threshold")
    if name not in MEANINGS:
        raise InvalidRequestError(
            f"There is no threshold {name!r}. Allowed are {', '.join(MEANINGS)}. Nothing was changed."
        )
    lowest, highest = _range(name)
    whole = isinstance(getattr(Thresholds(), name), int)
    if not lowest <= value <= highest or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        raise InvalidRequestError(
            f"{name} must be {kind} from {lowest:g} to {highest:g}, not {value:g}. Nothing was changed."
        )
    if getattr(current(cursor), name) != value:
        coaching_learning.set_threshold(cursor, name, value, who, now(), source)
    return told(cursor)


def told(cursor: Cursor) -> dict[str, Any]:
    """Each bar with its value, its default and meaning, and every change that was made."""
    values, defaults = current(cursor), Thresholds()
    return {
        "thresholds": [
            {"name": name, "value": getattr(values, name), "default": getattr(defaults, name), "meaning": meaning}
            for name, meaning in MEANINGS.items()
        ],
        "changes": [
            {"name": one.name, "value": one.value, "decided_by": one.decided_by, "changed_at": iso(one.changed_us)}
            for one in coaching_learning.thresholds(cursor)
        ],
    }


def _range(name: str) -> tuple[float, float]:
    if isinstance(getattr(Thresholds(), name), int):
        return 1, _MOST
    return (0, 3_600) if name == "attention_seconds" else (0, 100)


def _typed(name: str, value: float) -> Any:
    return int(value) if isinstance(getattr(Thresholds(), name), int) else value

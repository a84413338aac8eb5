"""Whether a workflow is ready to run by itself: six criteria over what persons have decided lately."""

from statistics import median
from typing import Any, NamedTuple

from session_buddy.coaching.thresholds import Thresholds
from session_buddy.skills.intervals import wilson
from session_buddy.store.coaching_learning import Judged

READY, CONFIRM, NOT_READY = "ready", "needs confirmation", "not ready"
_ATTENTION = "attention"
# What a criterion is called for a person, and the unit of its value: of each part, where it has several.
_SHOWN: dict[str, tuple[str, str | dict[str, str]]] = {
    "decisions": ("Decisions by a person", {"decisions": "decisions", "sessions": "coaching sessions"}),
    "acceptance": ("Accepted", "%"),
    "lower_bound": ("Accepted for sure (lower end of the 95 % interval)", "%"),
    "outcomes": ("Outcomes of what was accepted", {"known": "% known", "succeeded": "% succeeded"}),
    "clean_streak": ("Latest ones accepted without a failure", "decisions"),
    _ATTENTION: ("Median time taken to decide", "s"),
}


class Criterion(NamedTuple):
    """One criterion. `value` is None without data; `part` is how much of the way to the bar is done, 0 to 1."""

    name: str
    value: dict[str, Any] | float | None
    bar: dict[str, Any] | float
    met: bool
    part: float
    text: str


class Readiness(NamedTuple):
    """The six criteria and what they say together. `progress` is their mean part, 0 to 1."""

    state: str
    criteria: list[Criterion]
    progress: float

    @property
    def told(self) -> dict[str, Any]:
        """The same as a dictionary that JSON can hold."""
        criteria = [one._asdict() | {"part": round(one.part, 6)} for one in self.criteria]
        return {"state": self.state, "criteria": criteria, "learning_progress": round(self.progress, 6)}

    @property
    def explained(self) -> dict[str, Any]:
        """The same, each criterion with a `label` for a person and the `unit` of its value and bar."""
        told = self.told
        labels = [dict(zip(("label", "unit"), _SHOWN[one["name"]], strict=True)) for one in told["criteria"]]
        return told | {"criteria": [one | more for one, more in zip(told["criteria"], labels, strict=True)]}


def readiness(judged: list[Judged], bars: Thresholds) -> Readiness:
    """Judge a workflow by the decisions of persons, newest first; those beyond the window do not count."""
    judged = judged[: bars.window]
    criteria = [
        _enough(judged, bars),
        _acceptance(judged, bars),
        _lower_bound(judged, bars),
        _outcomes(judged, bars),
        _streak(judged, bars),
        _attention(judged, bars),
    ]
    unmet = [one.name for one in criteria if not one.met]
    state = READY if not unmet else CONFIRM if unmet == [_ATTENTION] and criteria[-1].value is not None else NOT_READY
    return Readiness(state, criteria, sum(one.part for one in criteria) / len(criteria))


def acceptance_rate(accepted: int, rejected: int, corrected: int) -> float:
    """Accepted of accepted, rejected and corrected, in percent; 0 where there are none."""
    return _percent(accepted, accepted + rejected + corrected)


def correction_rate(accepted: int, rejected: int, corrected: int) -> float:
    """Corrected of accepted, rejected and corrected, in percent; 0 where there are none."""
    return _percent(corrected, accepted + rejected + corrected)


def _enough(judged: list[Judged], bars: Thresholds) -> Criterion:
    count, sessions = len(judged), len({one.session_id for one in judged})
    return Criterion(
        "decisions",
        {"decisions": count, "sessions": sessions},
        {"decisions": bars.decisions, "sessions": bars.sessions},
        count >= bars.decisions and sessions >= bars.sessions,
        min(1.0, count / bars.decisions, sessions / bars.sessions),
        f"{count} decisions by a person from {sessions} coaching sessions; "
        f"at least {bars.decisions} from {bars.sessions}",
    )


def _acceptance(judged: list[Judged], bars: Thresholds) -> Criterion:
    accepted = sum(one.decision == "accept" for one in judged)
    value = _percent(accepted, len(judged)) if judged else None
    shown = "none decided" if value is None else f"{value:.1f} % accepted ({accepted} of {len(judged)})"
    return _single("acceptance", value, bars.acceptance, f"{shown}; at least {bars.acceptance:g} %")


def _lower_bound(judged: list[Judged], bars: Thresholds) -> Criterion:
    accepted = sum(one.decision == "accept" for one in judged)
    value = 100 * wilson(accepted, len(judged))[0] if judged else None
    shown = "none decided" if value is None else f"{value:.1f} % is the lower end of its 95 % interval"
    return _single("lower_bound", value, bars.lower_bound, f"{shown}; at least {bars.lower_bound:g} %")


def _outcomes(judged: list[Judged], bars: Thresholds) -> Criterion:
    accepted = [one for one in judged if one.decision == "accept"]
    known = [one for one in accepted if one.succeeded is not None]
    succeeded = sum(one.succeeded is True for one in known)
    shares = {"known": _percent(len(known), len(accepted)), "succeeded": _percent(succeeded, len(known))}
    met = bool(known) and shares["known"] >= bars.known_outcomes and shares["succeeded"] >= bars.success
    part = _part(shares["succeeded"], bars.success) * _part(shares["known"], bars.known_outcomes) if known else 0.0
    return Criterion(
        "outcomes",
        shares if accepted else None,
        {"known": bars.known_outcomes, "succeeded": bars.success},
        met,
        part,
        f"outcome known of {len(known)} of {len(accepted)} accepted, {succeeded} succeeded; "
        f"at least {bars.known_outcomes:g} % known and {bars.success:g} % of these succeeded",
    )


def _streak(judged: list[Judged], bars: Thresholds) -> Criterion:
    streak = 0
    for one in judged:
        if one.decision != "accept" or one.succeeded is False:
            break
        streak += 1
    text = f"the latest {streak} accepted without a failure; at least {bars.clean_streak}"
    value = float(streak) if judged else None
    return _single("clean_streak", value, float(bars.clean_streak), text)


def _attention(judged: list[Judged], bars: Thresholds) -> Criterion:
    seconds = [one.seconds for one in judged[: bars.attention_window] if one.seconds is not None]
    value = median(seconds) if seconds else None
    shown = "not known how long decisions took" if value is None else f"median decision took {value:.1f} s"
    return _single(_ATTENTION, value, bars.attention_seconds, f"{shown}; at least {bars.attention_seconds:g} s")


def _single(name: str, value: float | None, bar: float, text: str) -> Criterion:
    met = value is not None and value >= bar
    return Criterion(name, value, bar, met, 0.0 if value is None else _part(value, bar), text)


def _part(value: float, bar: float) -> float:
    return min(1.0, value / bar) if bar else 1.0


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0

"""Results as text for people."""

from datetime import datetime
from typing import Any

from session_buddy.common.quoted_text import quoted_name


def tracked_text(tracked: dict[str, Any]) -> str:
    return _with_notes(
        f"Tracking {quoted_name(tracked['skill_name'])}; invocation {tracked['invocation_id']}.", tracked
    )


def completed_text(ended: dict[str, Any]) -> str:
    took = duration(ended["duration_seconds"])
    return _with_notes(f"{quoted_name(ended['skill_name'])}: {ended['outcome']} after {took}.", ended)


def recommendations_text(found: dict[str, Any]) -> str:
    """The list, one line a skill, and below it what restricts it."""
    if not found["recommendations"]:
        return _with_notes("Nothing you have used fits this.", found)
    lines = [
        f"{rank}. {_name(one)} ({one['score']:.2f}): {one['reason']}"
        for rank, one in enumerate(found["recommendations"], start=1)
    ]
    if not found["confident"]:
        lines.insert(0, "Nothing you have used fits this well; the nearest are:")
    return _with_notes("\n".join(lines), found)


def duration(seconds: float) -> str:
    """A duration as a person says it: 3.2 s, 4 min 10 s, 2 h 5 min."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def day(moment: str) -> str:
    """The day of a moment where the person is."""
    return datetime.fromisoformat(moment).astimezone().date().isoformat()


def moment(written: str) -> str:
    """A moment where the person is, to the minute."""
    return datetime.fromisoformat(written).astimezone().strftime("%Y-%m-%d %H:%M")


def _name(recommendation: dict[str, Any]) -> str:
    """The name, with a remark where the skill is known not to be installed for the project."""
    name = quoted_name(recommendation["skill_name"])
    return f"{name}, not installed here," if recommendation.get("installed") is False else name


def _with_notes(text: str, result: dict[str, Any]) -> str:
    return "\n".join([text, *result.get("notes", [])])

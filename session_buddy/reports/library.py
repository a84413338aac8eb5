"""The report that the library makes of all skills."""

from typing import Any

from session_buddy.reports.columns import left, percent, short
from session_buddy.reports.metrics import NAME, TITLE, outcomes
from session_buddy.reports.text import duration

MOST_USED, MOST_PATHS, MOST_ACTIONS = 5, 3, 5


def metrics_report(found: dict[str, Any]) -> str:
    """Totals, the most used skills with rate and time, the paths of the first of them, and common follow-ups."""
    total = found["summary"]
    lines = [TITLE, "", f"Skills: {total['total_skills']}, {outcomes(total)}"]
    if not total["total_invocations"]:
        return "\n".join([TITLE, "", "Nothing has been tracked yet."])
    lines += [f"Completed: {percent(total['completion_rate'])} of the ended uses", "", "Most used"]
    lines += [_used(one) for one in found["skills"][:MOST_USED]]
    paths = [_paths(one) for one in found["skills"][:MOST_PATHS] if one["workflow_paths"]]
    actions = list(total["follow_up_actions"].items())[:MOST_ACTIONS]
    if paths:
        lines += ["", "Workflow paths", *paths]
    if actions:
        lines += ["", "Common follow-ups", *(f"  {left(name, NAME)} {times:,}" for name, times in actions)]
    return "\n".join(lines)


def _used(one: dict[str, Any]) -> str:
    took = one["avg_duration_seconds"]
    rate, time = percent(one["completion_rate"]), "" if took is None else f", {duration(took)} on average"
    return f"  {left(one['skill_name'], NAME)} {one['total_invocations']:,}, {rate} completed{time}"


def _paths(one: dict[str, Any]) -> str:
    told = ", ".join(f"{short(name, NAME)} ({times:,})" for name, times in one["workflow_paths"].items())
    return f"  {left(one['skill_name'], NAME)} {told}"

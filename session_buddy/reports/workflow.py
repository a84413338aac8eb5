"""The workflow report as text, short however long the history is."""

from typing import Any, NamedTuple

from session_buddy.reports.columns import left, more, percent, right, short
from session_buddy.reports.heatmap import heatmap_text
from session_buddy.reports.text import duration

LONGEST = 6_000
NAME = 28

Result = dict[str, Any]


class Size(NamedTuple):
    """How many of each are shown."""

    phases: int
    skills: int
    steps: int
    rows: int
    columns: int


# The largest that fits is taken; the last one always does.
SIZES = (Size(12, 5, 10, 15, 8), Size(8, 5, 8, 15, 8), Size(8, 3, 8, 12, 8), Size(6, 3, 5, 10, 6), Size(4, 2, 4, 8, 5))


def workflow_text(report: Result, title: str = "Workflow Correlation Report") -> str:
    """The whole report in at most 6,000 characters."""
    for size in SIZES:
        text = "\n".join(_lines(report, title, size))
        if len(text) <= LONGEST:
            return text
    return text[: LONGEST - 1] + "…"


def _lines(report: Result, title: str, size: Size) -> list[str]:
    about = f" of session {short(report['session_id'], 40)}" if report["session_id"] else ""
    about += f", page {report['page']} of {report['pages']}" if report["page"] > 1 else ""
    lines = [f"{title}{about}", ""]
    if not report["total_invocations"]:
        return [*lines, "Nothing has been tracked yet."]
    if not report["totals"]["effectiveness"]:
        return [
            *lines,
            f"{_uses(report['total_invocations'])}, none of them in a phase: pass workflow_phase to track_skill.",
        ]
    return [
        *lines,
        *_effectiveness(report, size),
        *_bottlenecks(report, size),
        *_transitions(report, size),
        *_best(report, size),
        *heatmap_text(report["heatmap"], size.rows, size.columns).splitlines(),
    ]


def _effectiveness(report: Result, size: Size) -> list[str]:
    lines = ["Skill Effectiveness by Workflow Phase"]
    for phase in report["effectiveness"][: size.phases]:
        skills = phase["skills"][: size.skills]
        lines.append(f"  {short(phase['phase'], NAME)}: {_figures(phase)}")
        lines += [f"    {left(skill['skill_name'], NAME)} {_figures(skill)}" for skill in skills]
        lines += [f"  {line}" for line in more(len(skills), phase["different_skills"], "skills")]
    lines += more(size.phases, _found(report, "effectiveness"), "phases")
    if report["without_phase"]:
        lines.append(f"  (left out: {_uses(report['without_phase'])} without a phase)")
    return [*lines, ""]


def _bottlenecks(report: Result, size: Size) -> list[str]:
    lines = ["Workflow Bottlenecks", *map(_bottleneck, report["bottlenecks"][: size.steps])]
    lines += more(size.steps, _found(report, "bottlenecks"), "phases")
    if not report["totals"]["bottlenecks"]:
        lines.append("  none: no phase with three ended uses loses 20 % of them")
    return [*lines, ""]


def _bottleneck(one: Result) -> str:
    rate, share = percent(one["abandoned_or_failed_rate"]), percent(100 * one["lost_time_share"])
    return (
        f"  {left(one['phase'], NAME)} {one['severity']}: {rate} of {one['ended']:,} ended ones lost "
        f"({one['abandoned']:,} abandoned, {one['failed']:,} failed), {share} of the lost time; "
        f"score {one['bottleneck_score']:.2f}"
    )


def _transitions(report: Result, size: Size) -> list[str]:
    lines = ["Workflow Phase Transitions"]
    for one in report["transitions"][: size.steps]:
        step = f"{short(one['from_phase'], NAME)} → {short(one['to_phase'], NAME)}"
        lines.append(f"  {left(step, 2 * NAME)} {one['count']:,}, mostly with {_skill(one)}")
    lines += more(size.steps, _found(report, "transitions"), "transitions")
    again = report["self_transitions"]
    if again:
        told = [f"{short(one['from_phase'], NAME)} {one['count']:,}" for one in again[: size.steps]]
        lines.append(f"  within the same phase: {', '.join(told)}")
    if not report["totals"]["transitions"] and not report["totals"]["self_transitions"]:
        lines.append("  none: no session has two uses with a phase")
    return [*lines, ""]


def _best(report: Result, size: Size) -> list[str]:
    lines = ["Recommendations by Phase"]
    for one in report["best_skills"][: size.phases]:
        phase = left(one["phase"], NAME)
        if one["enough_data"] and not one["completed"]:
            told = (
                f"nothing to recommend: no use of {short(one['skill_name'], NAME)} was completed (n = {one['ended']})"
            )
        elif one["enough_data"]:
            span = f"{one['interval_low']:.0f} to {one['interval_high']:.0f} %"
            told = f"{short(one['skill_name'], NAME)}: {percent(one['completion_rate'])} of {one['ended']} ({span})"
        else:
            told = "not enough data"
        lines.append(f"  {phase} {told}")
    lines += more(size.phases, _found(report, "best_skills"), "phases")
    lines.append("  By the lower end of the 95 % interval (Wilson); from three ended uses of a skill on.")
    return [*lines, ""]


def _found(report: Result, section: str) -> int:
    """How many there are to show: all of them on the first page, those of the page on another."""
    return report["totals"][section] if report["page"] == 1 else len(report[section])


def _figures(one: Result) -> str:
    took = "" if one["avg_duration_seconds"] is None else f", {duration(one['avg_duration_seconds'])} on average"
    still = f", {one['open']} open" if one["open"] else ""
    return f"{right(percent(one['completion_rate']), 5)} of {one['ended']:,} completed{took}{still}"


def _skill(one: Result) -> str:
    return f"{short(one['most_used_skill'], NAME)} ({one['most_used_count']:,})"


def _uses(number: int) -> str:
    return "1 use" if number == 1 else f"{number:,} uses"

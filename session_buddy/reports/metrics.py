"""Metrics as text for people."""

from typing import Any

from rich.cells import cell_len

from session_buddy.reports.columns import left, more, percent, right, short
from session_buddy.reports.text import day, duration

NAME = 28
TITLE = "Skills Metrics Report"
# Where there is no room for all, the last ones are left out.
HEAD = (
    "skill", "uses", "completed", "failed", "abandoned", "open", "rate", "average", "median", "95 %", "rank", "as first"
)  # fmt: skip
GAP = "  "
LEGEND = (
    "rate: completed of the ended ones; average, median, 95 %: time to completion, of all, of half and of 95 %;\n"
    "rank: average place in the lists it was chosen from; as first: rate of those chosen at place 1."
)

Result = dict[str, Any]


def metrics_text(found: Result, width: int | None = None) -> str:
    """What `skill_metrics` found: of one skill, of one session, or of everything, whose table is cut to `width`
    characters where one is given."""
    if found["scope"] == "skill":
        return skill_text(found["skill"], found["session_id"])
    if found["scope"] == "session":
        return session_text(found["session"])
    return everything_text(found, width)


def skill_text(one: Result, session_id: str | None = None) -> str:
    """One skill, whole, or what a session has seen of it."""
    name = short(one["skill_name"], 80) + (f" in session {short(session_id, 80)}" if session_id else "")
    if not one["total_invocations"]:
        return f"{name} was not used." if session_id else f"{name} is known and was never used."
    lines = [f"{name}: {outcomes(one)}"]
    lines.append(f"completed: {percent(one['completion_rate'])} of the ended ones{_basis(one)}")
    if one["timed_invocations"]:
        average, median, slow = (duration(one[f"{which}_duration_seconds"]) for which in ("avg", "median", "p95"))
        lines.append(f"time to completion: {average} on average, median {median}, 95 % within {slow}")
    if one["avg_selection_rank"] is not None:
        lines.append(_chosen(one))
    lines.append(f"first used {day(one['first_invoked'])}, last {day(one['last_invoked'])}")
    weeks = ", ".join(f"{week['invocations']} ({percent(week['completion_rate'])})" for week in one["trend"])
    lines.append(f"uses in each of the last four weeks, with completion rate: {weeks}")
    return "\n".join([*lines, *_named(one)])


def session_text(one: Result) -> str:
    """One session."""
    if not one["total_invocations"]:
        return f"Session {short(one['session_id'], 80)}: no skill was tracked in it."
    skills = [f"  {left(name, NAME)} {times:>5}" for name, times in list(one["skills_by_count"].items())[:20]]
    return "\n".join(
        [
            f"Session {short(one['session_id'], 80)}: {_skills(one['total_skills_used'])}, {outcomes(one)}",
            f"time in skills: {duration(one['total_duration_seconds'])}",
            *skills,
            *more(len(skills), one["total_skills_used"], "skills"),
        ]
    )


def everything_text(found: Result, width: int | None = None) -> str:
    """The totals, and a line for each of the most used skills."""
    total = found["summary"]
    if not total["total_invocations"]:
        return f"{TITLE}\n\nNothing has been tracked yet."
    sessions = "1 session" if total["total_sessions"] == 1 else f"{total['total_sessions']:,} sessions"
    lines = [
        TITLE,
        "",
        f"{_skills(total['total_skills'])} in {sessions}, {outcomes(total)}",
        f"completed: {percent(total['completion_rate'])} of the ended ones{_basis(total)}",
        f"most used: {short(total['most_used_skill'], NAME)} ({total['most_used_count']:,})",
        "",
        *_table([_cells(one) for one in found["skills"]], width),
        *more(found["offset"] + len(found["skills"]), found["total_skills"], "skills (--limit, --offset)"),
        *_named(total, {"phases": "phases"}),
        "",
        LEGEND,
    ]
    return "\n".join(lines)


def outcomes(one: Result) -> str:
    """Counts that add up: uses, and how they stand."""
    total = one["total_invocations"]
    parts = [
        f"{one['completed_invocations']:,} completed",
        f"{one['failed_invocations']:,} failed",
        f"{one['abandoned_invocations']:,} abandoned{_silent(one['abandoned_by'])}",
        f"{one['open_invocations']:,} open",
    ]
    return f"{'1 use' if total == 1 else f'{total:,} uses'}: {', '.join(parts)}"


def _silent(by: Result) -> str:
    """How many were abandoned without anybody saying so."""
    parts = [f"{by['session_end']:,} when their session ended"] if by["session_end"] else []
    parts += [f"{by['timeout']:,} open for too long"] if by["timeout"] else []
    return f" ({', '.join(parts)})" if parts else ""


def _basis(one: Result) -> str:
    """What outcomes rest on, where not all were reported."""
    basis = one["outcome_basis"]
    if not basis["seen"] + basis["inferred"]:
        return ""
    return f" (outcomes: {basis['reported']:,} reported, {basis['seen']:,} seen, {basis['inferred']:,} inferred)"


def _chosen(one: Result) -> str:
    text = f"chosen at rank {one['avg_selection_rank']:.1f} on average"
    if one["first_choice_ended"]:
        rate = percent(one["recommendation_success_rate"])
        text += f"; {rate} completed when it was ranked first (n = {one['first_choice_ended']})"
    return text


def _named(one: Result, others: dict[str, str] | None = None) -> list[str]:
    titles = (others or {}) | {
        "workflow_paths": "workflow paths", "common_errors": "errors", "follow_up_actions": "follow-up actions"
    }  # fmt: skip
    return [
        f"{title}: {', '.join(f'{short(name, 40)} ({times:,})' for name, times in list(one[key].items())[:5])}"
        for key, title in titles.items()
        if one[key]
    ]


def _table(rows: list[tuple[str, ...]], width: int | None) -> list[str]:
    """The rows below their heads, each column as wide as it must be; and what there was no room for."""
    widths = [max(map(cell_len, column)) for column in zip(HEAD, *rows, strict=True)]
    shown = len(HEAD)
    while width is not None and shown > 2 and sum(widths[:shown]) + len(GAP) * (shown - 1) > width:
        shown -= 1
    lines = [
        GAP.join(
            [
                left(name, widths[0]),
                *(right(cell, room) for cell, room in zip(cells[: shown - 1], widths[1:shown], strict=True)),
            ]
        )
        for name, *cells in (HEAD, *rows)
    ]
    return lines if shown == len(HEAD) else [*lines, f"(a wider terminal also shows {', '.join(HEAD[shown:])})"]


def _cells(one: Result) -> tuple[str, ...]:
    numbers = (one[f"{name}_invocations"] for name in ("total", "completed", "failed", "abandoned", "open"))
    times = (one[f"{name}_duration_seconds"] for name in ("avg", "median", "p95"))
    rank = one["avg_selection_rank"]
    return (
        short(one["skill_name"], NAME),
        *(str(number) for number in numbers),
        percent(one["completion_rate"]),
        *("–" if value is None else duration(value) for value in times),
        "–" if rank is None else f"{rank:.1f}",
        percent(one["recommendation_success_rate"]),
    )


def _skills(number: int) -> str:
    return "1 skill" if number == 1 else f"{number:,} skills"

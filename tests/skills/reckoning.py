"""Every figure of the reports again, in plain Python over the exported rows: no query, no code of the reports."""

import itertools
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from math import sqrt
from typing import Any, NamedTuple

Row = dict[str, Any]
Result = dict[str, Any]
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


class Past(NamedTuple):
    """Exported invocations, lists of skills that were given (session, moment, skills), and when sessions ended
    (session, moment) without going on."""

    rows: list[Row]
    lists: list[tuple[str, datetime, list[str]]]
    ends: dict[str, datetime]
    now: datetime
    patience: timedelta

    def only(self, keep: Any) -> "Past":
        return self._replace(rows=[row for row in self.rows if keep(row)])


def prepared(past: Past) -> Past:
    """The same with what follows from the whole past: the standing and the rank of every row."""
    answers = _answers(past)
    rows = [
        row | {"stands": _stands(row, past), "rank": row.get("selection_rank") or answers.get(row["invocation_id"])}
        for row in past.rows
    ]
    return past._replace(rows=rows)


def moment(row: Row) -> datetime:
    return datetime.fromisoformat(row["invoked_at"])


def within(chosen: Any, row: Row) -> bool:
    """Whether a row is of a session, of a project and of a time (microseconds since 1970), where these are given."""
    at = round(moment(row).timestamp() * 1e6)
    return (
        chosen.session_id in (None, row["session_id"])
        and chosen.project_id in (None, row["project_id"])
        and (chosen.since is None or chosen.since <= at)
        and (chosen.until is None or at < chosen.until)
    )


def _stands(row: Row, past: Past) -> str:
    if row["completed"]:
        return "completed"
    if row["completed"] is False:
        return "failed" if row.get("error_type") else "abandoned"
    if row["session_id"] in past.ends and moment(row) <= past.ends[row["session_id"]]:
        return "session_end"
    return "timeout" if past.now - moment(row) > past.patience else "open"


def _answers(past: Past) -> dict[str, int]:
    """At which place of the last list before it the first use after a list stands, within the hour."""
    places = {(session, when): skills for session, when, skills in past.lists}
    return {
        use["invocation_id"]: places[given].index(use["skill_name"]) + 1
        for given, use in answered(past).items()
        if use["skill_name"] in places[given]
    }


def answered(past: Past) -> dict[tuple[str, datetime], Row]:
    """The use that answers a list (session, moment): the first one after it, within the hour and before the next."""
    found = {}
    for session in {row["session_id"] for row in past.rows}:
        waiting: Any = None
        uses: list[Any] = [
            (moment(row), 1, row["invocation_id"], row) for row in past.rows if row["session_id"] == session
        ]
        lists: list[Any] = [(when, 0, "", skills) for at, when, skills in past.lists if at == session]
        for when, is_use, _, what in sorted([*uses, *lists], key=lambda one: one[:3]):
            if not is_use:
                waiting = (when, what)
            elif waiting:
                if when - waiting[0] <= HOUR:
                    found[session, waiting[0]] = what
                waiting = None
    return found


def counts(rows: list[Row]) -> Result:
    inferred = sum(row["inferred"] for row in rows)
    stands = Counter(row["stands"] for row in rows)
    return {
        "total_invocations": len(rows),
        "completed_invocations": stands["completed"],
        "failed_invocations": stands["failed"],
        "abandoned_invocations": stands["abandoned"] + stands["session_end"] + stands["timeout"],
        "open_invocations": stands["open"],
        "abandoned_by": {
            "report": stands["abandoned"], "session_end": stands["session_end"], "timeout": stands["timeout"]
        },
        "outcome_basis": {
            "reported": sum(row["completed"] is not None for row in rows) - inferred,
            "seen": 0,
            "inferred": inferred,
        },
    }  # fmt: skip


def rate(rows: list[Row]) -> float | None:
    ended = [row for row in rows if row["stands"] != "open"]
    return 100 * sum(row["stands"] == "completed" for row in ended) / len(ended) if ended else None


def durations(rows: list[Row]) -> list[float]:
    return sorted(row["duration_seconds"] for row in rows if row["stands"] == "completed" and "duration_seconds" in row)


def percentile(ordered: list[float], share: float) -> float | None:
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def totals(rows: list[Row]) -> Result:
    took, ranks = durations(rows), [row["rank"] for row in rows if row["rank"]]
    firsts = [row for row in rows if row["rank"] == 1 and row["stands"] != "open"]
    moments = sorted(moment(row) for row in rows)
    return counts(rows) | {
        "completion_rate": rate(rows),
        "total_duration_seconds": sum(took),
        "timed_invocations": len(took),
        "avg_duration_seconds": sum(took) / len(took) if took else None,
        "median_duration_seconds": percentile(took, 0.5),
        "p95_duration_seconds": percentile(took, 0.95),
        "avg_selection_rank": sum(ranks) / len(ranks) if ranks else None,
        "recommendation_success_rate": rate(firsts),
        "first_choice_ended": len(firsts),
        "first_invoked": moments[0].isoformat() if moments else None,
        "last_invoked": moments[-1].isoformat() if moments else None,
    }


def most(names: list[str], limit: int = 10) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda one: (-one[1], one[0]))[:limit])


def named(rows: list[Row]) -> Result:
    return {
        "workflow_paths": most([row["workflow_path"] for row in rows if "workflow_path" in row]),
        "common_errors": most([row["error_type"] for row in rows if "error_type" in row]),
        "follow_up_actions": most([action for row in rows for action in row.get("follow_up_actions", [])]),
    }


def skill(past: Past, name: str) -> Result:
    rows = [row for row in past.rows if row["skill_name"] == name]
    trend = []
    for weeks in (4, 3, 2, 1):
        begin, end = past.now - weeks * WEEK, past.now - (weeks - 1) * WEEK
        lately = [row for row in rows if begin < moment(row) <= end]
        ended = [row for row in lately if row["stands"] != "open"]
        trend.append(
            {
                "week_start": begin.isoformat(),
                "invocations": len(lately),
                "ended": len(ended),
                "completion_rate": rate(lately),
            }
        )
    return {"skill_name": name} | totals(rows) | named(rows) | {"trend": trend}


def session(past: Past, session_id: str) -> Result:
    rows = [row for row in past.rows if row["session_id"] == session_id]
    moments = sorted(moment(row) for row in rows)
    skills = most([row["skill_name"] for row in rows], 1_000)
    return (
        {"session_id": session_id, "total_skills_used": len(skills)}
        | counts(rows)
        | {
            "total_duration_seconds": sum(row.get("duration_seconds", 0) for row in rows),
            "first_invoked": moments[0].isoformat() if moments else None,
            "last_invoked": moments[-1].isoformat() if moments else None,
            "skills_by_count": skills,
            "phases": most([row["workflow_phase"] for row in rows if "workflow_phase" in row]),
        }
    )


def summary(past: Past) -> Result:
    rows = past.rows
    skills = most([row["skill_name"] for row in rows], 1_000)
    first = next(iter(skills.items()), (None, 0))
    usage = [{"skill_name": name, "count": times} for name, times in list(skills.items())[:10]]
    return (
        {"total_skills": len(skills), "total_sessions": len({row["session_id"] for row in rows})}
        | totals(rows)
        | {
            "overall_completion_rate": rate(rows),
            "most_used_skill": first[0],
            "most_used_count": first[1],
            "skills_by_usage": usage,
            "phases": most([row["workflow_phase"] for row in rows if "workflow_phase" in row]),
            "sessions": most([row["session_id"] for row in rows]),
        }
        | named(rows)
    )


def wilson(successes: int, trials: int) -> tuple[float, float]:
    z = 1.959963984540054
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def workflow(past: Past) -> Result:
    phases: dict[str, list[Row]] = defaultdict(list)
    for row in past.rows:
        if "workflow_phase" in row:
            phases[row["workflow_phase"]].append(row)
    names = sorted(phases, key=lambda phase: (-len(phases[phase]), phase))
    steps, again = _transitions(past)
    return {
        "total_invocations": len(past.rows),
        "without_phase": sum("workflow_phase" not in row for row in past.rows),
        "effectiveness": [_effectiveness(phase, phases[phase]) for phase in names],
        "bottlenecks": _bottlenecks(phases),
        "transitions": steps,
        "self_transitions": again,
        "best_skills": [_best(phase, phases[phase]) for phase in names],
        "heatmap": _heatmap(phases, names),
    }


def _by_skill(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["skill_name"]].append(row)
    return found


def _short(rows: list[Row]) -> Result:
    took = durations(rows)
    counted = counts(rows)
    return {
        "total": len(rows),
        "ended": len(rows) - counted["open_invocations"],
        "completed": counted["completed_invocations"],
        "open": counted["open_invocations"],
        "completion_rate": rate(rows),
        "avg_duration_seconds": sum(took) / len(took) if took else None,
    }


def _low(rows: list[Row]) -> float:
    short = _short(rows)
    return wilson(short["completed"], short["ended"])[0] if short["ended"] else 0.0


def _ranked(rows: list[Row]) -> list[str]:
    skills = _by_skill(rows)
    return sorted(skills, key=lambda name: (-round(_low(skills[name]), 12), -len(skills[name]), name))


def _effectiveness(phase: str, rows: list[Row]) -> Result:
    skills = _by_skill(rows)
    best = [{"skill_name": name} | _short(skills[name]) for name in _ranked(rows)[:5]]
    return _short(rows) | {"phase": phase, "different_skills": len(skills), "skills": best}


def _lost(rows: list[Row]) -> float:
    bad = ("failed", "abandoned")
    return sum((row.get("duration_seconds", 0.0) for row in rows if row["stands"] in bad), 0.0)


def _bottlenecks(phases: dict[str, list[Row]]) -> list[Result]:
    all_lost, found = sum(_lost(rows) for rows in phases.values()), []
    for phase, rows in phases.items():
        counted = counts(rows)
        ended = len(rows) - counted["open_invocations"]
        if ended < 3:
            continue
        bad = 100 * (counted["failed_invocations"] + counted["abandoned_invocations"]) / ended
        if bad < 20:
            continue
        share = _lost(rows) / all_lost if all_lost else 0.0
        found.append(
            {
                "phase": phase,
                "severity": "critical" if bad >= 50 else "warning" if bad >= 30 else "monitor",
                "abandoned_or_failed_rate": bad,
                "abandonment_rate": 100 * counted["abandoned_invocations"] / ended,
                "failure_rate": 100 * counted["failed_invocations"] / ended,
                "ended": ended,
                "abandoned": counted["abandoned_invocations"],
                "failed": counted["failed_invocations"],
                "open": counted["open_invocations"],
                "lost_seconds": _lost(rows),
                "lost_time_share": share,
                "bottleneck_score": bad / 100 * share,
            }
        )
    return sorted(
        found,
        key=lambda one: (-round(one["bottleneck_score"], 6), -round(one["abandoned_or_failed_rate"], 6), one["phase"]),
    )


def _transitions(past: Past) -> tuple[list[Result], list[Result]]:
    steps: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    ordered = sorted(past.rows, key=lambda row: (row["session_id"], moment(row), row["invocation_id"]))
    ordered = [row for row in ordered if "workflow_phase" in row]
    for one, other in itertools.pairwise(ordered):
        if one["session_id"] == other["session_id"]:
            steps[one["workflow_phase"], other["workflow_phase"]][other["skill_name"]] += 1
    told: list[Result] = []
    for (begin, end), skills in steps.items():
        name, times = sorted(skills.items(), key=lambda one: (-one[1], one[0]))[0]
        told.append(
            {
                "from_phase": begin,
                "to_phase": end,
                "count": sum(skills.values()),
                "most_used_skill": name,
                "most_used_count": times,
            }
        )
    told.sort(key=lambda one: (-one["count"], one["from_phase"], one["to_phase"]))
    return (
        [one for one in told if one["from_phase"] != one["to_phase"]],
        [one for one in told if one["from_phase"] == one["to_phase"]],
    )


def _best(phase: str, rows: list[Row]) -> Result:
    skills = _by_skill(rows)
    enough = [row for row in rows if _short(skills[row["skill_name"]])["ended"] >= 3]
    if not enough:
        return {"phase": phase, "enough_data": False, "ended": _short(rows)["ended"]}
    name = _ranked(enough)[0]
    short = _short(skills[name])
    low, high = wilson(short["completed"], short["ended"])
    return {
        "phase": phase,
        "enough_data": True,
        "skill_name": name,
        "completion_rate": short["completion_rate"],
        "interval_low": 100 * low,
        "interval_high": 100 * high,
        "completed": short["completed"],
        "ended": short["ended"],
    }


def _heatmap(phases: dict[str, list[Row]], names: list[str]) -> Result:
    used = most([row["skill_name"] for rows in phases.values() for row in rows], 1_000)
    skills = list(used)[:15]
    cells = [
        {
            "skill_name": name,
            "phase": phase,
            "completion_rate": rate(rows),
            "ended": _short(rows)["ended"],
            "total": len(rows),
        }
        for name in sorted(skills)
        for phase in sorted(phases)
        if (rows := _by_skill(phases[phase]).get(name))
    ]
    return {"skills": skills, "all_skills": len(used), "phases": names, "all_phases": len(names), "cells": cells}

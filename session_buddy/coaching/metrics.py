"""What is known of workflows: how far each has come, and how coaching goes on the whole."""

from collections import Counter
from typing import Any

from session_buddy.coaching import levels, sessions, thresholds
from session_buddy.coaching.actors import PERSON, REPORTED
from session_buddy.coaching.readiness import Readiness, acceptance_rate, correction_rate, readiness
from session_buddy.coaching.stats import stats
from session_buddy.coaching.thresholds import Thresholds
from session_buddy.skills.intervals import wilson
from session_buddy.store import coaching_figures, coaching_items, coaching_learning
from session_buddy.store.coaching_figures import Day, Node
from session_buddy.store.coaching_learning import Judged
from session_buddy.store.times import iso
from session_buddy.store.writing import Cursor

MOST_NODES = 50
MOST_CORRECTED = 10
MOST_POINTS = 100

Told = dict[str, Any]


def workflow(cursor: Cursor, workflow_id: str) -> Told:
    """Everything that is known of one workflow.

    Raises:
        UnknownNameError: it was never coached.
    """
    levels.known(cursor, workflow_id)
    newest = coaching_learning.newest_level(cursor, workflow_id)
    made = coaching_figures.makers(cursor, workflow_id)
    return {
        "workflow_id": workflow_id,
        "level": levels.of(newest.level if newest else None),
        "level_since": iso(newest.changed_us) if newest else None,
        "sessions": _statuses(coaching_figures.statuses(cursor, workflow_id)),
        "stats": stats(_tally(made)),
        "decided_by": _by_maker(made),
        "readiness": levels.judge(cursor, workflow_id).explained,
        "reported_only": _reported(cursor, workflow_id),
        "nodes": [_node(one) for one in coaching_figures.nodes(cursor, workflow_id, MOST_NODES)],
        "corrections_known": len(coaching_items.records(cursor, workflow_id)),
        "days": [_day(one) for one in coaching_figures.days(cursor, workflow_id)],
        "level_changes": levels.history(cursor, workflow_id),
        "resumable": [one["session_id"] for one in sessions.resumable(cursor, workflow_id)],
    }


def workflows(cursor: Cursor) -> list[Told]:
    """Each workflow with its level and how ready it is, by name."""
    newest, bars = coaching_figures.newest_levels(cursor), thresholds.current(cursor)
    judged = coaching_learning.judged_of_all(cursor, PERSON, bars.window)
    names = coaching_learning.workflows(cursor)
    return [_brief(name, newest.get(name), readiness(judged.get(name, []), bars)) for name in names]


def progress(cursor: Cursor, workflow_id: str) -> Told:
    """How ready a workflow was after each of its last decisions by persons, at most 100, in order of time: what
    readiness says of the decisions up to that one. Bars and outcomes of executions are those that are known now, and
    what was taken back is left out, so a point need not be what was told at that time.

    Raises:
        UnknownNameError: it was never coached.
    """
    levels.known(cursor, workflow_id)
    bars = thresholds.current(cursor)
    found = coaching_learning.judged_with_times(cursor, workflow_id, PERSON, bars.window + MOST_POINTS - 1)
    judged = [one for one, _ in found]
    points = [
        _point(judged[place : place + bars.window], bars, moment)
        for place, (_, moment) in enumerate(found[:MOST_POINTS])
    ]
    return {"workflow_id": workflow_id, "points": points[::-1]}


def overall(cursor: Cursor) -> Told:
    """How coaching goes on the whole."""
    listed = workflows(cursor)
    by_level = Counter(one["level"] for one in listed)
    return {
        "workflows": listed,
        "by_level": {level: by_level[level] for level in levels.LEVELS},
        "statistics": statistics(cursor),
        "days": [_day(one) for one in coaching_figures.days(cursor, None)],
        "most_corrected": [_node(one) for one in coaching_figures.most_corrected(cursor, None, MOST_CORRECTED)],
    }


def statistics(cursor: Cursor) -> Told:
    """Counts over all coaching sessions. Rates are percentages of accepted, rejected and corrected decisions."""
    by_status = _statuses(coaching_figures.statuses(cursor, None))
    counts = stats(_tally(coaching_figures.makers(cursor, None)))
    return {
        "total_sessions": by_status.pop("total"),
        "by_status": by_status,
        "total_decisions": counts["suggestions_made"],
        "total_accepted": counts["accepted"],
        "total_rejected": counts["rejected"],
        "total_corrected": counts["corrected"],
        "overall_acceptance_rate": counts["acceptance_rate"],
        "overall_correction_rate": counts["correction_rate"],
    }


def _brief(workflow_id: str, newest: tuple[str, int] | None, found: Readiness) -> Told:
    return {
        "workflow_id": workflow_id,
        "level": levels.of(newest[0] if newest else None),
        "level_since": iso(newest[1]) if newest else None,
        "readiness": found.state,
        "unmet": [one.name for one in found.criteria if not one.met],
        "learning_progress": found.told["learning_progress"],
    }


def _point(judged: list[Judged], bars: Thresholds, moment_us: int) -> Told:
    found = readiness(judged, bars)
    counts = Counter(one.decision for one in judged)
    return {
        "at": iso(moment_us),
        "decisions": len(judged),
        "learning_progress": round(found.progress, 6),
        "acceptance_rate": acceptance_rate(counts["accept"], counts["reject"], counts["correct"]),
        "criteria_met": sum(one.met for one in found.criteria),
    }


def _reported(cursor: Cursor, workflow_id: str) -> Told:
    """What assistants have reported, by the same criteria; it counts for nothing."""
    bars = thresholds.current(cursor)
    judged = coaching_learning.judged(cursor, workflow_id, REPORTED, bars.window)
    found = readiness(judged, bars)
    accepted = sum(one.decision == "accept" for one in judged)
    return {"decisions": len(judged), "accepted": accepted, "criteria_met": sum(one.met for one in found.criteria)}


def _statuses(found: dict[str, int]) -> dict[str, int]:
    return {"total": sum(found.values())} | {status: found.get(status, 0) for status in sessions.STATUSES}


def _tally(made: list[tuple[str, str, str, int]]) -> dict[tuple[str, bool], int]:
    total: Counter[tuple[str, bool]] = Counter()
    for _, decision, who, count in made:
        total[decision, who == "auto"] += count
    return dict(total)


def _by_maker(made: list[tuple[str, str, str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for _, _, who, count in made:
        total[who] += count
    return {who: total[who] for who in ("person", "reported", "auto")}


def _node(node: Node) -> Told:
    judged = node.judged_by_persons
    confidence = wilson(node.accepted_by_persons, judged)[0] if judged else None
    return {
        "workflow_id": node.workflow_id,
        "node_id": node.node_id,
        "action_type": node.action_type,
        "decisions": node.decisions,
        "accepted": node.accepted,
        "rejected": node.rejected,
        "corrected": node.corrected,
        "confidence": confidence,
        "confidence_n": judged,
    }


def _day(day: Day) -> Told:
    judged = day.accepted, day.rejected, day.corrected
    return day._asdict() | {"acceptance_rate": acceptance_rate(*judged), "correction_rate": correction_rate(*judged)}

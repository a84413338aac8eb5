"""The workflow report: which skill works in which phase, where work is lost, and what follows what.

Everything is made of two queries: the uses by skill and phase, and the steps from one phase to the next.
"""

from collections import Counter, defaultdict
from typing import Any

from session_buddy.skills.intervals import wilson
from session_buddy.skills.metrics import percent, seconds
from session_buddy.store import figures
from session_buddy.store.figures import Cell, Step, Tally
from session_buddy.store.scope import Scope
from session_buddy.store.writing import Cursor

BEST = 5
HEATMAP_SKILLS = 15
# A best skill is named from so many ended uses on, and a bottleneck from so many in its phase.
ENOUGH = 3
SEVERITIES = ((50.0, "critical"), (30.0, "warning"), (20.0, "monitor"))

Result = dict[str, Any]
Phases = dict[str, list[Cell]]


def figures_of(cursor: Cursor, scope: Scope) -> Result:
    """The figures behind each section, whole: they are cut where they are shown."""
    cells = figures.by_phase(cursor, scope)
    steps = figures.transitions(cursor, scope)
    phases = _by_phase(cells)
    return {
        "total_invocations": sum(cell.tally.total for cell in cells),
        "without_phase": sum(cell.tally.total for cell in cells if cell.phase is None),
        "effectiveness": [_effectiveness(phase, found) for phase, found in phases.items()],
        "bottlenecks": _bottlenecks(phases),
        "transitions": _transitions([step for step in steps if step.phase != step.next_phase]),
        "self_transitions": _transitions([step for step in steps if step.phase == step.next_phase]),
        "best_skills": [_best(phase, found) for phase, found in phases.items()],
        "heatmap": heatmap(cells),
    }


def heatmap(cells: list[Cell]) -> Result:
    """The most used skills by all phases. A cell without uses is left out; one in which nothing has ended has no
    rate."""
    used: Counter[str] = Counter()
    for cell in cells:
        if cell.phase is not None:
            used[cell.skill_name] += cell.tally.total
    phases = list(_by_phase(cells))
    skills = [name for name, _ in sorted(used.items(), key=lambda one: (-one[1], one[0]))[:HEATMAP_SKILLS]]
    return {
        "skills": skills,
        "all_skills": len(used),
        "phases": phases,
        "all_phases": len(phases),
        "cells": [
            {
                "skill_name": cell.skill_name,
                "phase": cell.phase,
                "completion_rate": percent(cell.tally.rate),
                "ended": cell.tally.ended,
                "total": cell.tally.total,
            }
            for cell in sorted(cells, key=lambda one: (one.skill_name, one.phase or ""))
            if cell.phase is not None and cell.skill_name in skills
        ],
    }


def _by_phase(cells: list[Cell]) -> Phases:
    """The cells of each phase, the most used phase first, then by name."""
    found: Phases = defaultdict(list)
    for cell in cells:
        if cell.phase is not None:
            found[cell.phase].append(cell)
    return dict(sorted(found.items(), key=lambda one: (-sum(cell.tally.total for cell in one[1]), one[0])))


def _effectiveness(phase: str, cells: list[Cell]) -> Result:
    """A phase with its best skills: those with the highest lower end of their completion rate's interval, so that one
    lucky use does not beat a record."""
    tally, timed, spent = _sum(cells)
    ranked = sorted(cells, key=lambda cell: (-_low(cell), -cell.tally.total, cell.skill_name))
    return _figures(tally, timed, spent) | {
        "phase": phase,
        "different_skills": len(cells),
        "skills": [
            {"skill_name": cell.skill_name} | _figures(cell.tally, cell.timed, cell.seconds) for cell in ranked[:BEST]
        ],
    }


def _bottlenecks(phases: Phases) -> list[Result]:
    """Phases in which much is abandoned or fails, the worst first.

    score = rate * share: the share of the ended uses that were abandoned or failed, times the share of all the time
    spent on such uses, in any phase, that was spent in this one.
    """
    lost = {phase: sum(cell.lost_seconds for cell in cells) for phase, cells in phases.items()}
    all_lost = sum(lost.values())
    found = []
    for phase, cells in phases.items():
        tally = _sum(cells)[0]
        rate = 100 * (tally.failed + tally.all_abandoned) / tally.ended if tally.ended >= ENOUGH else 0.0
        severity = next((name for least, name in SEVERITIES if rate >= least), None)
        if severity:
            share = lost[phase] / all_lost if all_lost else 0.0
            found.append(_bottleneck(phase, tally, severity, (rate, lost[phase], share)))
    return sorted(found, key=lambda one: (-one["bottleneck_score"], -one["abandoned_or_failed_rate"], one["phase"]))


def _bottleneck(phase: str, tally: Tally, severity: str, lost: tuple[float, float, float]) -> Result:
    rate, lost_seconds, share = lost
    return {
        "phase": phase,
        "severity": severity,
        "abandoned_or_failed_rate": percent(rate),
        "abandonment_rate": percent(100 * tally.all_abandoned / tally.ended),
        "failure_rate": percent(100 * tally.failed / tally.ended),
        "ended": tally.ended,
        "abandoned": tally.all_abandoned,
        "failed": tally.failed,
        "open": tally.open,
        "lost_seconds": seconds(lost_seconds),
        "lost_time_share": round(share, 6),
        "bottleneck_score": round(rate / 100 * share, 6),
    }


def _transitions(steps: list[Step]) -> list[Result]:
    """Steps between the same two phases together, the most frequent first. `most_used_skill` is the one that was used
    most often to enter the second phase."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for step in steps:
        found[step.phase, step.next_phase][step.skill_name] += step.times
    told = [_transition(pair, skills) for pair, skills in found.items()]
    return sorted(told, key=lambda one: (-one["count"], one["from_phase"], one["to_phase"]))


def _transition(pair: tuple[str, str], skills: Counter[str]) -> Result:
    skill, times = min(skills.items(), key=lambda one: (-one[1], one[0]))
    return {
        "from_phase": pair[0],
        "to_phase": pair[1],
        "count": skills.total(),
        "most_used_skill": skill,
        "most_used_count": times,
    }


def _best(phase: str, cells: list[Cell]) -> Result:
    """The best skill of a phase by the lower end of its interval, of those with enough ended uses."""
    enough = [cell for cell in cells if cell.tally.ended >= ENOUGH]
    if not enough:
        return {"phase": phase, "enough_data": False, "ended": sum(cell.tally.ended for cell in cells)}
    best = min(enough, key=lambda cell: (-_low(cell), -cell.tally.total, cell.skill_name))
    low, high = wilson(best.tally.completed, best.tally.ended)
    return {
        "phase": phase,
        "enough_data": True,
        "skill_name": best.skill_name,
        "completion_rate": percent(best.tally.rate),
        "interval_low": percent(100 * low),
        "interval_high": percent(100 * high),
        "completed": best.tally.completed,
        "ended": best.tally.ended,
    }


def _low(cell: Cell) -> float:
    return wilson(cell.tally.completed, cell.tally.ended)[0]


def _sum(cells: list[Cell]) -> tuple[Tally, int, float]:
    """(tally, timed uses, their seconds) of all these together."""
    tally = Tally()
    for cell in cells:
        tally = tally.plus(cell.tally)
    return tally, sum(cell.timed for cell in cells), sum(cell.seconds for cell in cells)


def _figures(tally: Tally, timed: int, spent: float) -> Result:
    return {
        "total": tally.total,
        "ended": tally.ended,
        "completed": tally.completed,
        "open": tally.open,
        "completion_rate": percent(tally.rate),
        "avg_duration_seconds": seconds(spent / timed) if timed else None,
    }

"""Metrics of skills, of a session and of everything, each counted from the same table of uses.

Rates are percentages over the ended uses. Durations are seconds; averages, medians and percentiles are over the
completed uses that have one. What is unknown is None, never 0.
"""

from collections import Counter
from itertools import islice
from typing import Any, NamedTuple

from session_buddy.store import figures
from session_buddy.store.figures import WEEK_US, Basis, Counted, Figures, Tally
from session_buddy.store.named import named, named_by_skill
from session_buddy.store.scope import Scope
from session_buddy.store.times import iso
from session_buddy.store.writing import Cursor

# So many paths, errors, follow-up actions, phases and sessions are told of; how many there are is told beside.
MOST_NAMES = 10
PAGE = 20
MOST_PAGE = 500

Result = dict[str, Any]
NOT_ASKED = Basis()


class Page(NamedTuple):
    """A part of a long list, from 0 on."""

    limit: int = PAGE
    offset: int = 0


def of_skills(cursor: Cursor, scope: Scope, names: list[str], sums: list[Counted] | None = None) -> list[Result]:
    """The metrics of each of these skills, in this order; zeros for those without uses. `sums`, if they are known, are
    those of a scope that holds this one."""
    scope = scope._replace(skills=names)
    found = figures.by_skill(cursor, scope, figures.counted(cursor, scope) if sums is None else sums)
    paths, errors, actions = (
        named_by_skill(cursor, scope, column, MOST_NAMES) for column in ("path", "error", "action")
    )
    weeks, bases = figures.weeks(cursor, scope), figures.bases(cursor, scope)
    return [
        {"skill_name": name}
        | totals(found.get(name) or unused(name), bases.get(name, Basis()))
        | {
            "workflow_paths": paths.get(name, {}),
            "common_errors": errors.get(name, {}),
            "follow_up_actions": actions.get(name, {}),
            "trend": _trend(scope, weeks.get(name, [Tally()] * figures.WEEKS)),
        }
        for name in names
    ]


def of_session(cursor: Cursor, scope: Scope, session_id: str) -> Result:
    """The metrics of a session, in the same shape whether or not anything happened in it."""
    scope = scope._replace(session_id=session_id)
    sums = figures.counted(cursor, scope)
    every, used = figures.overall(cursor, scope, sums), _usage(sums)
    return (
        {"session_id": session_id, "total_skills_used": len(used)}
        | _counts(every.tally, _all_bases(cursor, scope))
        | {
            "total_duration_seconds": seconds(every.all_seconds),
            "first_invoked": _moment(every.first_us),
            "last_invoked": _moment(every.last_us),
            "skills_by_count": dict(islice(used.items(), MOST_PAGE)),
            "phases": named(cursor, scope, "phase", MOST_NAMES).counts,
        }
    )


def of_everything(cursor: Cursor, scope: Scope, page: Page) -> Result:
    """The totals, and the metrics of the most used skills."""
    sums = figures.counted(cursor, scope)
    used = list(_usage(sums))
    return {
        "summary": summary(cursor, scope, sums),
        "skills": of_skills(cursor, scope, used[page.offset : page.offset + page.limit], sums),
        "offset": page.offset,
        "total_skills": len(used),
    }


def summary(cursor: Cursor, scope: Scope, sums: list[Counted], most_skills: int = MOST_NAMES) -> Result:
    """The totals over all uses."""
    every, used = totals(figures.overall(cursor, scope, sums), _all_bases(cursor, scope)), _usage(sums)
    sessions = named(cursor, scope, "session", MOST_NAMES)
    first = next(iter(used.items()), (None, 0))
    return (
        {"total_skills": len(used), "total_sessions": sessions.different}
        | every
        | {
            "overall_completion_rate": every["completion_rate"],
            "most_used_skill": first[0],
            "most_used_count": first[1],
            "skills_by_usage": [
                {"skill_name": name, "count": times} for name, times in islice(used.items(), most_skills)
            ],
            "sessions": sessions.counts,
        }
        | {
            name: named(cursor, scope, column, MOST_NAMES).counts
            for name, column in (
                ("phases", "phase"),
                ("workflow_paths", "path"),
                ("common_errors", "error"),
                ("follow_up_actions", "action"),
            )
        }
    )


def seconds(value: float | None) -> float | None:
    """A duration to the microsecond, so that the order in which it was added up does not show."""
    return None if value is None else round(value, 6)


def percent(value: float | None) -> float | None:
    """A rate to a millionth, for the same reason."""
    return None if value is None else round(value, 6)


def totals(one: Figures, basis: Basis = NOT_ASKED) -> Result:
    """The metrics that are numbers and times."""
    return _counts(one.tally, basis) | {
        "completion_rate": percent(one.tally.rate),
        "total_duration_seconds": seconds(one.seconds),
        "timed_invocations": one.timed,
        "avg_duration_seconds": seconds(one.seconds / one.timed) if one.timed else None,
        "median_duration_seconds": seconds(one.median),
        "p95_duration_seconds": seconds(one.p95),
        "avg_selection_rank": percent(one.average_rank),
        "recommendation_success_rate": percent(
            100 * one.first_completed / one.first_ended if one.first_ended else None
        ),
        "first_choice_ended": one.first_ended,
        "first_invoked": _moment(one.first_us),
        "last_invoked": _moment(one.last_us),
    }


def unused(name: str) -> Figures:
    """The figures of a skill without uses."""
    return Figures(name, Tally(), 0, 0.0, 0.0, None, None, None, 0, 0, None, None)


def _all_bases(cursor: Cursor, scope: Scope) -> Basis:
    found = figures.bases(cursor, scope).values()
    return Basis(sum(one.seen for one in found), sum(one.inferred for one in found))


def _counts(tally: Tally, basis: Basis) -> Result:
    told = tally.completed + tally.failed + tally.abandoned
    return {
        "total_invocations": tally.total,
        "completed_invocations": tally.completed,
        "failed_invocations": tally.failed,
        "abandoned_invocations": tally.all_abandoned,
        "open_invocations": tally.open,
        "abandoned_by": {
            "report": tally.abandoned,
            "session_end": tally.session_ended,
            "timeout": tally.timed_out,
        },
        "outcome_basis": {
            "reported": told - basis.seen - basis.inferred,
            "seen": basis.seen,
            "inferred": basis.inferred,
        },
    }


def _usage(sums: list[Counted]) -> dict[str, int]:
    """How often each skill was used, the most used first, then by name."""
    uses: Counter[str] = Counter()
    for one in sums:
        uses[one.skill_name] += one.uses
    return dict(sorted(uses.items(), key=lambda one: (-one[1], one[0])))


def _trend(scope: Scope, weeks: list[Tally]) -> list[Result]:
    """The last four weeks, the oldest first; each begins seven days before the next."""
    return [
        {
            "week_start": iso(scope.now - (len(weeks) - number) * WEEK_US),
            "invocations": tally.total,
            "ended": tally.ended,
            "completion_rate": percent(tally.rate),
        }
        for number, tally in enumerate(weeks)
    ]


def _moment(micros: int | None) -> str | None:
    return None if micros is None else iso(micros)

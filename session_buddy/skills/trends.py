"""How skills were used over the weeks, and how long they took."""

from datetime import UTC, datetime
from typing import Any

from session_buddy.skills.filters import asked, number
from session_buddy.skills.metrics import seconds
from session_buddy.skills.reporting import Answer, Reporter
from session_buddy.store import durations, trends
from session_buddy.store.durations import Durations
from session_buddy.store.figures import WEEK_US
from session_buddy.store.scope import Scope
from session_buddy.store.times import iso, micros
from session_buddy.store.writing import Cursor

WEEKS, MOST_WEEKS = 12, 520
MOST_DURATIONS = 50
COUNTS = ("uses", "completed", "ended")
# A Monday; nothing can be stored of the time before.
_FIRST_MONDAY = micros(datetime(1, 1, 1, tzinfo=UTC))


async def by_week(reporter: Reporter, weeks: int = WEEKS, skill_name: str | None = None, **filters: Any) -> Answer:
    """The uses of every skill in each of the last weeks, which begin on Monday, 00:00 UTC. The last one is that of now,
    or of `until` if that is earlier.

    Raises:
        UnknownNameError: no such skill, session or project is known.
        InvalidRequestError: anything else of what was asked is not allowed.
    """
    given, weeks = asked(**filters), number("weeks", weeks, 1, MOST_WEEKS)

    def job(cursor: Cursor, scope: Scope) -> Answer:
        scope = given.scope(cursor, scope, skill_name)
        begins = _begins(scope, weeks)
        found: dict[str, dict[str, list[int]]] = {}
        every = _zeros(len(begins))
        for one in trends.by_week(cursor, scope, begins[0], len(begins)):
            own = found.setdefault(one.skill_name, _zeros(len(begins)))
            for name in COUNTS:
                own[name][one.week] = getattr(one, name)
                every[name][one.week] += getattr(one, name)
        ordered = sorted(found.items(), key=lambda one: (-sum(one[1]["uses"]), one[0]))
        return {
            "weeks": [iso(begin) for begin in begins],
            "skills": [{"skill_name": name} | own for name, own in ordered],
            "all": every,
        }

    return await reporter.ask(job)


async def taken(reporter: Reporter, skill_name: str | None = None, **filters: Any) -> Answer:
    """How long completed uses took, by skill and by phase, the most used first; raises as `by_week` does."""
    given = asked(**filters)

    def job(cursor: Cursor, scope: Scope) -> Answer:
        scope = given.scope(cursor, scope, skill_name)
        skills = durations.of_skills(cursor, scope, MOST_DURATIONS)
        phases = durations.of_phases(cursor, scope, MOST_DURATIONS)
        return {
            "skills": [{"skill_name": one.name} | _told(one) for one in skills],
            "phases": [{"workflow_phase": one.name} | _told(one) for one in phases],
        }

    return await reporter.ask(job)


def _begins(scope: Scope, weeks: int) -> list[int]:
    """When the weeks begin, the earliest first, in microseconds since 1970."""
    end = scope.now if scope.until is None else min(scope.now, scope.until - 1)
    last = max(end - (end - _FIRST_MONDAY) % WEEK_US, _FIRST_MONDAY)
    return [begin for begin in range(last - (weeks - 1) * WEEK_US, last + 1, WEEK_US) if begin >= _FIRST_MONDAY]


def _zeros(weeks: int) -> dict[str, list[int]]:
    return {name: [0] * weeks for name in COUNTS}


def _told(one: Durations) -> dict[str, Any]:
    figures = {name: seconds(getattr(one, name)) for name in ("median", "p95", "p5", "p25", "p75", "average")}
    return {"timed": one.timed} | figures

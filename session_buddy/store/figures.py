"""What is counted from the table of uses. Every metric and every report starts from one of these queries."""

from math import fsum
from typing import NamedTuple

from session_buddy.store.rows import first
from session_buddy.store.scope import STANDS, Scope
from session_buddy.store.use_table import COMPLETED, OPEN
from session_buddy.store.writing import Cursor

WEEK_US = 7 * 86_400_000_000
WEEKS = 4

_PICKED = f"(SELECT * REPLACE ({STANDS} AS outcome) FROM memory.main.use WHERE {{where}})"
_TALLY = """
    count(*) FILTER (outcome = 1), count(*) FILTER (outcome = 2), count(*) FILTER (outcome = 3),
    count(*) FILTER (outcome = 4), count(*) FILTER (outcome = 5), count(*) FILTER (outcome = 0)
"""
_BY_PHASE = f"""
    SELECT skill.text, phase.text, tally.* EXCLUDE (skill, phase)
    FROM (
        SELECT skill, phase, {_TALLY}, count(duration) FILTER (outcome = 1),
               coalesce(fsum(duration) FILTER (outcome = 1), 0),
               coalesce(fsum(duration) FILTER (outcome > 1), 0)
        FROM {_PICKED} GROUP BY skill, phase
    ) AS tally
    JOIN memory.main.word skill ON skill.code = tally.skill
    LEFT JOIN memory.main.word phase ON phase.code = tally.phase
"""
_STEPS = """
    SELECT phase.text, next_phase.text, skill.text, times
    FROM (
        SELECT phase, next_phase, next_skill, count(*) AS times
        FROM {uses} WHERE next_phase IS NOT NULL GROUP BY ALL
    ) AS step
    JOIN memory.main.word phase ON phase.code = step.phase
    JOIN memory.main.word next_phase ON next_phase.code = step.next_phase
    JOIN memory.main.word skill ON skill.code = step.next_skill
"""
_ALL_OF_SESSIONS = "(FROM memory.main.use WHERE {where})"
# What follows what is asked anew where a part of a session is counted and another part is not.
_PARTS_OF_SESSIONS = """(
    WITH parted AS MATERIALIZED (
        SELECT session FROM memory.main.use GROUP BY session HAVING bool_or({where}) AND NOT bool_and({where})
    )
    SELECT phase, next_phase, next_skill FROM memory.main.use
    WHERE {where} AND session NOT IN (FROM parted)
    UNION ALL
    SELECT phase, lead(phase) OVER session, lead(skill) OVER session
    FROM (SELECT * FROM memory.main.use WHERE {where} AND phase IS NOT NULL AND session IN (FROM parted)) AS use
    JOIN invocation ON invocation.rowid = use.use_row
    WINDOW session AS (PARTITION BY session ORDER BY moment, invocation_id)
)"""
_COUNTED = f"""
    SELECT skill.text, counted.* EXCLUDE (skill)
    FROM (
        SELECT skill, outcome, count(*), count(duration), coalesce(fsum(duration), 0), count(rank),
               coalesce(sum(rank), 0), count(*) FILTER (rank = 1), min(moment), max(moment)
        FROM {_PICKED} GROUP BY skill, outcome
    ) AS counted
    JOIN memory.main.word skill ON skill.code = counted.skill
"""
_QUANTILES = """
    SELECT quantile_cont(duration, [0.5, 0.95]) FROM memory.main.use
    WHERE outcome = 1 AND duration IS NOT NULL AND {where}
"""
_QUANTILES_BY_SKILL = """
    SELECT word.text, quantiles
    FROM (
        SELECT skill, quantile_cont(duration, [0.5, 0.95]) AS quantiles FROM memory.main.use
        WHERE outcome = 1 AND duration IS NOT NULL AND {where} GROUP BY skill
    )
    JOIN memory.main.word ON word.code = skill
"""
_BASES = """
    SELECT word.text, count(*) FILTER (basis = 1), count(*) FILTER (basis = 2)
    FROM memory.main.use JOIN memory.main.word ON word.code = use.skill
    WHERE basis > 0 AND {where} GROUP BY word.text
"""
_WEEKS = f"""
    SELECT skill.text, week, lately.* EXCLUDE (skill, week)
    FROM (
        SELECT skill, {WEEKS - 1} - (($now - moment) // {WEEK_US}) AS week, {_TALLY}
        FROM {_PICKED} WHERE moment <= $now AND moment > $now - {WEEKS * WEEK_US} GROUP BY ALL
    ) AS lately
    JOIN memory.main.word skill ON skill.code = lately.skill
"""


class Tally(NamedTuple):
    """Uses by how they stand. `abandoned` was said; `session_ended` and `timed_out` count as abandoned, though nobody
    said so: their session has ended, or they are open for too long."""

    completed: int = 0
    failed: int = 0
    abandoned: int = 0
    session_ended: int = 0
    timed_out: int = 0
    open: int = 0

    @property
    def all_abandoned(self) -> int:
        return self.abandoned + self.session_ended + self.timed_out

    @property
    def ended(self) -> int:
        return self.completed + self.failed + self.all_abandoned

    @property
    def total(self) -> int:
        return self.ended + self.open

    @property
    def rate(self) -> float | None:
        """Completed of the ended ones, in percent; None when none has ended."""
        return 100 * self.completed / self.ended if self.ended else None

    def plus(self, other: "Tally") -> "Tally":
        return Tally(*(one + more for one, more in zip(self, other, strict=True)))


class Cell(NamedTuple):
    """A skill's uses in one phase (None: in none): how many of the completed ones have a duration, the sum of these,
    and of those of the failed and abandoned ones, in seconds."""

    skill_name: str
    phase: str | None
    tally: Tally
    timed: int
    seconds: float
    lost_seconds: float


class Step(NamedTuple):
    """How often a use in `phase` was followed, in its session, by one of `skill_name` in `next_phase`."""

    phase: str
    next_phase: str
    skill_name: str
    times: int


class Figures(NamedTuple):
    """What is told of a skill, or of all ("" as the name). Durations are seconds, of the completed uses that have one
    (`timed`); `all_seconds` is that of all uses. Percentiles are interpolated linearly. `first_*` are of the uses that
    were chosen at rank 1; `first_us` and `last_us` are when a use began first and last (microseconds since 1970)."""

    skill_name: str
    tally: Tally
    timed: int
    seconds: float
    all_seconds: float
    median: float | None
    p95: float | None
    average_rank: float | None
    first_completed: int
    first_ended: int
    first_us: int | None
    last_us: int | None


class Counted(NamedTuple):
    """A skill's uses that stand in one way (`outcome`, as in `use_table`): how many, how many of them have a duration,
    and the sum of these in seconds; how many were chosen at a known rank, the sum of the ranks, and how many of them
    were the first; when the first and the last began (microseconds since 1970)."""

    skill_name: str
    outcome: int
    uses: int
    timed: int
    seconds: float
    ranked: int
    ranks: int
    firsts: int
    first_us: int
    last_us: int


class Basis(NamedTuple):
    """Of how many ended uses the outcome was seen, and of how many it was inferred; of the others it was reported."""

    seen: int = 0
    inferred: int = 0


def by_phase(cursor: Cursor, scope: Scope) -> list[Cell]:
    """One cell for every skill and phase that has uses."""
    rows = cursor.execute(_BY_PHASE.format(where=scope.where), scope.values("stale")).fetchall()
    return [Cell(row[0], row[1], Tally(*row[2:8]), *row[8:]) for row in rows]


def transitions(cursor: Cursor, scope: Scope) -> list[Step]:
    """From each use that has a phase to the next one of its session that has one, in the order of time."""
    uses = _PARTS_OF_SESSIONS if scope.parts_sessions else _ALL_OF_SESSIONS
    sql = _STEPS.format(uses=uses.format(where=scope.where))
    return [Step(*row) for row in cursor.execute(sql, scope.values()).fetchall()]


def counted(cursor: Cursor, scope: Scope) -> list[Counted]:
    """The sums of which the figures of skills, and of all, are made."""
    rows = cursor.execute(_COUNTED.format(where=scope.where), scope.values("stale")).fetchall()
    return [Counted(*row) for row in rows]


def by_skill(cursor: Cursor, scope: Scope, sums: list[Counted]) -> dict[str, Figures]:
    """The figures of the skills of a scope that have uses, of their sums."""
    wanted: dict[str, list[Counted]] = {}
    for one in sums:
        if scope.skills is None or one.skill_name in scope.skills:
            wanted.setdefault(one.skill_name, []).append(one)
    quantiles = dict(cursor.execute(_QUANTILES_BY_SKILL.format(where=scope.where), scope.values()).fetchall())
    return {name: _figures(name, own, quantiles.get(name)) for name, own in wanted.items()}


def bases(cursor: Cursor, scope: Scope) -> dict[str, Basis]:
    """What the outcomes of each skill rest on, of those with any that nobody reported."""
    rows = cursor.execute(_BASES.format(where=scope.where), scope.values()).fetchall()
    return {name: Basis(seen, inferred) for name, seen, inferred in rows}


def overall(cursor: Cursor, scope: Scope, sums: list[Counted]) -> Figures:
    """The figures of all uses together, of their sums; zeros where there are none."""
    row = first(cursor, _QUANTILES.format(where=scope.where), scope.values())
    return _figures("", sums, row[0] if row else None)


def weeks(cursor: Cursor, scope: Scope) -> dict[str, list[Tally]]:
    """For each skill that was used in them, the last four weeks up to `now`, the oldest first."""
    found: dict[str, list[Tally]] = {}
    for skill, week, *tally in cursor.execute(
        _WEEKS.format(where=scope.where), scope.values("now", "stale")
    ).fetchall():
        found.setdefault(skill, [Tally()] * WEEKS)[week] = Tally(*tally)
    return found


def _figures(name: str, sums: list[Counted], quantiles: list[float] | None) -> Figures:
    uses = [0] * 6
    for one in sums:
        uses[one.outcome] += one.uses
    done = [one for one in sums if one.outcome == COMPLETED]
    ranked = sum(one.ranked for one in sums)
    median, p95 = quantiles or (None, None)
    return Figures(
        name,
        Tally(*[*uses[COMPLETED:], uses[OPEN]]),
        sum(one.timed for one in done),
        fsum(one.seconds for one in done),
        fsum(one.seconds for one in sums),
        median,
        p95,
        sum(one.ranks for one in sums) / ranked if ranked else None,
        sum(one.firsts for one in done),
        sum(one.firsts for one in sums if one.outcome != OPEN),
        min((one.first_us for one in sums), default=None),
        max((one.last_us for one in sums), default=None),
    )

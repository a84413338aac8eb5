"""What is counted from the table of uses. Every metric and every report starts from one of these queries."""

from math import fsum
from typing import Any, NamedTuple

from session_buddy.store.rows import first
from session_buddy.store.use_table import COMPLETED, OPEN
from session_buddy.store.writing import Cursor

WEEK_US = 7 * 86_400_000_000
WEEKS = 4

# How a use stands as of now: what `use_table` keeps, and 5 for one that is open for too long.
_STANDS = "if(outcome = 0 AND moment < $stale, 5, outcome)"
_PICKED = f"(SELECT * REPLACE ({_STANDS} AS outcome) FROM memory.main.use WHERE {{where}})"
_IN_SESSION = "session = (SELECT code FROM memory.main.session_word WHERE text = $session)"
_OF_SKILLS = "skill IN (SELECT code FROM memory.main.word WHERE text IN (SELECT unnest($skills)))"
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
_TRANSITIONS = """
    SELECT phase.text, next_phase.text, skill.text, times
    FROM (
        SELECT phase, next_phase, next_skill, count(*) AS times
        FROM memory.main.use WHERE next_phase IS NOT NULL AND {where} GROUP BY ALL
    ) AS step
    JOIN memory.main.word phase ON phase.code = step.phase
    JOIN memory.main.word next_phase ON next_phase.code = step.next_phase
    JOIN memory.main.word skill ON skill.code = step.next_skill
"""
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
_COLUMNS = ("path", "error", "phase", "skill", "session", "action")
_BASES = """
    SELECT word.text, count(*) FILTER (basis = 1), count(*) FILTER (basis = 2)
    FROM memory.main.use JOIN memory.main.word ON word.code = use.skill
    WHERE basis > 0 AND {where} GROUP BY word.text
"""
_NAMED = """
    SELECT word.text, times, count(*) OVER ()
    FROM (SELECT {column} AS code, count(*) AS times FROM {table} WHERE {column} IS NOT NULL AND {where} GROUP BY code)
    JOIN {words} AS word USING (code)
    WHERE {having}
    ORDER BY times DESC, word.text LIMIT $limit OFFSET $offset
"""
_HOLDS = "contains(lower(word.text), lower($part))"
_NAMED_BY_SKILL = """
    SELECT skill.text, word.text, times
    FROM (
        SELECT skill, {column} AS code, count(*) AS times
        FROM {table} WHERE {column} IS NOT NULL AND {where} GROUP BY ALL
    ) AS named
    JOIN memory.main.word USING (code)
    JOIN memory.main.word skill ON skill.code = named.skill
    QUALIFY row_number() OVER (PARTITION BY skill ORDER BY times DESC, word.text) <= $limit
    ORDER BY times DESC, word.text
"""
_WEEKS = f"""
    SELECT skill.text, week, lately.* EXCLUDE (skill, week)
    FROM (
        SELECT skill, {WEEKS - 1} - (($now - moment) // {WEEK_US}) AS week, {_TALLY}
        FROM {_PICKED} WHERE moment <= $now AND moment > $now - {WEEKS * WEEK_US} GROUP BY ALL
    ) AS lately
    JOIN memory.main.word skill ON skill.code = lately.skill
"""


class Scope(NamedTuple):
    """What is counted: the uses of a session, of some skills, of both, or all. `now` is when it is asked, and an open
    use that began before `stale` counts as abandoned (both microseconds since 1970)."""

    now: int
    stale: int
    session_id: str | None = None
    skills: list[str] | None = None

    @property
    def where(self) -> str:
        named = [] if self.session_id is None else [_IN_SESSION]
        return " AND ".join(named if self.skills is None else [*named, _OF_SKILLS]) or "true"

    def values(self, *names: str, **others: int) -> dict[str, Any]:
        """The parameters of a query that uses these of ours."""
        filters = {"session": self.session_id, "skills": self.skills}
        given = {name: value for name, value in filters.items() if value is not None}
        return {name: getattr(self, name) for name in names} | others | given


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


class Named(NamedTuple):
    """The most frequent texts of a column with how often they come, and how many different ones there are."""

    counts: dict[str, int]
    different: int


def by_phase(cursor: Cursor, scope: Scope) -> list[Cell]:
    """One cell for every skill and phase that has uses."""
    rows = cursor.execute(_BY_PHASE.format(where=scope.where), scope.values("stale")).fetchall()
    return [Cell(row[0], row[1], Tally(*row[2:8]), *row[8:]) for row in rows]


def transitions(cursor: Cursor, scope: Scope) -> list[Step]:
    """From each use that has a phase to the next one of its session that has one, in the order of time."""
    return [Step(*row) for row in cursor.execute(_TRANSITIONS.format(where=scope.where), scope.values()).fetchall()]


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


def named(cursor: Cursor, scope: Scope, column: str, limit: int, offset: int = 0, part: str | None = None) -> Named:
    """The texts of a column (path, error, phase, skill, session or action), the most frequent first, then by name; of
    those that hold `part`, in small letters or large, if one is given."""
    having = "true" if part is None else _HOLDS
    sql = _NAMED.format(column=column, table=_table(column), words=_words(column), where=scope.where, having=having)
    values = scope.values(limit=limit, offset=offset) | ({} if part is None else {"part": part})
    rows = cursor.execute(sql, values).fetchall()
    return Named({text: times for text, times, _ in rows}, rows[0][2] if rows else 0)


def named_by_skill(cursor: Cursor, scope: Scope, column: str, limit: int) -> dict[str, dict[str, int]]:
    """The same for each skill."""
    sql = _NAMED_BY_SKILL.format(column=column, table=_table(column), where=scope.where)
    found: dict[str, dict[str, int]] = {}
    for skill, text, times in cursor.execute(sql, scope.values(limit=limit)).fetchall():
        found.setdefault(skill, {})[text] = times
    return found


def weeks(cursor: Cursor, scope: Scope) -> dict[str, list[Tally]]:
    """For each skill that was used in them, the last four weeks up to `now`, the oldest first."""
    found: dict[str, list[Tally]] = {}
    for skill, week, *tally in cursor.execute(
        _WEEKS.format(where=scope.where), scope.values("now", "stale")
    ).fetchall():
        found.setdefault(skill, [Tally()] * WEEKS)[week] = Tally(*tally)
    return found


def _table(column: str) -> str:
    assert column in _COLUMNS
    return "memory.main.action" if column == "action" else "memory.main.use"


def _words(column: str) -> str:
    return "memory.main.session_word" if column == "session" else "memory.main.word"


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

"""Single uses, newest first, as they stand in the figures: what is counted in a cell is what is listed for it."""

from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.store.ids import normalised
from session_buddy.store.scope import STANDS, Scope
from session_buddy.store.standing import BY_STANDING
from session_buddy.store.use_table import ABANDONED, COMPLETED, FAILED, OPEN, SESSION_ENDED, TIMED_OUT
from session_buddy.store.writing import Cursor

OUTCOMES = {
    "open": (OPEN, OPEN),
    "completed": (COMPLETED, COMPLETED),
    "failed": (FAILED, FAILED),
    "abandoned": (ABANDONED, TIMED_OUT),
}
ENDED_BY = {SESSION_ENDED: "session_ended", TIMED_OUT: "timed_out"}
_BASES = ("reported", "seen", "inferred")
_FOUND = """
    {matching}
    SELECT moment, use_row FROM memory.main.use WHERE {where}
    ORDER BY moment DESC, use_row DESC LIMIT $limit
"""
_MATCHING = """
    WITH matching AS MATERIALIZED (SELECT query_id FROM query WHERE contains(lower(text), lower($text))),
    about AS MATERIALIZED (
        SELECT rowid AS use_row FROM invocation WHERE query_id IN (FROM matching)
        UNION ALL
        SELECT i.rowid FROM reported r JOIN invocation i USING (invocation_id)
        WHERE i.query_id IS NULL AND r.query_id IN (FROM matching)
    )
"""
_AFTER = "(moment < $moment OR (moment = $moment AND use_row < $row))"
_STANDING = f"{STANDS} BETWEEN $least AND $most"
_IN_PHASE = "phase = (SELECT code FROM memory.main.word WHERE text = $phase)"
_SHOWN = f"""
    WITH shown AS MATERIALIZED (
        SELECT * REPLACE ({STANDS} AS outcome) FROM memory.main.use WHERE use_row IN (SELECT unnest($rows))
    ),
    begun AS MATERIALIZED (
        SELECT i.* EXCLUDE (query_id), coalesce(i.query_id, r.query_id) AS query_id,
               coalesce(r.alternatives_considered, i.alternatives_considered) AS others, i.use_row
        FROM (SELECT *, rowid AS use_row FROM invocation WHERE rowid IN (SELECT unnest($rows))) AS i
        LEFT JOIN (SELECT DISTINCT ON (invocation_id) * FROM reported) AS r USING (invocation_id)
    ),
    ended AS MATERIALIZED (
        SELECT invocation_id, follow_up_actions FROM completion
        WHERE invocation_id IN (SELECT invocation_id FROM begun)
        QUALIFY row_number() OVER (PARTITION BY invocation_id ORDER BY {BY_STANDING}, rowid) = 1
    ),
    problem AS MATERIALIZED (
        SELECT query_id, any_value(text) AS text FROM query WHERE query_id IN (SELECT query_id FROM begun) GROUP BY ALL
    )
    SELECT begun.invocation_id, begun.skill_name, problem.text, begun.session_id, begun.project_id, shown.moment,
           phase.text, path.text, shown.outcome, shown.basis, shown.duration, error.text, ended.follow_up_actions,
           begun.others, shown.rank, begun.source
    FROM shown
    JOIN begun USING (use_row)
    LEFT JOIN ended ON ended.invocation_id = begun.invocation_id
    LEFT JOIN problem ON problem.query_id = begun.query_id
    LEFT JOIN memory.main.word phase ON phase.code = shown.phase
    LEFT JOIN memory.main.word path ON path.code = shown.path
    LEFT JOIN memory.main.word error ON error.code = shown.error
    ORDER BY shown.moment DESC, use_row DESC
"""
_ROWS_OF = """
    SELECT use_row FROM memory.main.use WHERE use_row IN (SELECT rowid FROM invocation WHERE invocation_id = $id)
"""


class Place(NamedTuple):
    """Where a list goes on: after what began at `moment` (microseconds since 1970) and stands in this row."""

    moment: int
    row: int


class Wanted(NamedTuple):
    """Uses in a phase ("": in none), with an outcome (one of `OUTCOMES`), whose problem holds a text."""

    phase: str | None = None
    outcome: str | None = None
    text: str | None = None


class Use(NamedTuple):
    """A use as it stands. `outcome` is one of `OUTCOMES`, `ended_by` how it ended where nobody said so, `basis` what
    the outcome rests on where somebody did (reported, seen or inferred). `rank` is the one that is counted: the
    reported one, or the place in the list that the use answered."""

    invocation_id: UUID
    skill_name: str
    problem: str | None
    session_id: str
    project_id: str | None
    moment: int
    phase: str | None
    path: str | None
    outcome: str
    ended_by: str | None
    basis: str | None
    duration: float | None
    error: str | None
    actions: list[str] | None
    others: list[str] | None
    rank: int | None
    source: str


def find(cursor: Cursor, scope: Scope, wanted: Wanted, limit: int, after: Place | None = None) -> list[Place]:
    """Where the newest uses stand, at most `limit` of them; after a place, those that follow it."""
    conditions, values, text = [scope.where], scope.values(limit=limit), normalised(wanted.text or "")
    if wanted.phase is not None:
        conditions.append(_IN_PHASE if wanted.phase else "phase IS NULL")
        values |= {"phase": wanted.phase} if wanted.phase else {}
    if wanted.outcome is not None:
        least, most = OUTCOMES[wanted.outcome]
        conditions.append(_STANDING)
        values |= {"least": least, "most": most, "stale": scope.stale}
    if text:
        conditions.append("use_row IN (FROM about)")
        values["text"] = text
    if after:
        conditions.append(_AFTER)
        values |= after._asdict()
    sql = _FOUND.format(matching=_MATCHING if text else "", where=" AND ".join(conditions))
    return [Place(*row) for row in cursor.execute(sql, values).fetchall()]


def at(cursor: Cursor, scope: Scope, places: list[Place]) -> list[Use]:
    """The uses at these places, newest first."""
    values = {"rows": [place.row for place in places], "stale": scope.stale}
    return [_use(row) for row in cursor.execute(_SHOWN, values).fetchall()] if places else []


def one(cursor: Cursor, scope: Scope, invocation_id: UUID) -> Use | None:
    """The use with this id."""
    rows = cursor.execute(_ROWS_OF, {"id": invocation_id}).fetchall()
    found = at(cursor, scope, [Place(0, row) for (row,) in rows])
    return found[0] if found else None


def _use(row: tuple[Any, ...]) -> Use:
    stands, basis = row[8:10]
    outcome = next(name for name, (least, most) in OUTCOMES.items() if least <= stands <= most)
    said = None if stands == OPEN or stands in ENDED_BY else _BASES[basis]
    return Use._make([*row[:8], outcome, ENDED_BY.get(stands), said, *row[10:]])

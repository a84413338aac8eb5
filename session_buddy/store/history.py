"""What the ranking is told of the past: everything in a few statements, or what is new since a mark."""

from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.store.invocations import Example
from session_buddy.store.rows import first, number
from session_buddy.store.standing import REPORTED, STANDING
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor

_MARK = """
    SELECT coalesce((SELECT max(rowid) FROM invocation), -1), coalesce((SELECT max(rowid) FROM completion), -1),
           coalesce((SELECT max(rowid) FROM {vectors}), -1), coalesce((SELECT max(rowid) FROM recommendation), -1),
           coalesce((SELECT max(rowid) FROM session_event), -1), coalesce((SELECT max(rowid) FROM reported), -1),
           (SELECT count(query_id) FROM reported),
           (SELECT hash(count(*), sum(hash(skill_name, description_id, recorded_at) % 4294967291)) FROM skill)
"""
_EXAMPLE = """
    struct_pack(
        invocation_id := i.invocation_id, outcome := c.outcome, duration := c.duration_seconds,
        session := i.session_id, at := epoch_us(i.invoked_at), phase := i.workflow_phase
    )
"""
_FIELDS = "example.invocation_id, text, example.outcome, example.duration, example.session, example.at, example.phase"
_WITH_PROBLEM = f"invocation_id IN (SELECT invocation_id FROM {REPORTED} WHERE query_id IN (FROM {{0}}))"
_ENDED = f"""
    ended AS (
        SELECT invocation_id, any_value(outcome) AS outcome, any_value(duration_seconds) AS duration_seconds
        FROM {STANDING} WHERE {{0}} GROUP BY invocation_id
    )
"""
_USED = f"""
    used AS (
        SELECT i.skill_name, i.query_id,
               count(*) FILTER (c.outcome IS NULL OR c.outcome = 'completed') AS good,
               count(*) FILTER (c.outcome <> 'completed') AS bad,
               arg_max({_EXAMPLE}, (coalesce(c.outcome = 'completed', false), i.invoked_at)) AS example,
               max(i.invoked_at) AS latest
        FROM {REPORTED} i LEFT JOIN ended c USING (invocation_id)
        WHERE i.query_id IS NOT NULL AND {{0}} GROUP BY ALL
    )
"""
_SAMPLE = f"""
    WITH {_ENDED.format("true")}, {_USED}
    SELECT skill_name, query_id, good, bad, {_FIELDS}
    FROM (
        SELECT * FROM used
        QUALIFY row_number() OVER (PARTITION BY skill_name ORDER BY query_id) <= $sampled
             OR row_number() OVER (PARTITION BY skill_name ORDER BY latest DESC, query_id) <= $latest
    ) JOIN (SELECT query_id, any_value(text) AS text FROM query GROUP BY query_id) USING (query_id)
    ORDER BY skill_name, latest, query_id
"""
_USES_OF = f"""
    WITH fresh AS (SELECT query_id FROM {{1}} WHERE rowid > $seen),
    {_ENDED.format(_WITH_PROBLEM.format("fresh"))},
    {_USED}
    SELECT skill_name, query_id, good, bad, {_FIELDS}
    FROM used JOIN (SELECT query_id, text FROM query WHERE query_id IN (FROM fresh)) USING (query_id)
    ORDER BY skill_name, latest, query_id
"""
_AMENDED = f"""
    WITH asked AS (
        SELECT unnest($ids::UUID[]) AS query_id
        UNION
        SELECT query_id FROM invocation WHERE invocation_id IN (SELECT invocation_id FROM reported WHERE rowid > $seen)
    ),
    {_ENDED.format(_WITH_PROBLEM.format("asked"))},
    {_USED.format("i.query_id IN (FROM asked)")}
    SELECT skill_name, query_id, good, bad, {_FIELDS}
    FROM used JOIN (SELECT query_id, text FROM query WHERE query_id IN (FROM asked)) USING (query_id)
"""
_TALLIES = f"""
    WITH over AS (
        SELECT session_id, max(happened_at) AS ended_at FROM session_event
        GROUP BY session_id HAVING arg_max(kind, (happened_at, recorded_at)) = 'ended'
    ),
    use AS (
        SELECT i.invocation_id, i.skill_name, i.workflow_phase, epoch_us(i.invoked_at) AS moment,
               c.outcome = 'completed' AS completed,
               c.invocation_id IS NOT NULL OR moment < $stale OR coalesce(i.invoked_at <= over.ended_at, false) AS ended
        FROM {REPORTED} i LEFT JOIN {STANDING} c USING (invocation_id) LEFT JOIN over USING (session_id)
    )
    SELECT skill_name, workflow_phase, count(DISTINCT invocation_id), count(DISTINCT invocation_id) FILTER (completed),
           count(DISTINCT invocation_id) FILTER (ended), min(moment) FILTER (NOT ended)
    FROM use GROUP BY ALL
"""
_OVER = "SELECT count(*) FROM session_event WHERE session_id IN (SELECT unnest($sessions))"
_STARTED = f"""
    SELECT skill_name, query_id, NULL AS before, {_FIELDS}
    FROM (
        SELECT i.skill_name, i.query_id, {_EXAMPLE} AS example, i.rowid AS row
        FROM invocation i LEFT JOIN (SELECT NULL AS outcome, NULL AS duration_seconds) AS c ON true
        WHERE i.rowid > $seen
    )
    LEFT JOIN (
        SELECT query_id, text FROM query
        WHERE query_id IN (SELECT query_id FROM invocation WHERE rowid > $seen)
    ) USING (query_id)
    ORDER BY row
"""
_FINISHED = f"""
    SELECT skill_name, query_id, before, {_FIELDS}
    FROM (
        SELECT i.skill_name, i.query_id, {_EXAMPLE} AS example, c.rowid AS row,
               if(c.source IN ('seen', 'inferred'), NULL, o.outcome) AS before
        FROM completion c JOIN {REPORTED} i USING (invocation_id)
        LEFT JOIN (SELECT DISTINCT ON (invocation_id) * FROM overridden) o USING (invocation_id)
        WHERE c.rowid > $seen
    )
    LEFT JOIN (
        SELECT query_id, text FROM query WHERE query_id IN (
            SELECT i.query_id FROM completion c JOIN {REPORTED} i USING (invocation_id) WHERE c.rowid > $seen
        )
    ) USING (query_id)
    ORDER BY row
"""
_DESCRIBED = """
    SELECT skill_name, query_id, text FROM skill JOIN query ON query_id = coalesce(document_id, description_id)
    QUALIFY row_number() OVER (
        PARTITION BY skill_name
        ORDER BY description_id IS NULL, skill.source = 'installed', skill.recorded_at DESC, query_id
    ) = 1
    ORDER BY skill_name
"""
_WITH_VECTOR = "query_id IN (SELECT query_id FROM {0})"
_NO_VECTORS = "(SELECT NULL::UUID AS query_id, 0 AS rowid WHERE false)"


class Mark(NamedTuple):
    """How far the rows were read: the last row of each table, how many problems were told by reports alone, and a sum
    over the catalogue."""

    invocations: int
    completions: int
    vectors: int
    recommendations: int
    events: int
    reports: int
    problems: int
    skills: int


class Use(NamedTuple):
    """What a skill's invocations for one text came to: `good` are completed or open, `bad` failed or abandoned."""

    skill_name: str
    query_id: UUID
    good: int
    bad: int
    example: Example


class Event(NamedTuple):
    """An invocation that has begun, or ended; then `example.outcome` says how, and `before` how it was thought to have
    ended. Without a text, no `query_id`."""

    skill_name: str
    query_id: UUID | None
    example: Example
    before: str | None = None


class PhaseTally(NamedTuple):
    """Counts of a skill's invocations in one phase (None: in none). Those that nobody ended count as ended once they
    are stale or their session is over; of the others, `oldest_open` is when the first one began (microseconds)."""

    skill_name: str
    phase: str | None
    invocations: int
    completed: int
    ended: int
    oldest_open: int | None = None


class Described(NamedTuple):
    """A skill of the catalogue, and the text that stands for it."""

    skill_name: str
    query_id: UUID
    text: str


def mark(cursor: Cursor, model: Model | None) -> Mark:
    """Where the rows end now."""
    row = first(cursor, _MARK.format(vectors=_vectors(model)))
    assert row
    return Mark(*row)


def sample(cursor: Cursor, model: Model | None, sampled: int, latest: int) -> list[Use]:
    """Of each skill, the texts with the `sampled` smallest ids and the `latest` used last; with a model, of those
    that have a vector."""
    condition = _WITH_VECTOR.format(_vectors(model)) if model else "true"
    found = cursor.execute(_SAMPLE.format(condition), {"sampled": sampled, "latest": latest}).fetchall()
    return [_use(row) for row in found]


def uses_of_fresh_vectors(cursor: Cursor, model: Model, seen: int) -> list[Use]:
    """All uses of the texts whose vectors came after row `seen`."""
    sql = _USES_OF.format("i.query_id IN (FROM fresh)", _vectors(model))
    return [_use(row) for row in cursor.execute(sql, {"seen": seen}).fetchall()]


def amended(cursor: Cursor, ids: list[UUID], reports: int) -> list[Use]:
    """All uses of these texts, and of those of which something was reported after row `reports`."""
    return [_use(row) for row in cursor.execute(_AMENDED, {"ids": ids, "seen": reports}).fetchall()]


def tallies(cursor: Cursor, stale: int = 0) -> list[PhaseTally]:
    """The counts of every skill in every phase. What is open since before `stale` (microseconds since 1970) counts as
    ended."""
    return [PhaseTally(*row) for row in cursor.execute(_TALLIES, {"stale": stale}).fetchall()]


def any_over(cursor: Cursor, sessions: list[str]) -> bool:
    """Whether one of these sessions has ever ended."""
    return number(cursor, _OVER, {"sessions": sessions}) > 0


def started(cursor: Cursor, seen: int) -> list[Event]:
    """The invocations after row `seen`, as they began."""
    return [_event(row) for row in cursor.execute(_STARTED, {"seen": seen}).fetchall()]


def finished(cursor: Cursor, seen: int) -> list[Event]:
    """The invocations whose completion came after row `seen`."""
    return [_event(row) for row in cursor.execute(_FINISHED, {"seen": seen}).fetchall()]


def described(cursor: Cursor) -> list[Described]:
    """The skills of the catalogue that have a text."""
    return [Described(*row) for row in cursor.execute(_DESCRIBED).fetchall()]


def _vectors(model: Model | None) -> str:
    return f"vector_{model.model_id}" if model else _NO_VECTORS


def _use(row: tuple[Any, ...]) -> Use:
    return Use(row[0], row[1], row[2], row[3], Example(*row[4:]))


def _event(row: tuple[Any, ...]) -> Event:
    return Event(row[0], row[1], Example(*row[3:]), row[2])

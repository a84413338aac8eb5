"""Uses of skills: how each began, and how it ended."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from session_buddy.store import rows
from session_buddy.store.rows import first, number
from session_buddy.store.standing import BY_STANDING, REPORTED, STANDING
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_INSERT = "INSERT INTO invocation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_COMPLETE = "INSERT INTO completion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OVERRIDE = "INSERT INTO overridden VALUES (?, ?, ?, ?)"
_BEGUN = "SELECT skill_name, epoch_us(invoked_at) FROM invocation WHERE invocation_id = ? LIMIT 1"
_BOTH = f"""
    SELECT i.skill_name, epoch_us(i.invoked_at), c.outcome, epoch_us(c.ended_at), c.error_type, c.source
    FROM (SELECT * FROM invocation WHERE invocation_id = $id LIMIT 1) AS i
    LEFT JOIN (SELECT * FROM completion WHERE invocation_id = $id ORDER BY {BY_STANDING} LIMIT 1) AS c ON true
"""
_ENDED = f"""
    SELECT outcome, epoch_us(ended_at), error_type, source FROM completion
    WHERE invocation_id = ? ORDER BY {BY_STANDING} LIMIT 1
"""
_TRACKED_BY = """
    SELECT invocation_id, skill_name, session_id, epoch_us(invoked_at) FROM invocation
    WHERE call = ? ORDER BY recorded_at DESC LIMIT 1
"""
_COMPLETED_BY = """
    SELECT c.invocation_id, i.skill_name, c.outcome, c.duration_seconds
    FROM completion c JOIN invocation i USING (invocation_id)
    WHERE c.call = ? ORDER BY c.recorded_at DESC LIMIT 1
"""
_COUNT = "SELECT count(DISTINCT invocation_id) FROM invocation"
_OVERALL = f"""
    SELECT i.skill_name,
           count(DISTINCT i.invocation_id) AS invocations,
           count(DISTINCT c.invocation_id) FILTER (c.outcome = 'completed') AS completed,
           count(DISTINCT c.invocation_id) AS ended
    FROM invocation i LEFT JOIN {STANDING} c USING (invocation_id)
    WHERE i.skill_name IN (SELECT unnest($skills))
    GROUP BY i.skill_name
"""
_RATE = f"""
    SELECT count(DISTINCT invocation_id) FILTER (outcome = 'completed'), count(DISTINCT invocation_id) FROM {STANDING}
"""
_BY_PHASE = f"""
    SELECT i.skill_name, count(DISTINCT i.invocation_id) FILTER (c.outcome = 'completed'),
           count(DISTINCT i.invocation_id)
    FROM {REPORTED} i JOIN {STANDING} c USING (invocation_id)
    WHERE i.workflow_phase = $phase AND i.skill_name IN (SELECT unnest($skills))
    GROUP BY i.skill_name
"""
_EXAMPLES = f"""
    SELECT i.skill_name, i.invocation_id, q.text, c.outcome, c.duration_seconds, i.session_id,
           epoch_us(i.invoked_at), i.workflow_phase
    FROM (SELECT unnest($skills) AS skill_name, unnest($queries) AS query_id) AS wanted
    JOIN {REPORTED} i ON i.skill_name = wanted.skill_name AND i.query_id = wanted.query_id
    JOIN query q ON q.query_id = wanted.query_id
    LEFT JOIN {STANDING} c USING (invocation_id)
    QUALIFY row_number() OVER (
        PARTITION BY i.skill_name ORDER BY c.outcome = 'completed' DESC NULLS LAST, i.invoked_at DESC
    ) = 1
"""
_IDENTICAL = f"""
    SELECT i.skill_name, count(DISTINCT i.invocation_id) FROM invocation i JOIN {STANDING} c USING (invocation_id)
    WHERE i.query_id = ? AND c.outcome = 'completed' GROUP BY i.skill_name
"""


class Invocation(NamedTuple):
    """One use of a skill, as it began. Texts are cleaned; `query_id` points to the text of the problem."""

    invocation_id: UUID
    skill_name: str
    query_id: UUID | None
    session_id: str
    project_id: str
    invoked_at: datetime
    workflow_path: str | None
    workflow_phase: str | None
    alternatives_considered: list[str] | None
    selection_rank: int | None
    source: str
    recorded_at: datetime
    call: str | None = None


class Completion(NamedTuple):
    """How a use of a skill ended. `outcome` is completed, failed or abandoned."""

    invocation_id: UUID
    ended_at: datetime
    outcome: str
    duration_seconds: float | None
    follow_up_actions: list[str] | None
    error_type: str | None
    source: str
    recorded_at: datetime
    call: str | None = None


class Begun(NamedTuple):
    """What completing needs to know of the beginning."""

    skill_name: str
    invoked_us: int


class Ended(NamedTuple):
    """How an invocation has already ended, and when (microseconds since 1970)."""

    outcome: str
    ended_us: int
    error_type: str | None
    source: str | None = None


class TrackedBy(NamedTuple):
    """What a call has tracked."""

    invocation_id: UUID
    skill_name: str
    session_id: str
    invoked_us: int


class CompletedBy(NamedTuple):
    """What a call has completed."""

    invocation_id: UUID
    skill_name: str
    outcome: str
    duration_seconds: float


class Tally(NamedTuple):
    """Counts of a skill's invocations: all, completed, and ended in any way."""

    invocations: int
    completed: int
    ended: int


class Example(NamedTuple):
    """A past invocation as it is shown with a recommendation."""

    invocation_id: UUID
    user_query: str
    outcome: str | None
    duration_seconds: float | None
    session_id: str
    invoked_us: int
    workflow_phase: str | None


def insert(cursor: Cursor, row: Invocation) -> None:
    rows.insert(cursor, _INSERT, list(row))


def complete(cursor: Cursor, row: Completion) -> None:
    rows.insert(cursor, _COMPLETE, list(row))


def override(cursor: Cursor, invocation_id: UUID, outcome: str) -> None:
    """Keep that the end which was seen or inferred, with this outcome, gives way to a reported one."""
    moment = now()
    cursor.execute(_OVERRIDE, [invocation_id, outcome, moment, moment])


def begun(cursor: Cursor, invocation_id: UUID) -> Begun | None:
    row = first(cursor, _BEGUN, [invocation_id])
    return Begun(*row) if row else None


def ended(cursor: Cursor, invocation_id: UUID) -> Ended | None:
    row = first(cursor, _ENDED, [invocation_id])
    return Ended(*row) if row else None


def begun_and_ended(cursor: Cursor, invocation_id: UUID) -> tuple[Begun, Ended | None] | None:
    """How an invocation began and, if it has, how it ended; None when there is no such invocation."""
    row = first(cursor, _BOTH, {"id": invocation_id})
    return (Begun(*row[:2]), Ended(*row[2:]) if row[2] else None) if row else None


def tracked_by(cursor: Cursor, call: str) -> TrackedBy | None:
    """What this call has tracked, if it was made before."""
    row = first(cursor, _TRACKED_BY, [call])
    return TrackedBy(*row) if row else None


def completed_by(cursor: Cursor, call: str) -> CompletedBy | None:
    """What this call has completed, if it was made before."""
    row = first(cursor, _COMPLETED_BY, [call])
    return CompletedBy(*row) if row else None


def count(cursor: Cursor) -> int:
    return number(cursor, _COUNT)


def tallies(cursor: Cursor, skills: list[str]) -> dict[str, Tally]:
    """Counts per skill, for the skills that were ever used."""
    return {row[0]: Tally(*row[1:]) for row in cursor.execute(_OVERALL, {"skills": skills}).fetchall()}


def overall_rate(cursor: Cursor) -> float | None:
    """The share of ended invocations that were completed, over the whole store; None when none has ended."""
    completed, all_ended = first(cursor, _RATE) or (0, 0)
    return completed / all_ended if all_ended else None


def tallies_in_phase(cursor: Cursor, skills: list[str], phase: str) -> dict[str, tuple[int, int]]:
    """(completed, ended) per skill among the invocations of one phase."""
    found = cursor.execute(_BY_PHASE, {"skills": skills, "phase": phase}).fetchall()
    return {row[0]: (row[1], row[2]) for row in found}


def examples(cursor: Cursor, nearest: dict[str, UUID]) -> dict[str, Example]:
    """For each skill and text, the invocation to show: a completed one if there is one, the latest of them."""
    found = cursor.execute(_EXAMPLES, {"skills": list(nearest), "queries": list(nearest.values())}).fetchall()
    return {row[0]: Example(*row[1:]) for row in found}


def completed_for(cursor: Cursor, query_id: UUID) -> dict[str, int]:
    """How often each skill was completed for exactly this text."""
    return dict(cursor.execute(_IDENTICAL, [query_id]).fetchall())

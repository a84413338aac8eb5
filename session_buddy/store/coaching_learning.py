"""What a workflow has earned: its level, and the decisions that readiness is judged by."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from session_buddy.store import rows
from session_buddy.store.coaching_memory import changing, let_go, memory
from session_buddy.store.coaching_sessions import LIVE
from session_buddy.store.rows import first
from session_buddy.store.writing import Cursor

_LEVEL = "INSERT INTO coaching_level VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LEVEL_CHANGES = """
    SELECT workflow_id, level, previous, decided_by, reason, figures, epoch_us(changed_at), source FROM coaching_level
"""
_LEVELS = _LEVEL_CHANGES + " WHERE workflow_id = ? ORDER BY changed_at DESC, recorded_at DESC"
_SET_BY_CALL = _LEVEL_CHANGES + " WHERE call = ? LIMIT 1"
_NEWEST_LEVEL = _LEVELS + " LIMIT 1"
_JUDGED = f"""
    SELECT d.decision, d.session_id, d.seconds, e.succeeded, epoch_us(d.decided_at)
    FROM coaching_decision d LEFT JOIN coaching_execution e USING (decision_id)
    WHERE d.workflow_id = $workflow AND d.decided_by = $who AND d.decision IN ('accept', 'reject', 'correct')
      AND d.{LIVE}
    ORDER BY d.decided_at DESC, d.recorded_at DESC LIMIT $window
"""
_COUNTS = f"""
    workflow_id IS NOT NULL AND decided_by = $who AND decision IN ('accept', 'reject', 'correct') AND {LIVE}
"""
# The time of the oldest one is found without sorting all; others of the same time come along, and are left out later.
_JUDGED_OF_ALL = f"""
    WITH oldest AS MATERIALIZED (
        SELECT workflow_id, list_min(max(decided_at, $window)) AS moment FROM coaching_decision
        WHERE {_COUNTS} GROUP BY workflow_id
    ), latest AS (
        SELECT workflow_id, decision, session_id, seconds, decision_id, decided_at, recorded_at
        FROM coaching_decision JOIN oldest USING (workflow_id) WHERE {_COUNTS} AND decided_at >= moment
    )
    SELECT d.workflow_id, d.decision, d.session_id, d.seconds, e.succeeded
    FROM latest d LEFT JOIN coaching_execution e USING (decision_id)
    ORDER BY d.workflow_id, d.decided_at DESC, d.recorded_at DESC
"""
_CONFIDENCE = f"""
    SELECT count(*) FILTER (decision = 'accept'), count(*) FROM coaching_decision
    WHERE workflow_id = $workflow AND node_id = $node AND action_type = $action AND decided_by = 'person'
      AND decision IN ('accept', 'reject', 'correct') AND {LIVE}
"""
_LATEST_BY_PERSON = f"""
    SELECT decision, item_id, suggestion_id FROM coaching_decision
    WHERE workflow_id = $workflow AND node_id = $node AND action_type = $action AND decided_by = 'person'
      AND decision IN ('accept', 'reject', 'correct') AND {LIVE}
    ORDER BY recorded_at DESC LIMIT 1
"""
_APPLIED_THERE = "SELECT item_id FROM coaching_applied WHERE suggestion_id = ? AND winner_id IS NULL"
_OBSERVED = f"""
    WITH since AS (
        SELECT coalesce(max(changed_at), '-infinity'::TIMESTAMPTZ) AS moment FROM coaching_level
        WHERE workflow_id = $workflow
    )
    SELECT
        (SELECT count(DISTINCT c.session_id) FROM coaching_change c, since
         WHERE c.kind = 'completed' AND c.changed_at > moment AND c.session_id IN
             (SELECT session_id FROM coaching_session WHERE workflow_id = $workflow)),
        (SELECT count(*) FROM coaching_decision, since
         WHERE workflow_id = $workflow AND recorded_at > moment AND {LIVE})
"""
_WORKFLOWS = """
    SELECT workflow_id FROM (
        SELECT workflow_id FROM coaching_session UNION SELECT workflow_id FROM coaching_level
        UNION SELECT workflow_id FROM coaching_item
    ) WHERE workflow_id IS NOT NULL ORDER BY workflow_id
"""
_NEAREST = """
    SELECT workflow_id FROM ({0}) ORDER BY jaro_winkler_similarity(lower(workflow_id), lower($name)) DESC, workflow_id
    LIMIT $limit
"""
_SET = "INSERT INTO coaching_threshold VALUES (?, ?, ?, ?, ?, ?)"
_THRESHOLDS = """
    SELECT name, value, decided_by, epoch_us(changed_at) FROM coaching_threshold WHERE decided_by = 'person'
    ORDER BY changed_at DESC, recorded_at DESC
"""


class NewLevel(NamedTuple):
    """A row of a change of a workflow's level; `figures` is JSON as text."""

    workflow_id: str
    level: str
    previous: str
    decided_by: str
    reason: str | None
    figures: str | None
    changed_at: datetime
    source: str
    recorded_at: datetime
    call: str | None = None


class Level(NamedTuple):
    """A change of a workflow's level: who made it, why, and the figures then (JSON as text)."""

    workflow_id: str
    level: str
    previous: str
    decided_by: str
    reason: str | None
    figures: str | None
    changed_us: int
    source: str


class Judged(NamedTuple):
    """A decision as readiness sees it; `succeeded` and `seconds` are None where they are not known."""

    decision: str
    session_id: str
    seconds: float | None
    succeeded: bool | None


class Threshold(NamedTuple):
    name: str
    value: float
    decided_by: str
    changed_us: int


def set_level(cursor: Cursor, row: NewLevel) -> None:
    if (known := changing(cursor)) and (workflow := known.workflows.get(row.workflow_id)):
        workflow.level, workflow.observed = row.level, None
    rows.insert(cursor, _LEVEL, list(row))


def newest_level(cursor: Cursor, workflow_id: str) -> Level | None:
    row = first(cursor, _NEWEST_LEVEL, [workflow_id])
    return Level(*row) if row else None


def level_set_by(cursor: Cursor, call: str) -> Level | None:
    """The change of a level that this call has made, if it was made before."""
    row = first(cursor, _SET_BY_CALL, [call])
    return Level(*row) if row else None


def levels(cursor: Cursor, workflow_id: str) -> list[Level]:
    """Every change of a workflow's level, newest first."""
    return [Level(*row) for row in cursor.execute(_LEVELS, [workflow_id]).fetchall()]


def judged(cursor: Cursor, workflow_id: str, who: str, window: int) -> list[Judged]:
    """The last accept, reject and correct decisions that stand, newest first."""
    return [one for one, _ in judged_with_times(cursor, workflow_id, who, window)]


def judged_with_times(cursor: Cursor, workflow_id: str, who: str, window: int) -> list[tuple[Judged, int]]:
    """The same, each with when it was decided, in microseconds since 1970."""
    values = {"workflow": workflow_id, "who": who, "window": window}
    return [(Judged(*row[:-1]), row[-1]) for row in cursor.execute(_JUDGED, values).fetchall()]


def judged_of_all(cursor: Cursor, who: str, window: int) -> dict[str, list[Judged]]:
    """The same of every workflow at once."""
    found: dict[str, list[Judged]] = {}
    for workflow_id, *row in cursor.execute(_JUDGED_OF_ALL, {"who": who, "window": window}).fetchall():
        found.setdefault(workflow_id, []).append(Judged(*row))
    return {workflow_id: judged[:window] for workflow_id, judged in found.items()}


def accepted_of(cursor: Cursor, workflow_id: str, node_id: str, action_type: str) -> tuple[int, int]:
    """How many decisions by persons on this kind of step were accepts, and of how many."""
    known = memory(cursor)
    workflow = known.workflows.get(workflow_id) if known else None
    if workflow and (node_id, action_type) in workflow.accepted:
        return workflow.accepted[node_id, action_type]
    values = {"workflow": workflow_id, "node": node_id, "action": action_type}
    accepted, count = first(cursor, _CONFIDENCE, values) or (0, 0)
    if workflow:
        workflow.accepted[node_id, action_type] = accepted, count
    return accepted, count


def endorsement(cursor: Cursor, workflow_id: str, node_id: str, action_type: str) -> tuple[UUID, ...] | None:
    """The corrections that made the parameters which a person has endorsed: those that were applied when the latest
    accept or correct decision by a person was made that stands, and the one that it taught.

    None without an endorsement: there is no such decision, a later reject stands, or the correction could not be kept.
    Reports of assistants and decisions of nobody (auto) do not count.
    """
    known = memory(cursor)
    workflow = known.workflows.get(workflow_id) if known else None
    kind = node_id, action_type
    if workflow and kind in workflow.endorsed:
        return workflow.endorsed[kind]
    row = first(cursor, _LATEST_BY_PERSON, {"workflow": workflow_id, "node": node_id, "action": action_type})
    found = _basis(cursor, *row) if row else None
    if workflow:
        workflow.endorsed[kind] = found
    return found


def _basis(cursor: Cursor, decision: str, item_id: UUID | None, suggestion_id: UUID) -> tuple[UUID, ...] | None:
    if decision == "reject" or (decision == "correct" and item_id is None):
        return None
    applied = [row[0] for row in cursor.execute(_APPLIED_THERE, [suggestion_id]).fetchall()]
    return (*applied, item_id) if item_id else tuple(applied)


def observed(cursor: Cursor, workflow_id: str) -> tuple[int, int]:
    """Coaching sessions completed, and steps recorded, since the level last changed."""
    known = memory(cursor)
    workflow = known.workflows.get(workflow_id) if known else None
    if workflow and workflow.observed:
        return workflow.observed
    sessions, steps = first(cursor, _OBSERVED, {"workflow": workflow_id}) or (0, 0)
    if workflow:
        workflow.observed = sessions, steps
    return sessions, steps


def workflows(cursor: Cursor) -> list[str]:
    return [row[0] for row in cursor.execute(_WORKFLOWS).fetchall()]


def nearest_workflows(cursor: Cursor, name: str, limit: int) -> list[str]:
    sql = _NEAREST.format(_WORKFLOWS)
    return [row[0] for row in cursor.execute(sql, {"name": name, "limit": limit}).fetchall()]


def set_threshold(cursor: Cursor, name: str, value: float, who: str, moment: datetime, source: str) -> None:
    let_go(cursor)
    rows.insert(cursor, _SET, [name, value, who, moment, source, moment])


def thresholds(cursor: Cursor) -> list[Threshold]:
    """Every change of a threshold, newest first."""
    known = memory(cursor)
    if known and known.thresholds is not None:
        return known.thresholds
    found = [Threshold(*row) for row in cursor.execute(_THRESHOLDS).fetchall()]
    if known:
        known.thresholds = found
    return found

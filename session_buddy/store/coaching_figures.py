"""Figures over the decisions of workflows."""

from typing import NamedTuple

from session_buddy.store.coaching_sessions import LIVE
from session_buddy.store.writing import Cursor

_ALL = f"""
    SELECT * FROM coaching_decision
    WHERE {LIVE} AND session_id IS NOT NULL AND ($workflow::VARCHAR IS NULL OR workflow_id = $workflow)
"""
_JUDGED = "decided_by != 'auto' AND decision IN ('accept', 'reject', 'correct')"
_COUNTS = """
    count(*), count(*) FILTER (decision = 'accept' AND decided_by != 'auto'), count(*) FILTER (decision = 'reject'),
    count(*) FILTER (decision = 'correct')
"""
_NODES = f"""
    SELECT workflow_id, node_id, action_type, {_COUNTS},
           count(*) FILTER (decided_by = 'person' AND decision = 'accept'),
           count(*) FILTER (decided_by = 'person' AND {_JUDGED})
    FROM ({_ALL}) GROUP BY workflow_id, node_id, action_type
    ORDER BY {{0}} DESC, workflow_id, node_id, action_type LIMIT $limit
"""
# Grouped by a number: making the text of a date for every row would take most of the time.
_DAYS = f"""
    SELECT strftime(make_timestamp(day * 86_400_000_000), '%Y-%m-%d'), * EXCLUDE day FROM (
        SELECT (moment - if(moment < 0, 86_399_999_999, 0)) // 86_400_000_000 AS day, {_COUNTS}
        FROM (SELECT *, epoch_us(decided_at) AS moment FROM ({_ALL})) GROUP BY day
    ) ORDER BY day
"""
_MAKERS = f"SELECT workflow_id, decision, decided_by, count(*) FROM ({_ALL}) GROUP BY ALL ORDER BY ALL"
_STATUSES = """
    WITH head AS (
        SELECT DISTINCT session_id, workflow_id FROM coaching_session
        WHERE $workflow::VARCHAR IS NULL OR workflow_id = $workflow
    ), change AS (
        SELECT session_id, kind FROM coaching_change
        QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY changed_at DESC, recorded_at DESC) = 1
    )
    SELECT CASE WHEN kind IS NULL OR kind = 'resumed' THEN 'active' ELSE kind END AS status, count(*)
    FROM head LEFT JOIN change USING (session_id) GROUP BY status
"""
_LEVELS = """
    SELECT workflow_id, level, epoch_us(changed_at) FROM coaching_level
    QUALIFY row_number() OVER (PARTITION BY workflow_id ORDER BY changed_at DESC, recorded_at DESC) = 1
"""


class Node(NamedTuple):
    """Decisions on one kind of step; the last two are those of persons that were accepts, and all that are judged."""

    workflow_id: str
    node_id: str
    action_type: str
    decisions: int
    accepted: int
    rejected: int
    corrected: int
    accepted_by_persons: int
    judged_by_persons: int


class Day(NamedTuple):
    """Decisions of one day (UTC)."""

    day: str
    decisions: int
    accepted: int
    rejected: int
    corrected: int


def nodes(cursor: Cursor, workflow_id: str | None, limit: int) -> list[Node]:
    """The kinds of steps that were decided, those with most decisions first."""
    sql = _NODES.format("count(*)")
    return [Node(*row) for row in cursor.execute(sql, {"workflow": workflow_id, "limit": limit}).fetchall()]


def most_corrected(cursor: Cursor, workflow_id: str | None, limit: int) -> list[Node]:
    """The kinds of steps that were corrected most often."""
    sql = _NODES.format("count(*) FILTER (decision = 'correct')")
    found = [Node(*row) for row in cursor.execute(sql, {"workflow": workflow_id, "limit": limit}).fetchall()]
    return [node for node in found if node.corrected]


def days(cursor: Cursor, workflow_id: str | None) -> list[Day]:
    """Decisions per day (UTC), in order of time; days without any are left out."""
    return [Day(*row) for row in cursor.execute(_DAYS, {"workflow": workflow_id}).fetchall()]


def makers(cursor: Cursor, workflow_id: str | None) -> list[tuple[str, str, str, int]]:
    """(workflow, decision, who decided, count)."""
    found = cursor.execute(_MAKERS, {"workflow": workflow_id}).fetchall()
    return [(row[0], row[1], row[2], row[3]) for row in found]


def statuses(cursor: Cursor, workflow_id: str | None) -> dict[str, int]:
    """How many coaching sessions there are of each status."""
    return dict(cursor.execute(_STATUSES, {"workflow": workflow_id}).fetchall())


def newest_levels(cursor: Cursor) -> dict[str, tuple[str, int]]:
    """The level of each workflow that has left the first one, and since when (microseconds since 1970)."""
    return {row[0]: (row[1], row[2]) for row in cursor.execute(_LEVELS).fetchall()}

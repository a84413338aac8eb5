"""Coaching sessions: how each began, what changed, and what it is like now."""

from datetime import datetime
from typing import Any, NamedTuple

from session_buddy.store import rows
from session_buddy.store.coaching_memory import SessionMemory, WorkflowMemory, changing, let_go, memory
from session_buddy.store.rows import first, number
from session_buddy.store.writing import Cursor

TABLES = (
    "coaching_session",
    "coaching_change",
    "coaching_suggestion",
    "coaching_applied",
    "coaching_decision",
    "coaching_undone",
    "coaching_execution",
)

_INSERT = "INSERT INTO coaching_session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_CHANGE = "INSERT INTO coaching_change VALUES (?, ?, ?, ?, ?, ?, ?)"
_DELETE = "DELETE FROM {0} WHERE session_id IN (SELECT unnest($sessions))"
_LATEST_LEVEL = """
    SELECT level FROM coaching_level WHERE workflow_id = {0} ORDER BY changed_at DESC, recorded_at DESC LIMIT 1
"""
LIVE = "decision_id NOT IN (SELECT decision_id FROM coaching_undone)"
# Whatever happens in a coaching session touches it; how it began and what changed its state is looked at anyway.
_TOUCHING = ("coaching_suggestion", "coaching_decision", "coaching_undone", "coaching_execution")
_TOUCHES = " UNION ALL ".join(f"SELECT session_id, recorded_at FROM {table} WHERE {{0}}" for table in _TOUCHING)
_STATE = f"""
    WITH head AS (
        SELECT * FROM coaching_session WHERE session_id = $session ORDER BY recorded_at DESC LIMIT 1
    ), change AS (
        SELECT kind, error_message, epoch_us(changed_at) AS moment FROM coaching_change
        WHERE session_id = $session ORDER BY changed_at DESC, recorded_at DESC LIMIT 1
    ), decided AS (
        SELECT count(*) AS steps FROM coaching_decision WHERE session_id = $session AND {LIVE}
    ), touch AS (
        SELECT max(epoch_us(recorded_at)) AS moment FROM ({_TOUCHES.format("session_id = $session")})
    )
    SELECT head.session_id, workflow_id, execution_id, total_steps, variables, metadata, project_id,
           epoch_us(started_at), change.kind, change.moment, change.error_message, steps,
           greatest(epoch_us(recorded_at), change.moment, touch.moment),
           ({_LATEST_LEVEL.format("(SELECT workflow_id FROM head)")})
    FROM head LEFT JOIN change ON true CROSS JOIN decided CROSS JOIN touch
"""
_LIST = f"""
    WITH head AS (
        SELECT * FROM coaching_session
        WHERE ($workflow::VARCHAR IS NULL OR workflow_id = $workflow)
          AND ($sessions::VARCHAR[] IS NULL OR list_contains($sessions, session_id))
        QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY recorded_at DESC) = 1
    ), change AS (
        SELECT session_id, kind, error_message, epoch_us(changed_at) AS moment FROM coaching_change
        QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY changed_at DESC, recorded_at DESC) = 1
    ), decided AS (
        SELECT session_id, count(*) AS steps FROM coaching_decision WHERE {LIVE} GROUP BY session_id
    ), touch AS (
        SELECT session_id, max(epoch_us(recorded_at)) AS moment FROM ({_TOUCHES.format("true")}) GROUP BY session_id
    ), level AS (
        SELECT workflow_id, level FROM coaching_level
        QUALIFY row_number() OVER (PARTITION BY workflow_id ORDER BY changed_at DESC, recorded_at DESC) = 1
    ), listed AS (
        SELECT head.session_id, head.workflow_id, execution_id, total_steps, variables, metadata, project_id,
               epoch_us(started_at) AS started, change.kind, change.moment, change.error_message,
               coalesce(steps, 0) AS steps,
               greatest(epoch_us(recorded_at), change.moment, touch.moment) AS touched, level.level
        FROM head LEFT JOIN change USING (session_id) LEFT JOIN decided USING (session_id)
        LEFT JOIN touch USING (session_id)
        LEFT JOIN level ON level.workflow_id = head.workflow_id
    )
    SELECT * FROM listed
    WHERE ($status::VARCHAR IS NULL OR $status = CASE WHEN kind IS NULL OR kind = 'resumed' THEN 'active' ELSE kind END)
      AND ($before::BIGINT IS NULL OR touched < $before)
    ORDER BY started DESC, session_id DESC
"""
_PAGE = " LIMIT $limit"
_STARTED_BY = "SELECT session_id FROM coaching_session WHERE call = ? ORDER BY recorded_at LIMIT 1"
_CHANGED_BY = "SELECT count(*) FROM coaching_change WHERE call = ?"
_NEAREST = """
    SELECT DISTINCT session_id, jaro_winkler_similarity(lower(session_id), lower($name)) AS likeness
    FROM coaching_session WHERE session_id IS NOT NULL ORDER BY likeness DESC, session_id DESC LIMIT $limit
"""
_ROWS_OF = "SELECT count(*) FROM {0} WHERE session_id IN (SELECT unnest($sessions))"


class Beginning(NamedTuple):
    """A row of a coaching session. `variables` and `metadata` are JSON objects as text; `total_steps` 0 is unknown."""

    session_id: str
    workflow_id: str
    execution_id: str | None
    total_steps: int
    variables: str
    metadata: str
    project_id: str | None
    started_at: datetime
    source: str
    recorded_at: datetime
    call: str | None = None


class Change(NamedTuple):
    """A coaching session was paused, resumed, or ended (`kind` is the outcome then)."""

    session_id: str
    kind: str
    error_message: str | None
    changed_at: datetime
    source: str
    recorded_at: datetime
    call: str | None = None


class State(NamedTuple):
    """A coaching session as it is now. Times are microseconds since 1970; `steps` counts the decisions that stand."""

    session_id: str
    workflow_id: str
    execution_id: str | None
    total_steps: int
    variables: str | None
    metadata: str | None
    project_id: str | None
    started_us: int
    kind: str | None
    changed_us: int | None
    error_message: str | None
    steps: int
    touched_us: int
    level: str | None

    @property
    def status(self) -> str:
        return "active" if self.kind in (None, "resumed") else str(self.kind)


def insert(cursor: Cursor, row: Beginning) -> None:
    _drop(cursor, row.session_id)
    rows.insert(cursor, _INSERT, list(row))


def change(cursor: Cursor, row: Change) -> None:
    _drop(cursor, row.session_id)
    rows.insert(cursor, _CHANGE, list(row))


def state(cursor: Cursor, session_id: str) -> State | None:
    """What a coaching session is like now; None when there is none of this id."""
    known = memory(cursor)
    if known and (one := known.session(session_id)):
        workflow = known.workflows.get(one.state.workflow_id)
        return one.state._replace(level=workflow.level) if workflow else one.state  # type: ignore[no-any-return]
    row = first(cursor, _STATE, {"session": session_id})
    if row is None:
        return None
    found = State(*row)
    if known:
        known.keep(session_id, SessionMemory(found))
        known.workflows.setdefault(found.workflow_id, WorkflowMemory(found.level))
    return found


def listed(
    cursor: Cursor,
    workflow_id: str | None = None,
    status: str | None = None,
    limit: int | None = None,
    before_us: int | None = None,
    session_ids: list[str] | None = None,
) -> list[State]:
    """Coaching sessions, newest first; `before_us` takes those that were last touched before it."""
    values: dict[str, Any] = {"workflow": workflow_id, "status": status, "before": before_us, "sessions": session_ids}
    sql = _LIST if limit is None else _LIST + _PAGE
    return [State(*row) for row in cursor.execute(sql, values | ({} if limit is None else {"limit": limit})).fetchall()]


def started_by(cursor: Cursor, call: str) -> str | None:
    """The coaching session that this call has started, if it was made before."""
    row = first(cursor, _STARTED_BY, [call])
    return row[0] if row else None


def was_changed_by(cursor: Cursor, call: str) -> bool:
    return number(cursor, _CHANGED_BY, [call]) > 0


def nearest(cursor: Cursor, session_id: str, limit: int) -> list[str]:
    """The ids of coaching sessions that are most like this one."""
    return [row[0] for row in cursor.execute(_NEAREST, {"name": session_id, "limit": limit}).fetchall()]


def delete(cursor: Cursor, session_ids: list[str]) -> int:
    """Take coaching sessions out with all their rows; returns how many rows went."""
    let_go(cursor)
    gone = 0
    for table in TABLES:
        gone += number(cursor, _ROWS_OF.format(table), {"sessions": session_ids})
        cursor.execute(_DELETE.format(table), {"sessions": session_ids}).fetchall()
    return gone


def _drop(cursor: Cursor, session_id: str) -> None:
    """Read a coaching session again, and how much its workflow was observed."""
    known = changing(cursor)
    one = known.sessions.pop(session_id, None) if known else None
    if known and one and (workflow := known.workflows.get(one.state.workflow_id)):
        workflow.observed = None

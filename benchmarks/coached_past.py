"""A store with a long past of coaching."""

from datetime import UTC, datetime, timedelta

from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor

WORKFLOWS = 40
NODES = 12
STEPS = 50
BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FIRST = "workflow-0"

_MOMENT = "$begin::TIMESTAMPTZ + INTERVAL 1 SECOND * (30 * number)"
_PAST = f"""
    CREATE TEMP TABLE past AS
    SELECT number, ('00000000-0000-7000-' || substr(printf('%04x', number % 65536), 1, 4) || '-'
               || printf('%012x', number))::UUID AS suggestion_id,
           ('00000000-0000-7000-' || substr(printf('%04x', number % 65536), 1, 4) || '-'
               || printf('%012x', number + 900000000))::UUID AS decision_id,
           printf('coaching_20260105_090000_%08x', number // $steps) AS session_id,
           'workflow-' || ((number // $steps) % $workflows) AS workflow_id,
           (number % $steps)::INTEGER AS step_index, 'node-' || (number % $nodes) AS node_id, 'run' AS action_type,
           CASE WHEN number % 10 = 0 THEN 'correct' WHEN number % 10 = 1 THEN 'reject' ELSE 'accept' END AS decision,
           {_MOMENT} AS moment
    FROM range($count) AS r(number)
"""
_SESSIONS = """
    INSERT INTO coaching_session
    SELECT session_id, any_value(workflow_id), NULL, $steps, '{}', '{}', 'p', min(moment), 'tool', min(moment), NULL
    FROM past GROUP BY session_id ORDER BY min(moment)
"""
_ENDS = """
    INSERT INTO coaching_change
    SELECT session_id, 'completed', NULL, max(moment), 'tool', max(moment), NULL FROM past GROUP BY session_id
    ORDER BY max(moment)
"""
_SUGGESTIONS = """
    INSERT INTO coaching_suggestion
    SELECT suggestion_id, session_id, workflow_id, step_index, node_id, action_type, suggestion_id, 'ask',
           '{"tag":"v1","force":true}', '{"tag":"v1","force":true}', 0.7, 20, 'Shown.', moment, 'tool', moment, NULL
    FROM past ORDER BY number
"""
_ITEMS = """
    INSERT INTO coaching_item
    SELECT DISTINCT md5(workflow_id || node_id)::UUID, workflow_id, node_id, action_type,
           '[{"op":"test","path":"/force","value":true},{"op":"replace","path":"/force","value":false}]', $begin
    FROM past WHERE decision = 'correct'
"""
_APPLIED = """
    INSERT INTO coaching_applied
    SELECT suggestion_id, session_id, workflow_id, md5(workflow_id || node_id)::UUID, NULL, moment, moment
    FROM past WHERE node_id IN (SELECT node_id FROM past WHERE decision = 'correct') AND number % 3 = 0 ORDER BY number
"""
_DECISIONS = """
    INSERT INTO coaching_decision
    SELECT decision_id, suggestion_id, session_id, workflow_id, step_index, node_id, action_type, decision, 'person',
           CASE WHEN decision = 'correct' THEN '{"tag":"v1","force":false}' END,
           CASE WHEN decision = 'correct' THEN md5(workflow_id || node_id)::UUID END,
           NULL, 4.0, moment, 'form', moment, NULL
    FROM past ORDER BY number
"""
_EXECUTIONS = """
    INSERT INTO coaching_execution
    SELECT decision_id, session_id, workflow_id, true, NULL, moment, 'tool', moment, NULL
    FROM past WHERE decision != 'reject' ORDER BY number
"""
_LEVELS = """
    INSERT INTO coaching_level
    SELECT DISTINCT workflow_id, 'COACHING', 'OBSERVATION', 'session_buddy', 'observed', '{}', $begin, 'session_buddy',
           $begin, NULL
    FROM past
"""


def fill(path: str, decisions: int) -> None:
    """Put so many decisions by persons into a new store, spread over workflows and coaching sessions of 50 steps."""
    store = Store.open(path)
    try:
        store.write(lambda cursor: _fill(cursor, decisions)).result()
    finally:
        store.close()


def _fill(cursor: Cursor, decisions: int) -> None:
    begin = BEGIN - timedelta(seconds=30 * decisions)
    values = {"begin": begin, "steps": STEPS, "workflows": WORKFLOWS, "nodes": NODES, "count": decisions}
    for sql in (_PAST, _SESSIONS, _ENDS, _SUGGESTIONS, _ITEMS, _APPLIED, _DECISIONS, _EXECUTIONS, _LEVELS):
        cursor.execute(sql, {name: value for name, value in values.items() if f"${name}" in sql}).fetchall()

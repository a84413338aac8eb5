"""Copy the rows of a store that this user's program did not create into the user's own store.

Invocations and the history of coaching are evidence. Levels, thresholds, switches and correction items decide what an
assistant may do without a question, so they are copied only if a person confirms that.

A review shows no suggestions, so none is adopted that waits for a decision, and a coaching session that goes on ends as
abandoned. The text that a suggestion was shown with is left out: it is made from the parameters when it is shown.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from session_buddy.store.coaching_sessions import LIVE, Change, change
from session_buddy.store.recovery.draft import Draft
from session_buddy.store.store import Store
from session_buddy.store.table_rows import Table, exported, rows
from session_buddy.store.tables import counts
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

EVIDENCE = (
    "project",
    "query",
    "invocation",
    "completion",
    "recommendation",
    "session_event",
    "seen",
    "overridden",
    "reported",
    "coaching_session",
    "coaching_change",
    "coaching_suggestion",
    "coaching_decision",
    "coaching_undone",
    "coaching_execution",
)
"""Tables whose rows only report what happened."""
_PERSON, _REPORTED = "person", "reported"
_ENDED, _SOURCE = "abandoned", "adopted"
_SUGGESTION = "coaching_suggestion"
# A coaching session that is in the user's store already goes on or has ended there; no other store changes that.
_CHANGE = "coaching_change"
_OF_SESSION = ("coaching_session", _CHANGE)
_FINAL = ("completed", "failed", "abandoned")
_LEVELS = """
    SELECT workflow_id, arg_max(level, changed_at) AS level FROM coaching_level
    GROUP BY workflow_id HAVING level <> 'OBSERVATION' ORDER BY workflow_id
"""
_CORRECTIONS = "SELECT workflow_id, node_id, action_type, patch FROM coaching_item ORDER BY ALL"
_THRESHOLDS = "SELECT name, arg_max(value, changed_at) FROM coaching_threshold GROUP BY name ORDER BY name"
_DECIDED = f"SELECT DISTINCT suggestion_id::VARCHAR FROM coaching_decision WHERE {LIVE}"
_SESSIONS = """
    SELECT session_id FROM coaching_session WHERE session_id IS NOT NULL
    UNION SELECT session_id FROM coaching_change WHERE session_id IS NOT NULL
"""
_OPEN = f"""
    SELECT session_id FROM ({_SESSIONS}) WHERE session_id NOT IN (
        SELECT session_id FROM (
            SELECT session_id, kind FROM coaching_change WHERE session_id IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY changed_at DESC, recorded_at DESC) = 1
        ) WHERE kind IN ('completed', 'failed', 'abandoned')
    ) ORDER BY session_id
"""
_SWITCHES = "SELECT count(DISTINCT item_id) FROM coaching_switched_item"


class Review(NamedTuple):
    """What a person looks at before rows are adopted.

    `rows` has the number of rows of each table; `levels` pairs of workflow and level; `corrections` workflow, node,
    action and JSON Patch; `thresholds` name and value; `switches` how many corrections were switched on or off.
    """

    rows: dict[str, int]
    levels: list[tuple[str, str]]
    corrections: list[tuple[str, str, str, str]]
    thresholds: list[tuple[str, float]]
    switches: int

    @property
    def has_decisions(self) -> bool:
        """Whether it holds anything that decides what runs without a question."""
        return bool(self.levels or self.corrections or self.thresholds or self.switches)


class _Plan(NamedTuple):
    """How rows are changed or left out: `decided` are the suggestions with a decision that stands, `known` the coaching
    sessions that the target had before."""

    project_ids: dict[str, str]
    keep_decisions: bool
    decided: frozenset[str]
    known: frozenset[str]


def review(copy: str) -> Review:
    """Bring a private copy of the store to the newest layout, and return what it holds.

    Raises:
        StoreError: it is no store, damaged, newer than this program, or holds objects that no store has.
    """
    store = Store.open(copy)
    try:
        return store.read(_review)
    finally:
        store.close()


def adopt(
    copy: str, target: str, project_ids: dict[str, str], *, keep_decisions: bool, key: str | None = None
) -> dict[str, int]:
    """Copy the rows of a reviewed copy that `target` does not have yet. Nothing else may have either file open.

    `project_ids` maps ids of projects in the copy to ids in the target; `key` is the key of the target, which a new
    file gets. Without `keep_decisions`, only evidence is
    copied, and decisions of a person count as reported: they do not bring a workflow closer to AUTO.

    Returns:
        The number of rows that were added to each table.

    Raises:
        StoreError: one of the files cannot be read or written.
    """
    source, draft = Store.open(copy), Draft(target, key)
    try:
        known = draft.run(lambda cursor: _names(cursor, _SESSIONS))
        decided = source.read(lambda cursor: _names(cursor, _DECIDED))
        plan = _Plan(project_ids, keep_decisions, frozenset(decided), frozenset(known))
        added: dict[str, int] = {}
        for table in source.read(exported):
            if keep_decisions or table.name in EVIDENCE:
                batches = source.stream(lambda cursor, table=table: rows(cursor, table))  # type: ignore[misc]
                added[table.name] = sum(
                    draft.add(table, list(_changed(table, batch, plan)), only_new=True) for batch in batches
                )
        draft.run(lambda cursor: _end_open(cursor, plan.known))
        return {name: number for name, number in added.items() if number}
    finally:
        draft.close()
        source.close()


def _review(cursor: Cursor) -> Review:
    return Review(
        {name: number for name, number in counts(cursor).items() if number and name != "store_migration"},
        cursor.execute(_LEVELS).fetchall(),
        cursor.execute(_CORRECTIONS).fetchall(),
        cursor.execute(_THRESHOLDS).fetchall(),
        cursor.execute(_SWITCHES).fetchall()[0][0],
    )


def _names(cursor: Cursor, sql: str) -> list[str]:
    return [name for (name,) in cursor.execute(sql).fetchall()]


def _end_open(cursor: Cursor, known: frozenset[str]) -> None:
    """End the coaching sessions that came with an adoption and go on: nobody here has begun them."""
    for session_id in _names(cursor, _OPEN):
        if session_id not in known:
            change(cursor, Change(session_id, _ENDED, None, now(), _SOURCE, now()))


def _changed(table: Table, batch: list[str], plan: _Plan) -> Iterator[str]:
    if table.name not in (*_OF_SESSION, _SUGGESTION) and not {"project_id", "decided_by"} & set(table.columns):
        yield from batch
        return
    for row in batch:
        try:
            record = _rewritten(table.name, json.loads(row), plan)
        except (TypeError, ValueError):
            continue  # of texts that are no UTF-8 there is no JSON
        if record is not None:
            yield json.dumps(record)


def _rewritten(table: str, record: dict[str, Any], plan: _Plan) -> dict[str, Any] | None:
    """The row as it is adopted; None where it is left out."""
    if table in _OF_SESSION and record["session_id"] in plan.known:
        return None
    if table == _CHANGE and record["kind"] not in _FINAL:
        return None  # a time in the future would make it the latest change
    if table == _SUGGESTION:
        if record["suggestion_id"] not in plan.decided:
            return None
        record["shown"] = None
    if "project_id" in record:
        record["project_id"] = plan.project_ids.get(record["project_id"] or "", record["project_id"])
    if not plan.keep_decisions and record.get("decided_by") == _PERSON:
        record["decided_by"] = _REPORTED
    return record

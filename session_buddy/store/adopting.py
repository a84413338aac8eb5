"""Copy the rows of a store that this user's program did not create into the user's own store.

Invocations and the history of coaching are evidence. Levels, thresholds, switches and correction items decide what an
assistant may do without a question, so they are copied only if a person confirms that.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from session_buddy.store.recovery.draft import Draft
from session_buddy.store.store import Store
from session_buddy.store.table_rows import Table, exported, rows
from session_buddy.store.tables import counts
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
_LEVELS = """
    SELECT workflow_id, arg_max(level, changed_at) AS level FROM coaching_level
    GROUP BY workflow_id HAVING level <> 'OBSERVATION' ORDER BY workflow_id
"""
_CORRECTIONS = "SELECT workflow_id, node_id, action_type, patch FROM coaching_item ORDER BY ALL"
_THRESHOLDS = "SELECT name, arg_max(value, changed_at) FROM coaching_threshold GROUP BY name ORDER BY name"
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
        added: dict[str, int] = {}
        for table in source.read(exported):
            if keep_decisions or table.name in EVIDENCE:
                batches = source.stream(lambda cursor, table=table: rows(cursor, table))  # type: ignore[misc]
                added[table.name] = sum(
                    draft.add(table, _changed(table, batch, project_ids, keep_decisions), only_new=True)
                    for batch in batches
                )
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


def _changed(table: Table, batch: list[str], project_ids: dict[str, str], keep_decisions: bool) -> list[str]:
    has_project = bool(project_ids) and "project_id" in table.columns
    has_person = not keep_decisions and "decided_by" in table.columns
    if not has_project and not has_person:
        return batch
    return list(_rewritten(batch, project_ids if has_project else {}, has_person))


def _rewritten(batch: list[str], project_ids: dict[str, str], has_person: bool) -> Iterator[str]:
    for row in batch:
        record: dict[str, Any] = json.loads(row)
        if project_ids:
            record["project_id"] = project_ids.get(record.get("project_id") or "", record.get("project_id"))
        if has_person and record.get("decided_by") == _PERSON:
            record["decided_by"] = _REPORTED
        yield json.dumps(record)

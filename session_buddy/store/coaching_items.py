"""Corrections that were learned, with what became of them when they were applied.

Counts of an imported file are kept apart from those counted here, because a file can claim anything: nothing is ranked
by them. Of several imports the greatest count stands, so that a second import of the same file changes nothing.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.store import rows
from session_buddy.store.coaching_memory import Memory, let_go, memory
from session_buddy.store.coaching_sessions import LIVE
from session_buddy.store.rows import first, number
from session_buddy.store.writing import Cursor

PERSON = "person"

_INSERT = "INSERT INTO coaching_item VALUES (?, ?, ?, ?, ?, ?)"
_IMPORT = "INSERT INTO coaching_imported_item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FORGET = "INSERT INTO coaching_forgotten_item VALUES (?, ?, ?, ?)"
_SWITCH = "INSERT INTO coaching_switched_item VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_SWITCHES = """
    SELECT item_id, workflow_id, switched_on, epoch_us(switched_at) FROM coaching_switched_item
"""
_LAST_SWITCH = _SWITCHES + " WHERE item_id = ? ORDER BY switched_at DESC, recorded_at DESC LIMIT 1"
_SWITCHED_BY_CALL = _SWITCHES + " WHERE call = ? ORDER BY recorded_at LIMIT 1"
_KNOWN = "SELECT count(*) FROM coaching_item WHERE item_id = ?"
_IDS_OF_ALL = "SELECT DISTINCT item_id FROM coaching_item WHERE workflow_id = $workflow"
_IDS = _IDS_OF_ALL + " AND node_id = $node AND action_type = $action"
_RECORDS = f"""
    WITH item AS (
        SELECT item_id, any_value(node_id) AS node_id, any_value(action_type) AS action_type, any_value(patch) AS patch
        FROM coaching_item WHERE item_id IN (SELECT unnest($items::UUID[])) AND patch IS NOT NULL GROUP BY item_id
    ), since AS (
        SELECT item_id, coalesce(max(forgotten_at), '-infinity'::TIMESTAMPTZ) AS moment
        FROM item LEFT JOIN coaching_forgotten_item USING (item_id) GROUP BY item_id
    ), decided AS (
        SELECT suggestion_id, item_id, decision, decided_by, recorded_at FROM coaching_decision
        WHERE {{of_workflow}} AND {LIVE}
    ), seen AS (
        SELECT item_id, count(*) AS times, count(*) FILTER (decided_by = 'person') AS by_person
        FROM decided JOIN since USING (item_id) WHERE recorded_at > moment GROUP BY item_id
    ), used AS (
        SELECT a.item_id, count(*) AS times,
               count(*) FILTER (d.decision = 'accept' AND d.decided_by = 'person') AS helped,
               count(*) FILTER (d.decision IN ('reject', 'correct')) AS hurt
        FROM coaching_applied a JOIN since USING (item_id) LEFT JOIN decided d USING (suggestion_id)
        WHERE a.winner_id IS NULL AND a.applied_at > moment GROUP BY a.item_id
    ), brought AS (
        SELECT item_id, max(times_seen) AS times_seen, max(times_applied) AS times_applied, max(i.helped) AS helped,
               max(i.hurt) AS hurt, max_by(imported_by, imported_at) AS imported_by,
               max_by(source, imported_at) AS source
        FROM coaching_imported_item i JOIN since USING (item_id) WHERE imported_at > moment GROUP BY item_id
    ), switched AS (
        -- Also before it was forgotten: a person's "off" outlives the item, so that no import brings it back.
        SELECT item_id, max_by(switched_on, switched_at) AS switched_on, max(switched_at) AS switched_at
        FROM coaching_switched_item WHERE item_id IN (SELECT item_id FROM item) AND decided_by = 'person'
        GROUP BY item_id
    )
    SELECT item.item_id, node_id, action_type, patch,
           coalesce(seen.times, 0), coalesce(used.times, 0), coalesce(used.helped, 0), coalesce(used.hurt, 0),
           NOT coalesce(switched_on, true) AND NOT (moment > switched_at AND coalesce(by_person, 0) > 0),
           coalesce(switched_on AND switched_at > moment, false), coalesce(by_person, 0),
           brought.item_id IS NOT NULL, brought.times_seen, brought.times_applied, brought.helped, brought.hurt,
           brought.imported_by, brought.source
    FROM item JOIN since USING (item_id) LEFT JOIN seen USING (item_id) LEFT JOIN used USING (item_id)
    LEFT JOIN brought USING (item_id) LEFT JOIN switched USING (item_id)
    WHERE coalesce(seen.times, 0) > 0 OR brought.item_id IS NOT NULL
    ORDER BY node_id, action_type, item.item_id
"""
_OF_ONE, _OF_SEVERAL = "workflow_id = $workflow", "workflow_id IN (SELECT unnest($workflows::VARCHAR[]))"
_PATCHES = """
    SELECT DISTINCT item_id, node_id, action_type, patch, 0, 0, 0, 0 FROM coaching_item
    WHERE item_id IN (SELECT unnest($items::UUID[])) AND patch IS NOT NULL
"""
_WORKFLOWS = "SELECT DISTINCT workflow_id FROM coaching_item WHERE workflow_id IS NOT NULL ORDER BY workflow_id"


class Counts(NamedTuple):
    """How often a correction was made, was applied, and was accepted (helped) or not (hurt) then."""

    times_seen: int
    times_applied: int
    helped: int
    hurt: int


class Record(NamedTuple):
    """A correction with what was counted of it here; `patch` is JSON as text.

    A person has switched it `off`, or `enabled` it. `by_person` is how many of the decisions that made it were a
    person's. `brought` tells that it was imported, with the counts of the file (`brought_*`), by whom and from where.
    """

    item_id: UUID
    node_id: str
    action_type: str
    patch: str
    times_seen: int
    times_applied: int
    helped: int
    hurt: int
    off: bool = False
    enabled: bool = False
    by_person: int = 0
    brought: bool = False
    brought_seen: int | None = None
    brought_applied: int | None = None
    brought_helped: int | None = None
    brought_hurt: int | None = None
    imported_by: str | None = None
    imported_source: str | None = None

    @property
    def own(self) -> Counts:
        """What was counted here."""
        return Counts(self.times_seen, self.times_applied, self.helped, self.hurt)

    @property
    def imported(self) -> Counts | None:
        """The counts that imported files claim; None for a correction that was never imported."""
        if not self.brought:
            return None
        claimed = self.brought_seen, self.brought_applied, self.brought_helped, self.brought_hurt
        return Counts(*(count or 0 for count in claimed))


class Switch(NamedTuple):
    """A correction was switched on or off."""

    item_id: UUID
    workflow_id: str
    switched_on: bool
    switched_us: int


def remember(
    cursor: Cursor, item_id: UUID, workflow_id: str, node_id: str, action_type: str, patch: str, moment: datetime
) -> None:
    """Keep a correction that is not kept yet."""
    if not number(cursor, _KNOWN, [item_id]):
        rows.insert(cursor, _INSERT, [item_id, workflow_id, node_id, action_type, patch, moment])


def bring(
    cursor: Cursor, item_id: UUID, workflow_id: str, counts: Counts, moment: datetime, who: str, source: str
) -> None:
    """Keep what a file claims of a correction, and who imported it from where."""
    let_go(cursor)
    rows.insert(cursor, _IMPORT, [item_id, workflow_id, *counts, moment, moment, who, source])


def forget(cursor: Cursor, item_id: UUID, workflow_id: str, moment: datetime) -> None:
    """Let nothing count that was seen of a correction so far."""
    let_go(cursor)
    rows.insert(cursor, _FORGET, [item_id, workflow_id, moment, moment])


def switch(
    cursor: Cursor, item_id: UUID, workflow_id: str, on: bool, who: str, moment: datetime, source: str, call: str | None
) -> None:
    let_go(cursor)
    rows.insert(cursor, _SWITCH, [item_id, workflow_id, on, who, moment, source, moment, call])


def last_switch(cursor: Cursor, item_id: UUID) -> Switch | None:
    row = first(cursor, _LAST_SWITCH, [item_id])
    return Switch(*row) if row else None


def switched_by(cursor: Cursor, call: str) -> Switch | None:
    """What this call has switched, if it was made before."""
    row = first(cursor, _SWITCHED_BY_CALL, [call])
    return Switch(*row) if row else None


def records(
    cursor: Cursor, workflow_id: str, node_id: str | None = None, action_type: str | None = None
) -> list[Record]:
    """The corrections of a workflow, or of one kind of step in it."""
    if node_id is None or action_type is None:
        return _read(cursor, _IDS_OF_ALL, {"workflow": workflow_id})
    known = memory(cursor)
    workflow = known.workflows.get(workflow_id) if known else None
    kind = node_id, action_type
    if workflow and kind in workflow.records:
        return list(workflow.records[kind].values())
    found = _read(cursor, _IDS, {"workflow": workflow_id, "node": node_id, "action": action_type})
    if workflow:
        workflow.records[kind] = {one.item_id: one for one in found}
    return found


def records_of(cursor: Cursor, workflows: list[str], items: list[UUID]) -> list[Record]:
    """Those of these corrections that are known, of any of these workflows."""
    if not items:
        return []
    values = {"workflows": workflows, "items": items}
    return [Record(*row) for row in cursor.execute(_RECORDS.format(of_workflow=_OF_SEVERAL), values).fetchall()]


def patches(cursor: Cursor, items: list[UUID]) -> list[Record]:
    """Corrections by their ids, those that are forgotten too, without what became of them."""
    return [Record(*row) for row in cursor.execute(_PATCHES, {"items": items}).fetchall()]


def note_applied(known: Memory, step: tuple[str, str, str], applied: list[tuple[UUID, UUID | None]]) -> None:
    """Corrections were applied to a step (workflow, node, action)."""
    for item_id, winner_id in applied:
        if winner_id is None:
            _count(known, step, item_id, times_applied=1)


def note_decided(known: Memory, row: Any, applied: list[tuple[UUID, UUID | None]] | None) -> None:
    """A suggestion with these corrections was decided; None where they are not known."""
    step = row.workflow_id, row.node_id, row.action_type
    workflow = known.workflows.get(row.workflow_id)
    if workflow is None:
        return
    kind = step[1:]
    if workflow.observed:
        workflow.observed = workflow.observed[0], workflow.observed[1] + 1
    if kind in workflow.accepted and row.decided_by == PERSON and row.decision in ("accept", "reject", "correct"):
        accepted, judged = workflow.accepted[kind]
        workflow.accepted[kind] = accepted + (row.decision == "accept"), judged + 1
    workflow.endorsed.pop(kind, None)
    if applied is None or row.item_id:
        workflow.records.pop(kind, None)
    helped = row.decision == "accept" and row.decided_by == PERSON
    hurt = row.decision in ("reject", "correct")
    for item_id, winner_id in applied or ():
        if winner_id is None:
            _count(known, step, item_id, helped=int(helped), hurt=int(hurt))


def _count(known: Memory, step: tuple[str, str, str], item_id: UUID, **more: int) -> None:
    workflow = known.workflows.get(step[0])
    records = workflow.records.get(step[1:]) if workflow else None
    if workflow is None or records is None:
        return
    one = records.get(item_id)
    if one is None:
        del workflow.records[step[1:]]
    else:
        records[item_id] = one._replace(**{name: getattr(one, name) + count for name, count in more.items()})


def _read(cursor: Cursor, which: str, values: dict[str, str]) -> list[Record]:
    ids = [row[0] for row in cursor.execute(which, values).fetchall()]
    if not ids:
        return []
    found = cursor.execute(
        _RECORDS.format(of_workflow=_OF_ONE), {"workflow": values["workflow"], "items": ids}
    ).fetchall()
    return [Record(*row) for row in found]


def workflows(cursor: Cursor) -> list[str]:
    """The workflows that corrections are known of."""
    return [row[0] for row in cursor.execute(_WORKFLOWS).fetchall()]

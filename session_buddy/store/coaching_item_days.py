"""When corrections were seen and applied, and what became of them day by day; what lies before they were forgotten
does not count, as in their records."""

from typing import NamedTuple
from uuid import UUID

from session_buddy.store.coaching_sessions import LIVE
from session_buddy.store.writing import Cursor

_EVENTS = f"""
    WITH since AS (
        SELECT item_id, coalesce(max(forgotten_at), '-infinity'::TIMESTAMPTZ) AS moment
        FROM (SELECT unnest($items::UUID[]) AS item_id) LEFT JOIN coaching_forgotten_item USING (item_id)
        GROUP BY item_id
    ), decided AS (
        SELECT suggestion_id, item_id, decision, decided_by, decided_at, recorded_at FROM coaching_decision
        WHERE workflow_id = $workflow AND {LIVE}
    ), used AS (
        SELECT a.item_id, a.applied_at, d.decided_at, d.decision = 'accept' AND d.decided_by = 'person' AS helped,
               d.decision IN ('reject', 'correct') AS hurt
        FROM coaching_applied a JOIN since USING (item_id) LEFT JOIN decided d USING (suggestion_id)
        WHERE a.winner_id IS NULL AND a.applied_at > moment
    ), event AS (
        SELECT item_id, 'seen' AS kind, decided_at AS moment FROM decided JOIN since USING (item_id)
        WHERE recorded_at > moment
        UNION ALL SELECT item_id, 'applied', applied_at FROM used
        UNION ALL SELECT item_id, 'helped', decided_at FROM used WHERE helped
        UNION ALL SELECT item_id, 'hurt', decided_at FROM used WHERE hurt
        UNION ALL SELECT item_id, 'imported', imported_at FROM coaching_imported_item i JOIN since USING (item_id)
        WHERE imported_at > moment
    )
"""
_MOMENTS = (
    _EVENTS
    + """
    SELECT item_id, epoch_us(min(moment) FILTER (kind = 'seen')), epoch_us(max(moment) FILTER (kind = 'seen')),
           epoch_us(max(moment) FILTER (kind = 'applied')), epoch_us(max(moment) FILTER (kind = 'imported'))
    FROM event GROUP BY item_id
"""
)
_DAYS = (
    _EVENTS
    + """
    SELECT item_id, strftime(moment AT TIME ZONE 'UTC', '%Y-%m-%d') AS day, count(*) FILTER (kind = 'seen'),
           count(*) FILTER (kind = 'applied'), count(*) FILTER (kind = 'helped'), count(*) FILTER (kind = 'hurt')
    FROM event WHERE kind != 'imported' GROUP BY item_id, day ORDER BY item_id, day
"""
)


class Moments(NamedTuple):
    """When a correction was made first and last here, was applied last, and was imported last; microseconds since
    1970, None for what never was."""

    first_seen_us: int | None = None
    last_seen_us: int | None = None
    last_applied_us: int | None = None
    imported_us: int | None = None


class ItemDay(NamedTuple):
    """A day (UTC) of a correction: how often it was made and applied, and how often what it was applied to was accepted
    by a person (helped), or rejected or corrected (hurt)."""

    day: str
    seen: int
    applied: int
    helped: int
    hurt: int


def moments(cursor: Cursor, workflow_id: str, items: list[UUID]) -> dict[UUID, Moments]:
    """These moments of those items of a workflow that have any."""
    found = cursor.execute(_MOMENTS, {"workflow": workflow_id, "items": items}).fetchall()
    return {row[0]: Moments(*row[1:]) for row in found}


def days(cursor: Cursor, workflow_id: str, items: list[UUID]) -> dict[UUID, list[ItemDay]]:
    """The days on which anything happened with items of a workflow, in order of time. What was brought from elsewhere
    has no days."""
    found: dict[UUID, list[ItemDay]] = {}
    for item_id, *day in cursor.execute(_DAYS, {"workflow": workflow_id, "items": items}).fetchall():
        found.setdefault(item_id, []).append(ItemDay(*day))
    return found

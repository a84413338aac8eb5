"""Past decisions with what was suggested, newest first."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from session_buddy.store.coaching_decisions import COLUMNS, Decision
from session_buddy.store.coaching_sessions import LIVE
from session_buddy.store.times import from_micros
from session_buddy.store.writing import Cursor

_NEWEST_FIRST = "d.decided_at DESC, d.decision_id DESC"
# Which decisions is asked of short columns only; texts are read of those that are told.
_TOLD = f"""
    SELECT {COLUMNS}, s.parameters
    FROM page JOIN coaching_decision d USING (decision_id)
    LEFT JOIN coaching_execution e USING (decision_id) LEFT JOIN coaching_suggestion s USING (suggestion_id)
    ORDER BY {_NEWEST_FIRST}
"""
_PAGE = f"""
    WITH page AS MATERIALIZED (
        SELECT decision_id FROM coaching_decision d
        WHERE {LIVE} AND session_id IS NOT NULL
          AND ($session::VARCHAR IS NULL OR session_id = $session)
          AND ($workflow::VARCHAR IS NULL OR workflow_id = $workflow)
          AND ($decision::VARCHAR IS NULL OR decision = $decision)
          AND ($who::VARCHAR IS NULL OR decided_by = $who)
          AND ($since::TIMESTAMPTZ IS NULL OR decided_at >= $since)
          AND ($until::TIMESTAMPTZ IS NULL OR decided_at < $until)
          AND ($moment::TIMESTAMPTZ IS NULL OR decided_at < $moment
               OR (decided_at = $moment AND decision_id < $id::UUID))
        ORDER BY {_NEWEST_FIRST} LIMIT $limit
    )
    {_TOLD}
"""
_LIKE = f"""
    WITH kind AS (
        SELECT unnest($workflows::VARCHAR[]) AS workflow_id, unnest($nodes::VARCHAR[]) AS node_id,
               unnest($actions::VARCHAR[]) AS action_type
    ), page AS MATERIALIZED (
        SELECT decision_id FROM coaching_decision d JOIN kind USING (workflow_id, node_id, action_type)
        WHERE {LIVE} AND session_id IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY workflow_id, node_id, action_type ORDER BY {_NEWEST_FIRST}) <= $most
    )
    {_TOLD}
"""

Kind = tuple[str, str, str]


class Past(NamedTuple):
    """A decision, and the parameters (JSON as text) that were shown when it was made; None where they are gone."""

    decision: Decision
    parameters: str | None

    @property
    def place(self) -> tuple[int, UUID]:
        """Where it stands among the others: when it was made, in microseconds since 1970, and its id."""
        return self.decision.decided_us, self.decision.decision_id


class Wanted(NamedTuple):
    """Which decisions: those that fit whatever is given, made in [since, until)."""

    session_id: str | None = None
    workflow_id: str | None = None
    decision: str | None = None
    decided_by: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def page(cursor: Cursor, wanted: Wanted, limit: int, before: tuple[int, UUID] | None = None) -> list[Past]:
    """At most so many decisions that stand, newest first; with `before`, those that come after this `place`."""
    moment, decision_id = before or (None, None)
    values = {
        "session": wanted.session_id,
        "workflow": wanted.workflow_id,
        "decision": wanted.decision,
        "who": wanted.decided_by,
        "since": wanted.since,
        "until": wanted.until,
        "moment": None if moment is None else from_micros(moment),
        "id": decision_id,
        "limit": limit,
    }
    return [Past(Decision(*row[:-1]), row[-1]) for row in cursor.execute(_PAGE, values).fetchall()]


def latest_of(cursor: Cursor, kinds: list[Kind], most: int) -> dict[Kind, list[Past]]:
    """The latest decisions that stand on each of these kinds of steps (workflow, node, action), newest first."""
    found: dict[Kind, list[Past]] = {}
    if not kinds:
        return found
    workflows, nodes, actions = (list(one) for one in zip(*kinds, strict=True))
    values = {"workflows": workflows, "nodes": nodes, "actions": actions, "most": most}
    for row in cursor.execute(_LIKE, values).fetchall():
        one = Past(Decision(*row[:-1]), row[-1])
        kind = one.decision.workflow_id, one.decision.node_id, one.decision.action_type
        found.setdefault(kind, []).append(one)
    return found

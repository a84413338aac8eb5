"""Decisions with what was suggested, for coaching sessions that are read whole."""

from typing import NamedTuple

from session_buddy.store.coaching_decisions import COLUMNS, Decision
from session_buddy.store.coaching_sessions import LIVE
from session_buddy.store.writing import Cursor

_DECISIONS = f"""
    SELECT {COLUMNS}, s.parameters, s.confidence
    FROM coaching_decision d
    LEFT JOIN coaching_execution e ON e.decision_id = d.decision_id
    LEFT JOIN coaching_suggestion s ON s.suggestion_id = d.suggestion_id
    WHERE d.session_id IN (SELECT unnest($sessions)) AND d.{LIVE}
    ORDER BY d.session_id, d.step_index, d.decided_at, d.recorded_at
"""


class Kept(NamedTuple):
    """A decision, with the parameters (JSON as text) and the confidence that its suggestion had."""

    decision: Decision
    parameters: str | None
    confidence: float | None


def decisions(cursor: Cursor, session_ids: list[str]) -> list[Kept]:
    """The decisions of these coaching sessions that stand; those of each in order."""
    if not session_ids:
        return []
    found = cursor.execute(_DECISIONS, {"sessions": session_ids}).fetchall()
    return [Kept(Decision(*row[:-2]), row[-2], row[-1]) for row in found]

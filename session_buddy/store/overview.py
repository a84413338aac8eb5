"""Every skill that is described or was ever used."""

from typing import NamedTuple

from session_buddy.store.writing import Cursor

_EVERY = """
    WITH ending AS (
        SELECT invocation_id, arg_min(outcome, recorded_at) AS outcome FROM completion GROUP BY invocation_id
    ),
    begun AS (SELECT DISTINCT invocation_id, skill_name, invoked_at FROM invocation),
    used AS (
        SELECT skill_name, count(*) AS invocations, count(*) FILTER (outcome = 'completed') AS completed,
               count(outcome) AS ended, epoch_us(max(invoked_at)) AS last_us
        FROM begun LEFT JOIN ending USING (invocation_id) GROUP BY skill_name
    ),
    described AS (
        SELECT skill_name, arg_max(text, skill.recorded_at) AS description
        FROM skill LEFT JOIN query ON query_id = description_id GROUP BY skill_name
    )
    SELECT skill_name, description, coalesce(invocations, 0) AS uses, coalesce(completed, 0), coalesce(ended, 0),
           last_us
    FROM used FULL JOIN described USING (skill_name)
    ORDER BY uses DESC, skill_name
"""


class Known(NamedTuple):
    """A skill with its counts of invocations: all, completed, and ended in any way. `last_us` is when it was last
    used, in microseconds since 1970."""

    skill_name: str
    description: str | None
    invocations: int
    completed: int
    ended: int
    last_us: int | None


def every_skill(cursor: Cursor) -> list[Known]:
    """All skills, the most used first, then by name."""
    return [Known(*row) for row in cursor.execute(_EVERY).fetchall()]

"""Recommendations that were given, newest first, and what was chosen of them."""

from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.store.recommendations import ANSWER_US
from session_buddy.store.scope import Scope
from session_buddy.store.writing import Cursor

_CONDITIONS = {
    "session": "session_id = $session",
    "project": "project_id = $project",
    "since": "epoch_us(recommended_at) >= $since",
    "until": "epoch_us(recommended_at) < $until",
    "moment": "(epoch_us(recommended_at), recommendation_id) < ($moment, $id)",
}
# A list is answered by the first use in its session after it, within the hour and before the next list; of lists that
# were given at the same time, the last one is.
_GIVEN = f"""
    WITH shown AS MATERIALIZED (
        SELECT DISTINCT epoch_us(recommended_at) AS moment, recommendation_id FROM recommendation WHERE {{where}}
        ORDER BY ALL DESC LIMIT $limit
    ),
    list AS MATERIALIZED (
        SELECT recommendation_id, any_value(query_id) AS query_id, any_value(session_id) AS session_id,
               any_value(project_id) AS project_id, any_value(workflow_phase) AS phase, any_value(ranking) AS ranking,
               any_value(confident) AS confident, any_value(skills) AS skills, any_value(scores) AS scores,
               any_value(epoch_us(recommended_at)) AS moment
        FROM recommendation WHERE recommendation_id IN (SELECT recommendation_id FROM shown) GROUP BY recommendation_id
    ),
    series AS MATERIALIZED (
        SELECT session_id, epoch_us(recommended_at) AS moment, max(recommendation_id) AS last_id,
               lead(epoch_us(recommended_at)) OVER (PARTITION BY session_id ORDER BY epoch_us(recommended_at)) AS next
        FROM recommendation WHERE session_id IN (SELECT session_id FROM list) GROUP BY session_id, recommended_at
    ),
    answer AS MATERIALIZED (
        SELECT series.last_id AS recommendation_id, word.text AS skill, use.rank
        FROM series
        JOIN list ON list.recommendation_id = series.last_id
        JOIN memory.main.session_word AS session ON session.text = series.session_id
        JOIN memory.main.use ON use.session = session.code AND use.moment >= series.moment
             AND use.moment <= series.moment + {ANSWER_US} AND (series.next IS NULL OR use.moment < series.next)
        JOIN memory.main.word ON word.code = use.skill
        JOIN invocation ON invocation.rowid = use.use_row
        QUALIFY row_number() OVER (PARTITION BY series.last_id ORDER BY use.moment, invocation.invocation_id) = 1
    ),
    problem AS (
        SELECT query_id, any_value(text) AS text FROM query WHERE query_id IN (SELECT query_id FROM list) GROUP BY ALL
    )
    SELECT recommendation_id, problem.text, list.moment, session_id, project_id, phase, ranking, confident, skills,
           scores, answer.skill, answer.rank
    FROM list LEFT JOIN answer USING (recommendation_id) LEFT JOIN problem ON problem.query_id = list.query_id
    ORDER BY list.moment DESC, recommendation_id DESC
"""


class GivenPlace(NamedTuple):
    """Where a list of recommendations goes on: after the one with this time (microseconds since 1970) and id."""

    moment: int
    id: UUID


class Shown(NamedTuple):
    """A recommendation that was given; `chosen` is the one of its skills that was used next, and at which rank."""

    recommendation_id: UUID
    problem: str | None
    moment: int
    session_id: str
    project_id: str | None
    phase: str | None
    ranking: str
    confident: bool
    skills: list[str]
    scores: list[float]
    chosen: str | None
    rank: int | None

    @property
    def place(self) -> GivenPlace:
        return GivenPlace(self.moment, self.recommendation_id)


def find(cursor: Cursor, scope: Scope, limit: int, after: GivenPlace | None = None) -> list[Shown]:
    """The newest recommendations, at most `limit`; after a place, those that follow it."""
    values = scope.values(limit=limit) | (after._asdict() if after else {})
    where = " AND ".join(condition for name, condition in _CONDITIONS.items() if name in values) or "true"
    return [_shown(row) for row in cursor.execute(_GIVEN.format(where=where), values).fetchall()]


def _shown(row: tuple[Any, ...]) -> Shown:
    found = Shown(*row)
    return found if found.chosen in found.skills else found._replace(chosen=None, rank=None)

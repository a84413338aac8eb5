"""Sessions of assistants in which skills were used."""

from typing import NamedTuple

from session_buddy.store.scope import STANDS, Scope
from session_buddy.store.uses import Place
from session_buddy.store.writing import Cursor

# Of uses that began at the same time the one stored first stands for its session, so that the order stays as rows come.
_FOUND = """
    SELECT session, min(moment) AS began, min(use_row) AS first_row
    FROM memory.main.use WHERE {where} GROUP BY session HAVING {after}
    ORDER BY began DESC, first_row DESC LIMIT $limit
"""
_AFTER = "(began < $moment OR (began = $moment AND first_row < $row))"
_SHOWN = f"""
    SELECT session.text, project.text, told.* EXCLUDE (session, project)
    FROM (
        SELECT session, arg_max(project, (moment, use_row)) AS project, min(moment) AS began, max(moment), count(*),
               count(*) FILTER (outcome = 1), count(*) FILTER (outcome > 0), count(DISTINCT skill),
               min(use_row) AS first_row
        FROM (
            SELECT * REPLACE ({STANDS} AS outcome) FROM memory.main.use
            WHERE {{where}} AND session IN (SELECT unnest($sessions)) AND moment >= $begin
        ) GROUP BY session
    ) AS told
    JOIN memory.main.session_word session ON session.code = told.session
    LEFT JOIN memory.main.word project ON project.code = told.project
    ORDER BY began DESC, first_row DESC
"""


class UsedSession(NamedTuple):
    """A session by the uses that are counted: when the first and the last began (microseconds since 1970), how many
    there are, how many were completed and have ended, and of how many skills. Its project is that of the last."""

    session_id: str
    project_id: str | None
    began: int
    last: int
    uses: int
    completed: int
    ended: int
    skills: int
    first_row: int

    @property
    def place(self) -> Place:
        return Place(self.began, self.first_row)


def find(cursor: Cursor, scope: Scope, limit: int, after: Place | None = None) -> list[UsedSession]:
    """The sessions whose first use is the newest, at most `limit`; after a place, those that follow it."""
    sql = _FOUND.format(where=scope.where, after=_AFTER if after else "true")
    values = scope.values(limit=limit) | (after._asdict() if after else {})
    found = cursor.execute(sql, values).fetchall()
    if not found:
        return []
    values = scope.values("stale", sessions=[code for code, _, _ in found], begin=found[-1][1])
    rows = cursor.execute(_SHOWN.format(where=scope.where), values).fetchall()
    return [UsedSession(*row) for row in rows]

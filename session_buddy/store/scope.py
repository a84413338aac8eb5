"""Which uses are counted, or shown."""

from typing import Any, NamedTuple

# How a use stands as of now: what `use_table` keeps, and 5 for one that is open for too long.
STANDS = "if(outcome = 0 AND moment < $stale, 5, outcome)"

_SESSION = "session = (SELECT code FROM memory.main.session_word WHERE text = $session)"
_SKILLS = "skill IN (SELECT code FROM memory.main.word WHERE text IN (SELECT unnest($skills)))"
_PROJECT = "project = (SELECT code FROM memory.main.word WHERE text = $project)"
_SINCE, _UNTIL = "moment >= $since", "moment < $until"
_OF_USES = "use_row IN (SELECT use_row FROM memory.main.use WHERE {0})"


class Scope(NamedTuple):
    """What is counted: the uses of a session, of some skills, of a project, that began from `since` on and before
    `until`, whichever of these is given; all where none is. `now` is when it is asked, and an open use that began
    before `stale` counts as abandoned (all times in microseconds since 1970)."""

    now: int
    stale: int
    session_id: str | None = None
    skills: list[str] | None = None
    project_id: str | None = None
    since: int | None = None
    until: int | None = None

    @property
    def where(self) -> str:
        """The condition on rows of `memory.main.use`."""
        return " AND ".join([*self._named(), *self._within()]) or "true"

    @property
    def where_of_actions(self) -> str:
        """The condition on rows of `memory.main.action`, which know neither their project nor their time."""
        within = self._within()
        return " AND ".join([*self._named(), *([_OF_USES.format(" AND ".join(within))] if within else [])]) or "true"

    @property
    def parts_sessions(self) -> bool:
        """Whether some uses of a session may be counted and others not."""
        return bool(self._within())

    def values(self, *names: str, **others: Any) -> dict[str, Any]:
        """The parameters of a query that uses these of ours."""
        filters = {
            "session": self.session_id,
            "skills": self.skills,
            "project": self.project_id,
            "since": self.since,
            "until": self.until,
        }
        given = {name: value for name, value in filters.items() if value is not None}
        return {name: getattr(self, name) for name in names} | others | given

    def _named(self) -> list[str]:
        parts = ((self.session_id, _SESSION), (self.skills, _SKILLS))
        return [condition for value, condition in parts if value is not None]

    def _within(self) -> list[str]:
        parts = ((self.project_id, _PROJECT), (self.since, _SINCE), (self.until, _UNTIL))
        return [condition for value, condition in parts if value is not None]

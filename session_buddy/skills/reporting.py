"""Answers to what people and assistants ask about the past, each from one snapshot of the rows."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from session_buddy.skills import changes, metrics, overview, workflow
from session_buddy.skills.filters import asked
from session_buddy.skills.installed import Installed
from session_buddy.skills.metrics import PAGE, Page
from session_buddy.skills.paging import paged
from session_buddy.store import coaching_learning, figures
from session_buddy.store.access import Access
from session_buddy.store.named import named
from session_buddy.store.scope import Scope
from session_buddy.store.times import iso
from session_buddy.store.use_table import UseTable
from session_buddy.store.writing import Cursor

Answer = dict[str, Any]
Result = TypeVar("Result")

# Without a question for so long (seconds), the table of uses gives its memory back.
IDLE = 600.0
EVERY = 1_000_000


class Reporter:
    """Reads figures from the table of uses. `patience` is how long a use may be open, in seconds, before it counts as
    abandoned; `clock` gives the time of asking, in microseconds since 1970."""

    def __init__(
        self, access: Access, patience: float, clock: Callable[[], int] = lambda: time.time_ns() // 1000
    ) -> None:
        self._access = access
        self._clock = clock
        self._patience = patience
        self._table = UseTable()
        self._asked = time.monotonic()

    async def metrics(
        self,
        skill_name: str | None = None,
        session_id: str | None = None,
        limit: int = PAGE,
        offset: int = 0,
        **filters: str | None,
    ) -> Answer:
        """The metrics of a skill, of a session, of a skill within a session, or of everything; `filters` are those of
        `Filters` that are given beside.

        Raises:
            UnknownNameError: no such skill, session or project is known.
            InvalidRequestError: a filter is none.
        """
        given = asked(session_id=session_id, **filters)

        def job(cursor: Cursor, scope: Scope) -> Answer:
            scope = given.scope(cursor, scope, skill_name)
            if skill_name is not None:
                figure = metrics.of_skills(cursor, scope, [skill_name])[0]
                return {"scope": "skill", "session_id": session_id, "skill": figure} | given.told()
            if session_id is not None:
                return {"scope": "session", "session": metrics.of_session(cursor, scope, session_id)} | given.told()
            return {"scope": "all"} | metrics.of_everything(cursor, scope, Page(limit, offset)) | given.told()

        return await self.ask(job)

    async def workflow(self, session_id: str | None = None, page: int = 1, **filters: str | None) -> Answer:
        """The workflow report: its text, and one page of the figures behind each of its sections; raises as `metrics`
        does."""
        given = asked(session_id=session_id, **filters)

        def job(cursor: Cursor, scope: Scope) -> Answer:
            found = workflow.figures_of(cursor, given.scope(cursor, scope))
            return {"session_id": session_id} | given.told() | paged(found, page)

        return await self.ask(job)

    async def heatmap(self, session_id: str | None = None, **filters: str | None) -> Answer:
        """The heatmap, with all its phases; raises as `metrics` does."""
        given = asked(session_id=session_id, **filters)

        def job(cursor: Cursor, scope: Scope) -> Answer:
            cells = figures.by_phase(cursor, given.scope(cursor, scope))
            return {"session_id": session_id} | given.told() | workflow.heatmap(cells)

        return await self.ask(job)

    async def changes(self) -> Answer:
        """What has changed, what goes together, and what is not used."""
        return await self.ask(changes.found)

    async def skills(self, installed: Sequence[Installed] = ()) -> Answer:
        """Every skill that is installed, described or was ever used."""
        return await self.ask(lambda cursor, scope: overview.every_skill(cursor, scope, installed))

    async def summary(self) -> Answer:
        """The totals over everything, with every skill by usage."""
        return await self.ask(
            lambda cursor, scope: metrics.summary(cursor, scope, figures.counted(cursor, scope), EVERY)
        )

    async def names(self, kind: str, part: str, most: int) -> tuple[list[str], int]:
        """The names of used skills (`skill`) or sessions (`session`) that hold this part, those used most first, and
        how many there are; those of coached workflows (`workflow`) in the order of the alphabet."""
        if kind == "workflow":
            found = [one for one in await self._access.read(coaching_learning.workflows) if part.lower() in one.lower()]
            return found[:most], len(found)

        def job(cursor: Cursor, scope: Scope) -> Answer:
            found = named(cursor, scope, kind, most, part=part)
            return {"names": list(found.counts), "found": found.different}

        answer = await self.ask(job)
        return answer["names"], answer["found"]

    async def let_go_when_idle(self) -> None:
        """Give the table's memory back whenever nobody has asked for a while; work until cancelled."""
        while True:
            await asyncio.sleep(IDLE / 10)
            if self._table.is_made and time.monotonic() - self._asked > IDLE:
                await self._access.read(self._table.drop)

    async def ask(self, job: Callable[[Cursor, Scope], Answer]) -> Answer:
        """What a reading job finds in the table of uses, and as of when."""
        self._asked = time.monotonic()
        now = self._clock()
        scope = Scope(now, now - round(self._patience * 1_000_000))

        def read(cursor: Cursor) -> Answer:
            with self._table.current(cursor):
                return {"as_of": iso(now)} | job(cursor, scope)

        return await self._access.read(read)

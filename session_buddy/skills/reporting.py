"""Answers to what people and assistants ask about the past, each from one snapshot of the rows."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from session_buddy.skills import changes, known, metrics, overview, workflow
from session_buddy.skills.installed import Installed
from session_buddy.skills.metrics import PAGE, Page
from session_buddy.skills.paging import paged
from session_buddy.store import coaching_learning, figures
from session_buddy.store.access import Access
from session_buddy.store.figures import Scope
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
    abandoned."""

    def __init__(self, access: Access, patience: float) -> None:
        self._access = access
        self._patience = patience
        self._table = UseTable()
        self._asked = time.monotonic()

    async def metrics(
        self,
        skill_name: str | None = None,
        session_id: str | None = None,
        limit: int = PAGE,
        offset: int = 0,
        own: str = "",
    ) -> Answer:
        """The metrics of a skill, of a session, of a skill within a session, or of everything. `own` is the session
        that asks, which is known even while it is empty.

        Raises:
            UnknownNameError: no such skill or session is known.
        """

        def job(cursor: Cursor, scope: Scope) -> Answer:
            _refuse_unknown(cursor, skill_name, session_id, own)
            scope = scope._replace(session_id=session_id)
            if skill_name is not None:
                return {
                    "scope": "skill",
                    "session_id": session_id,
                    "skill": metrics.of_skills(cursor, scope, [skill_name])[0],
                }
            if session_id is not None:
                return {"scope": "session", "session": metrics.of_session(cursor, scope, session_id)}
            return {"scope": "all"} | metrics.of_everything(cursor, scope, Page(limit, offset))

        return await self._ask(job)

    async def workflow(self, session_id: str | None = None, page: int = 1, own: str = "") -> Answer:
        """The workflow report: its text, and one page of the figures behind each of its sections.

        Raises:
            UnknownNameError: no such session is known.
        """

        def job(cursor: Cursor, scope: Scope) -> Answer:
            _refuse_unknown(cursor, None, session_id, own)
            found = workflow.figures_of(cursor, scope._replace(session_id=session_id))
            return {"session_id": session_id} | paged(found, page)

        return await self._ask(job)

    async def heatmap(self, session_id: str | None = None, own: str = "") -> Answer:
        """The heatmap, with all its phases.

        Raises:
            UnknownNameError: no such session is known.
        """

        def job(cursor: Cursor, scope: Scope) -> Answer:
            _refuse_unknown(cursor, None, session_id, own)
            cells = figures.by_phase(cursor, scope._replace(session_id=session_id))
            return {"session_id": session_id} | workflow.heatmap(cells)

        return await self._ask(job)

    async def changes(self) -> Answer:
        """What has changed, what goes together, and what is not used."""
        return await self._ask(changes.found)

    async def skills(self, installed: Sequence[Installed] = ()) -> Answer:
        """Every skill that is installed, described or was ever used."""
        return await self._ask(lambda cursor, scope: overview.every_skill(cursor, scope, installed))

    async def summary(self) -> Answer:
        """The totals over everything, with every skill by usage."""
        return await self._ask(
            lambda cursor, scope: metrics.summary(cursor, scope, figures.counted(cursor, scope), EVERY)
        )

    async def names(self, kind: str, part: str, most: int) -> tuple[list[str], int]:
        """The names of used skills (`skill`) or sessions (`session`) that hold this part, those used most first, and
        how many there are; those of coached workflows (`workflow`) in the order of the alphabet."""
        if kind == "workflow":
            found = [one for one in await self._access.read(coaching_learning.workflows) if part.lower() in one.lower()]
            return found[:most], len(found)

        def job(cursor: Cursor, scope: Scope) -> Answer:
            found = figures.named(cursor, scope, kind, most, part=part)
            return {"names": list(found.counts), "found": found.different}

        answer = await self._ask(job)
        return answer["names"], answer["found"]

    async def let_go_when_idle(self) -> None:
        """Give the table's memory back whenever nobody has asked for a while; work until cancelled."""
        while True:
            await asyncio.sleep(IDLE / 10)
            if self._table.is_made and time.monotonic() - self._asked > IDLE:
                await self._access.read(self._table.drop)

    async def _ask(self, job: Callable[[Cursor, Scope], Answer]) -> Answer:
        self._asked = time.monotonic()
        now = time.time_ns() // 1000
        scope = Scope(now, now - round(self._patience * 1_000_000))

        def read(cursor: Cursor) -> Answer:
            with self._table.current(cursor):
                return {"as_of": iso(now)} | job(cursor, scope)

        return await self._access.read(read)


def _refuse_unknown(cursor: Cursor, skill_name: str | None, session_id: str | None, own: str) -> None:
    if skill_name is not None:
        known.skill(cursor, skill_name)
    if session_id is not None and session_id != own:
        known.session(cursor, session_id)

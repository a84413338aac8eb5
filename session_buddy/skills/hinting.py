"""What an assistant is told, unasked, when a person has written a prompt: the skill that fits, if one fits well.

It is a fact and no order, at most 400 characters, of a skill that the session was not told of before; else nothing.
Only skills that are installed for the project or the user are named: a name that only a stored row holds may come from
anywhere. Without a catalogue (SESSION_BUDDY_CATALOGUE=off) nothing is known to be installed, and no hint is given.
"""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

from session_buddy.common.quoted_text import quoted_name
from session_buddy.errors import BuddyError
from session_buddy.skills import installed_names, observing
from session_buddy.skills.hook_events import HookEvent
from session_buddy.skills.installed import Found
from session_buddy.skills.recommending import Question, Recommender
from session_buddy.skills.tracking import Origin
from session_buddy.store import catalogue, seen
from session_buddy.store.access import Access
from session_buddy.store.writing import Cursor

ON, ASKED, OFF = "on", "asked", "off"
LONGEST = 400
FEWEST_WORDS = 3
MOST_NAMED = 2
# What the way back to the assistant takes, in seconds.
SENDING = 0.02
# What follows the first must fit nearly as well.
NEARLY = 0.9
_ASKS = re.compile(
    r"\b(?:which|what|any|best|right|recommend\w*|suggest\w*|find|need)\b.{0,60}\bskills?\b|\bskills?\b.{0,60}\?",
    re.IGNORECASE | re.DOTALL,
)


class Hinter:
    """Tells what fits a prompt."""

    def __init__(self, access: Access, recommender: Recommender, habit: str, installed: Callable[[str], Found]) -> None:
        """`installed` returns what is installed for the project with a path."""
        self._access = access
        self._recommender = recommender
        self._habit = habit
        self._installed = installed

    async def tell(self, event: HookEvent, asker: Origin, deadline: float) -> str | None:
        """What to tell, or None: nothing that would be told after `deadline` (of the monotonic clock)."""
        if not self._wanted(event):
            return None
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                best = await self._fitting(event, asker.project_path)
            return await self._told(event, asker, best, deadline) if best else None
        except (TimeoutError, BuddyError, OSError):
            return None

    def _wanted(self, event: HookEvent) -> bool:
        prompt = event.data.prompt or ""
        if OFF in (self._habit, event.hints) or prompt.lstrip().startswith("/") or len(prompt.split()) < FEWEST_WORDS:
            return False
        return ASKED not in (self._habit, event.hints) or bool(_ASKS.search(prompt))

    async def _fitting(self, event: HookEvent, project: str) -> dict[str, Any] | None:
        """The answer to the prompt, if it is confident: the best installed skill, and one that fits nearly as well."""
        if not await self._access.read(catalogue.knows_any):
            return None  # no model is started for nothing
        names = installed_names.usable(await asyncio.to_thread(self._installed, project))
        if not names:
            return None
        answer = await self._recommender.recommend(Question(event.data.prompt or "", limit=5))
        if not answer["confident"]:
            return None
        # An installed skill is named only where it fits nearly as well as the best of all.
        least = NEARLY * answer["recommendations"][0]["score"]
        near = [
            recommendation
            for recommendation in answer["recommendations"]
            if recommendation["score"] >= least
            and recommendation["skill_name"] in names
            and installed_names.may_be_hinted(recommendation["skill_name"])
        ]
        return answer | {"recommendations": near[:MOST_NAMED]} if near else None

    async def _told(self, event: HookEvent, asker: Origin, answer: dict[str, Any], deadline: float) -> str | None:
        """The sentence about those skills of which the session was not told, which is kept."""
        first, *others = (one["skill_name"] for one in answer["recommendations"])

        def job(cursor: Cursor) -> list[str]:
            if time.monotonic() > deadline - SENDING or first in seen.hinted(cursor, event.session):
                return []
            return observing.hint(cursor, event, asker.project_id, [first, *others])

        names = await self._access.write(job)
        named = [one for one in answer["recommendations"] if one["skill_name"] in names]
        if not named:
            return None
        self._recommender.keep(answer | {"recommendations": named}, Question(event.data.prompt or ""), asker)
        return hint(named)


def hint(recommendations: list[dict[str, Any]]) -> str:
    """The sentence, at most 400 characters long."""
    facts = [f'"{quoted_name(one["skill_name"])}" {_record(one)}' for one in recommendations]
    text = f"session_buddy, from past use: for problems like this one, {'; '.join(facts)}."
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _record(one: dict[str, Any]) -> str:
    rate = one["completion_rate"]
    if not one["invocations"]:
        return "is installed and its description fits; it was not used yet"
    times = "once" if one["invocations"] == 1 else f"{one['invocations']} times"
    return f"was used {times}" + ("" if rate is None else f", {rate:.0f} % completed")

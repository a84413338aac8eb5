"""What an assistant is told, unasked, when a person has written a prompt: the skill that fits, if one fits well.

It is a fact and no order, at most 400 characters, of a skill that the session was not told of before; else nothing.
"""

import asyncio
import re
import time
from typing import Any

from session_buddy.errors import BuddyError
from session_buddy.skills import observing
from session_buddy.skills.hook_events import HookEvent
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
# Names are texts of other people; one that looks like anything else than a name is not told.
_NAME = re.compile(r"[\w:.@/+-]{1,80}")


class Hinter:
    """Tells what fits a prompt."""

    def __init__(self, access: Access, recommender: Recommender, habit: str) -> None:
        self._access = access
        self._recommender = recommender
        self._habit = habit

    async def tell(self, event: HookEvent, asker: Origin, deadline: float) -> str | None:
        """What to tell, or None: nothing that would be told after `deadline` (of the monotonic clock)."""
        if not self._wanted(event):
            return None
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                best = await self._fitting(event)
            return await self._told(event, asker, best, deadline) if best else None
        except (TimeoutError, BuddyError):
            return None

    def _wanted(self, event: HookEvent) -> bool:
        prompt = event.data.prompt or ""
        if OFF in (self._habit, event.hints) or prompt.lstrip().startswith("/") or len(prompt.split()) < FEWEST_WORDS:
            return False
        return ASKED not in (self._habit, event.hints) or bool(_ASKS.search(prompt))

    async def _fitting(self, event: HookEvent) -> dict[str, Any] | None:
        """The answer to the prompt, if it is confident: the best skill, and one that fits nearly as well."""
        if not await self._access.read(catalogue.knows_any):
            return None  # no model is started for nothing
        answer = await self._recommender.recommend(Question(event.data.prompt or "", limit=5))
        best = answer["recommendations"]
        if not answer["confident"] or not _NAME.fullmatch(best[0]["skill_name"]):
            return None
        near = [one for one in best if one["score"] >= NEARLY * best[0]["score"] and _NAME.fullmatch(one["skill_name"])]
        return answer | {"recommendations": near[:MOST_NAMED]}

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
    facts = [f'"{one["skill_name"]}" {_record(one)}' for one in recommendations]
    text = f"session_buddy, from past use: for problems like this one, {'; '.join(facts)}."
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _record(one: dict[str, Any]) -> str:
    rate = one["completion_rate"]
    if not one["invocations"]:
        return "is installed and its description fits; it was not used yet"
    times = "once" if one["invocations"] == 1 else f"{one['invocations']} times"
    return f"was used {times}" + ("" if rate is None else f", {rate:.0f} % completed")

"""What an assistant is told, unasked, when a person has written a prompt: the skill that fits, if one fits well.

It is a fact and no order, at most 400 characters, of a skill that the session was not told of before; else nothing.
"""

import asyncio
import re
from typing import Any

from session_buddy.errors import BuddyError
from session_buddy.skills import observing
from session_buddy.skills.fields import as_name
from session_buddy.skills.hook_events import HookEvent
from session_buddy.skills.recommending import Question, Recommender
from session_buddy.skills.tracking import Origin
from session_buddy.store import catalogue, seen
from session_buddy.store.access import Access

ON, ASKED, OFF = "on", "asked", "off"
LONGEST = 400
LONGEST_NAME = 80
FEWEST_WORDS = 3
MOST_NAMED = 2
# Seconds; with what the hook itself needs, an assistant waits 200 ms at most.
PATIENCE = 0.15
# What follows the first must fit nearly as well.
NEARLY = 0.9
_ASKS = re.compile(
    r"\b(?:which|what|any|best|right|recommend\w*|suggest\w*|find|need)\b.{0,60}\bskills?\b|\bskills?\b.{0,60}\?",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(r"[<>`\[\]{}\\]")


class Hinter:
    """Tells what fits a prompt."""

    def __init__(self, access: Access, recommender: Recommender, habit: str) -> None:
        self._access = access
        self._recommender = recommender
        self._habit = habit

    async def tell(self, event: HookEvent, asker: Origin) -> str | None:
        """What to tell, or None. It takes 150 ms at most; what would take longer is not told."""
        if not self._wanted(event):
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._fitting(event, asker)
        except (TimeoutError, BuddyError):
            return None

    def _wanted(self, event: HookEvent) -> bool:
        prompt = event.data.prompt or ""
        if OFF in (self._habit, event.hints) or prompt.lstrip().startswith("/") or len(prompt.split()) < FEWEST_WORDS:
            return False
        return ASKED not in (self._habit, event.hints) or bool(_ASKS.search(prompt))

    async def _fitting(self, event: HookEvent, asker: Origin) -> str | None:
        if not await self._access.read(catalogue.knows_any):
            return None  # no model is started for nothing
        question = Question(event.data.prompt or "", limit=5)
        answer = await self._recommender.recommend(question)
        if not answer["confident"]:
            return None
        told = await self._access.read(lambda cursor: seen.hinted(cursor, event.session))
        best = answer["recommendations"]
        if best[0]["skill_name"] in told:
            return None
        near = [one for one in best if one["score"] >= NEARLY * best[0]["score"] and one["skill_name"] not in told]
        named = near[:MOST_NAMED]
        skills = [one["skill_name"] for one in named]
        await self._access.write(lambda cursor: observing.hinted(cursor, event, asker.project_id, skills))
        self._recommender.keep(answer | {"recommendations": named}, question, asker)
        return hint(named)


def hint(recommendations: list[dict[str, Any]]) -> str:
    """The sentence, at most 400 characters long; the names in it are text of other people, so they are kept plain."""
    facts = [f'"{_plain(one["skill_name"])}" {_record(one)}' for one in recommendations]
    text = f"session_buddy, from past use: for problems like this one, {'; '.join(facts)}."
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _record(one: dict[str, Any]) -> str:
    rate = one["completion_rate"]
    if not one["invocations"]:
        return "is installed and its description fits; it was not used yet"
    times = "once" if one["invocations"] == 1 else f"{one['invocations']} times"
    return f"was used {times}" + ("" if rate is None else f", {rate:.0f} % completed")


def _plain(name: str) -> str:
    return as_name(_MARKUP.sub("", name))[:LONGEST_NAME]

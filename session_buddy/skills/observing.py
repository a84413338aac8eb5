"""What hooks tell becomes uses of skills, with how they ended as far as that was seen.

The rules by which a use ends are in `outcomes`. Each event is stored once, however often it is told. Events of a
session are put in order by their times; one that comes after the end of its turn still tells how a use has ended of
which that was not known, but changes no end that is.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from session_buddy.skills import outcomes, seen_ids, tracking
from session_buddy.skills.actions import action, distinct
from session_buddy.skills.fields import as_name
from session_buddy.skills.hook_events import HookEvent
from session_buddy.skills.outcomes import End, Step, Verdict
from session_buddy.skills.tracking import Cleaner, Ending, Origin, Stamp, Use
from session_buddy.store import invocations, projects, queries, seen, sessions
from session_buddy.store.ids import new_id
from session_buddy.store.seen import Done, Loaded, Seen, Stream
from session_buddy.store.times import from_micros
from session_buddy.store.writing import Cursor

SKILL_TOOL = "Skill"
OWN_TOOLS = ("mcp__session-buddy__", "mcp__session_buddy__", "mcp__plugin_session-buddy_")
_BEGINNING = from_micros(0)
# A command's own prompt may be told a moment after the command; it begins no other turn.
_SAME_PROMPT = timedelta(seconds=5)
# How a person calls a command; a path is none.
_COMMAND = re.compile(r"\A\s*/[\w:.-]+(?=\s|\Z)")
_ONCE_IN_A_PROMPT = ("UserPromptSubmit", "UserPromptExpansion")


def store(cursor: Cursor, event: HookEvent, project_id: str, mask_secrets: bool) -> bool:
    """Store an event. Returns whether it told anything that was not stored before."""
    told = _TOLD.get(event.event)
    if told is None:
        return False
    watcher = _Watcher(cursor, event, project_id, mask_secrets)
    return not watcher.standing.known and told(watcher)


def _event_id(event: HookEvent) -> UUID:
    """The same for the same event told by two hooks, where the assistant gives it an id. Events of one prompt share the
    prompt's id, so it tells apart only what happens once in a prompt."""
    data = event.data
    if data.tool_use_id:
        return seen_ids.seen_id("hook", event.session, event.event, data.tool_use_id)
    if data.prompt_id and event.event in _ONCE_IN_A_PROMPT:
        return seen_ids.seen_id("hook", event.session, event.event, data.prompt_id, data.command_name or "")
    return event.id


class _Watcher:
    """One event on its way into the store."""

    def __init__(self, cursor: Cursor, event: HookEvent, project_id: str, mask_secrets: bool) -> None:
        self._cursor = cursor
        self._event = event
        self._data = event.data
        self._stream = Stream(event.session, event.data.agent_id)
        self._project_id = project_id
        self._origin = Origin(event.session, project_id, event.project, mask_secrets)
        self._cleaner = Cleaner(mask_secrets)
        self._id = _event_id(event)
        self.standing = seen.standing(cursor, self._stream, self._id, event.at)

    def prompt(self) -> bool:
        text = _COMMAND.sub("", self._data.prompt or "", count=1).strip()
        self._resume()
        if not text:
            return self._keep(seen.COMMAND)
        kept = self._cleaner.text(text)
        return self._keep(seen.PROMPT, query_id=queries.remember(self._cursor, kept) if kept else None)

    def expansion(self) -> bool:
        """The person used a command of their own."""
        name = self._data.command_name
        if not name or self._data.expansion_type == "mcp_prompt":
            return False
        query = self._cleaner.text(self._data.command_args)
        return self._load(name.lstrip("/"), seen.PERSON, queries.remember(self._cursor, query) if query else None)

    def tool(self) -> bool:
        if self._data.tool_name != SKILL_TOOL:
            return self._step(failed=False)
        name = self._skill_name()
        return bool(name) and self._load(str(name), seen.MODEL, None, failed=self._data.success is False)

    def failure(self) -> bool:
        if self._data.tool_name == SKILL_TOOL:
            name = self._skill_name()
            return bool(name) and self._load(str(name), seen.MODEL, None, failed=True)
        kept = self._step(failed=True)
        if self._data.is_interrupt:
            self._judge(End.STOPPED)
        return kept

    def turn(self) -> bool:
        return self._end_turn(End.TURN)

    def subagent(self) -> bool:
        """A subagent's turn has ended; one that is not named could be the session's own."""
        return self._data.agent_id is not None and self._end_turn(End.TURN)

    def error(self) -> bool:
        return self._end_turn(End.ERROR)

    def started(self) -> bool:
        self._resume()
        return self._keep(seen.STARTED)

    def ended(self) -> bool:
        sessions.end(self._cursor, self._event.session, self._event.at, seen.HOOK)
        return self._keep(seen.ENDED)

    def _skill_name(self) -> str | None:
        name = self._data.tool_input.get("skill")
        return as_name(name[:4096]) or None if isinstance(name, str) else None

    def _load(self, skill: str, kind: str, query_id: UUID | None, failed: bool = False) -> bool:
        """A skill was loaded, or could not be."""
        self._resume()
        moment = self._event.at
        tool_use_id = self._data.tool_use_id
        own = seen_ids.tool_use(self._event.session, tool_use_id) if tool_use_id else self._event.id
        query_id = query_id or self.standing.last_prompt
        by_person = kind == seen.PERSON
        wanted = seen.Wanted(self._event.session, skill, own, self._turn_began(), moment, by_person, query_id)
        known = seen.begun(self._cursor, wanted)
        invocation_id = known or own
        if not known:
            stamp = Stamp(moment, seen.HOOK)
            tracking.track(self._cursor, Use(skill), self._origin, stamp, invocation_id, query_id=query_id)
        kept = self._keep(kind, skill_name=skill, invocation_id=invocation_id)
        self._judge_late()
        if failed and not invocations.ended(self._cursor, invocation_id):
            self._complete(invocation_id, outcomes.not_loaded(), [], moment)
        return kept

    def _turn_began(self) -> datetime:
        recently, began = self._event.at - seen.LATELY, self.standing.turn_began
        return recently if began is None else max(from_micros(began) - _SAME_PROMPT, recently)

    def _step(self, failed: bool) -> bool:
        """A tool was used: worth keeping where a skill was loaded before it in this turn."""
        name = self._data.tool_name
        if not name or name.startswith(OWN_TOOLS) or not self._loaded():
            return False
        name = self._cleaner.text(action(name, self._data.tool_input))
        if not name:
            return False
        self._keep(seen.FAILED_STEP if failed else seen.STEP, action=name)
        self._judge_late()
        return True

    def _end_turn(self, end: End) -> bool:
        if not self._loaded():
            return False
        self._judge(end)
        return self._keep(seen.TURN, action=None if end is End.TURN else end.value)

    def _judge_late(self) -> None:
        """An event that comes after the end of its turn, as those in the background may, is part of it."""
        if self.standing.turn_ended is not None:
            self._judge(End.TURN, self.standing.turn_ended)

    def _loaded(self) -> list[Loaded]:
        """The skills that were loaded in the turn that is under way."""
        began = self.standing.turn_began
        if began is None:
            return seen.uses(self._cursor, self._stream, _BEGINNING)
        since = from_micros(began)
        found = seen.uses(self._cursor, self._stream, since - _SAME_PROMPT)
        return [use for use in found if use.moment >= began or use.kind == seen.PERSON]

    def _judge(self, end: End, until: int | None = None) -> None:
        """Say of every skill of the turn how it ended, where that is known and nobody has said so. The turn lasts up to
        now, or to `until` (microseconds since 1970)."""
        loaded = [use for use in self._loaded() if until is None or use.moment <= until]
        if not loaded:
            return
        if end is End.STOPPED:
            loaded = loaded[-1:]  # it was at work; of those before it nothing was seen
        steps = seen.steps(self._cursor, self._stream, from_micros(loaded[0].moment))
        over = seen.ended(self._cursor, [use.invocation_id for use in loaded])
        for use, following in pairwise([*loaded, None]):
            assert use
            last = following.moment - 1 if following else until
            own = [one for one in steps if use.moment <= one.moment and (last is None or one.moment <= last)]
            verdict = outcomes.judge([Step(one.action, one.failed) for one in own], end)
            if verdict and use.invocation_id not in over:
                moment = from_micros(own[-1].moment) if own else self._event.at
                self._complete(use.invocation_id, verdict, own, moment)

    def _complete(self, invocation_id: UUID, verdict: Verdict, steps: list[Done], moment: datetime) -> None:
        actions = distinct(one.action for one in steps)
        completed = True if verdict.outcome == "completed" else None if verdict.error_type else False
        ending = Ending(str(invocation_id), completed, actions or None, verdict.error_type)
        tracking.complete(self._cursor, ending, self._origin.mask_secrets, Stamp(moment, verdict.basis))

    def _resume(self) -> None:
        if self.standing.new:
            projects.remember(self._cursor, self._project_id, self._event.project)
        sessions.resume(self._cursor, self._event.session, self._event.at, seen.HOOK)

    def _keep(
        self,
        kind: str,
        skill_name: str | None = None,
        action: str | None = None,
        query_id: UUID | None = None,
        invocation_id: UUID | None = None,
    ) -> bool:
        row = Seen(
            self._id,
            self._event.session,
            self._data.agent_id,
            kind,
            skill_name,
            action,
            query_id,
            invocation_id,
            self._project_id,
            self._event.at,
        )
        seen.insert(self._cursor, row)
        return True


def hint(cursor: Cursor, event: HookEvent, project_id: str, skills: list[str]) -> list[str]:
    """Keep of which of these skills a session is told now; returns those that it was not told of before."""
    told = seen.hinted(cursor, event.session)
    fresh = [skill for skill in skills if skill not in told]
    for skill in fresh:
        row = Seen(new_id(), event.session, None, seen.HINT, skill, None, None, None, project_id, event.at)
        seen.insert(cursor, row)
    return fresh


_TOLD: dict[str, Callable[[_Watcher], bool]] = {
    "UserPromptSubmit": _Watcher.prompt,
    "UserPromptExpansion": _Watcher.expansion,
    "PostToolUse": _Watcher.tool,
    "PostToolUseFailure": _Watcher.failure,
    "Stop": _Watcher.turn,
    "SubagentStop": _Watcher.subagent,
    "StopFailure": _Watcher.error,
    "SessionStart": _Watcher.started,
    "SessionEnd": _Watcher.ended,
}

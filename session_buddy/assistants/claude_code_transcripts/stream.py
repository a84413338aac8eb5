"""One conversation, of the person or of a subagent, and the uses of skills in it.

A turn is what the assistant does after a prompt. It has ended where the last that the model said in it is a text and no
tool's result is missing; where the record does not say so by its stop reason, something else must have come after it or
it must be old. A skill or custom command of a person's `/name` is one where its text follows (built-in commands have
none), or where the model's next records say that they belong to the skill of this name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from session_buddy.assistants.claude_code_transcripts import prompts
from session_buddy.assistants.claude_code_transcripts.entry import Block, Entry, as_id
from session_buddy.assistants.claude_code_transcripts.prompts import Command
from session_buddy.skills import actions, outcomes
from session_buddy.skills.outcomes import End, Step, Verdict
from session_buddy.skills.past_uses import EXPANSION, TOOL

_NAMES = ("skill", "command", "skill_name", "name")
_ENDS = ("end_turn", "stop_sequence")
_UNKNOWN_ENDS = (None, *_ENDS)


class TranscriptUse(NamedTuple):
    """A use of a skill as a transcript tells it. `way` is tool or expansion, `key` the id of the tool's use or of the
    record; texts are as they were written. A verdict that is None leaves the use open."""

    way: str
    key: str
    skill_name: str
    query: str | None
    moment: datetime | None
    record_id: str
    timestamp: str
    session_id: str | None
    actions: tuple[str, ...] = ()
    verdict: Verdict | None = None
    seconds: float | None = None


@dataclass
class _Draft:
    """A use as it began, and what has come of it so far."""

    begun: TranscriptUse
    steps: list[Step] = field(default_factory=list)
    last: datetime | None = None
    verdict: Verdict | None = None

    def finished(self) -> TranscriptUse:
        seconds = None
        if self.verdict and self.begun.moment and self.last:
            seconds = max(0.0, (self.last - self.begun.moment).total_seconds())
        done = tuple(actions.distinct(step.action for step in self.steps))
        return self.begun._replace(actions=done, verdict=self.verdict, seconds=seconds)


class Stream:
    """Takes the records of one conversation in the order of their lines, and gives the uses whose turn is over."""

    def __init__(self) -> None:
        self._prompt: str | None = None
        self._command: tuple[Command, Entry] | None = None
        self._loading: str | None = None
        self._turn: list[_Draft] = []
        self._pending: dict[str, tuple[_Draft | None, int | None]] = {}
        self._known: set[str] = set()
        self._said_last = False
        self._surely = False
        self._now: datetime | None = None
        self._taken = 0

    def take(self, entry: Entry) -> Iterator[TranscriptUse]:
        """The uses of the turn that this record ends, if it ends one."""
        self._now = entry.moment or self._now
        self._taken += 1
        if entry.kind == "assistant":
            yield from self._assistant(entry)
        elif entry.kind == "user":
            yield from self._user(entry)

    def lose_prompt(self) -> Iterator[TranscriptUse]:
        """The uses of the turn that a prompt ends which cannot be read."""
        yield from self._end(None)
        self._prompt = self._command = None

    def close(self, settled: bool) -> Iterator[TranscriptUse]:
        """The uses of the last turn. `settled` tells that nothing more is coming."""
        over = self._said_last and (self._surely or settled)
        yield from self._end(End.TURN if over and not self._pending else None)

    @property
    def is_open(self) -> bool:
        """Whether a turn with a skill has not ended yet."""
        return bool(self._turn) and not (self._surely and not self._pending)

    def _assistant(self, entry: Entry) -> Iterator[TranscriptUse]:
        if entry.is_error:
            yield from self._end(End.ERROR)
            return
        if entry.is_synthetic:
            return
        self._expand(entry)
        if entry.texts:
            self._said_last = entry.stop_reason in _UNKNOWN_ENDS
            self._surely = entry.stop_reason in _ENDS
        for block in entry.blocks("tool_use"):
            self._said_last = self._surely = False
            self._tool(entry, block)

    def _tool(self, entry: Entry, block: Block) -> None:
        key = as_id(block.get("id")) or self._key(entry)
        name, given = block.get("name"), block.get("input")
        if key in self._known or not isinstance(name, str):
            return
        self._known.add(key)
        if name == "Skill":
            self._load(entry, key, given)
        elif self._turn and self._turn[-1].verdict is None and not _is_own(name):
            self._turn[-1].steps.append(Step(actions.action(name, given)))
            self._turn[-1].last = self._now
            self._pending[key] = self._turn[-1], len(self._turn[-1].steps) - 1
        else:
            self._pending[key] = None, None

    def _key(self, entry: Entry) -> str:
        return entry.record_id or f"record {self._taken}"

    def _load(self, entry: Entry, key: str, given: Any) -> None:
        fields = given if isinstance(given, dict) else {}
        name = next((value for one in _NAMES if isinstance(value := fields.get(one), str) and value.strip()), "")
        self._loading = name.strip().removeprefix("/")[: 4 * 256]
        draft = self._draft(TOOL, key, self._loading, entry, self._now)
        self._turn.append(draft)
        self._pending[key] = draft, None

    def _user(self, entry: Entry) -> Iterator[TranscriptUse]:
        results = list(entry.blocks("tool_result"))
        for block in results:
            self._result(entry, block)
        texts = entry.texts
        if prompts.is_interruption(texts):
            yield from self._end(End.STOPPED)
        elif entry.is_set("isMeta") or entry.id("sourceToolUseID"):
            self._meta(entry, texts)
        elif not entry.is_set("isCompactSummary") and (texts or not results):
            yield from self._said(entry, texts)

    def _said(self, entry: Entry, texts: list[str]) -> Iterator[TranscriptUse]:
        """What stands where a person writes: a command, a prompt, or neither."""
        command = prompts.as_command(texts)
        if command and command.name == self._loading and not (command.is_typed and self._said_last):
            return  # the program announces the skill that the model is loading
        prompt = None if command else prompts.as_prompt(texts)
        if command or prompt:
            yield from self._end(End.TURN if self._said_last and not self._pending else None)
        if command:
            self._command = command, entry
            if prompts.is_body(texts):
                self._expanded()
        elif prompt:
            self._prompt, self._command = prompt, None
        elif texts:
            self._command = None  # the output of a command: it was no skill

    def _meta(self, entry: Entry, texts: list[str]) -> None:
        is_body = prompts.is_body(texts)
        if self._command and not entry.id("sourceToolUseID"):
            command, _ = self._command
            if is_body or prompts.is_given_text(command, texts):
                self._expanded()
        if is_body:
            self._loading = None

    def _expand(self, entry: Entry) -> None:
        """What the model does now is done for the command before it, which was a skill, or a prompt in other words."""
        if not self._command:
            return
        command, _ = self._command
        if entry.record.get("attributionSkill") == command.name:
            self._expanded()
            return
        self._prompt, self._command = command.args or self._prompt, None

    def _expanded(self) -> None:
        assert self._command
        (command, entry), self._command = self._command, None
        key = self._key(entry)
        self._prompt = command.args or self._prompt
        if key not in self._known:
            self._known.add(key)
            self._turn.append(self._draft(EXPANSION, key, command.name[: 4 * 256], entry, entry.moment or self._now))

    def _draft(self, way: str, key: str, name: str, entry: Entry, moment: datetime | None) -> _Draft:
        """A use without its record, which may be large: a turn can have any number of them."""
        record = entry.record_id or ""
        return _Draft(TranscriptUse(way, key, name, self._prompt, moment, record, entry.written_time, entry.session_id))

    def _result(self, entry: Entry, block: Block) -> None:
        draft, step = self._pending.pop(as_id(block.get("tool_use_id")) or "", (None, None))
        if draft is None:
            return
        failed = block.get("is_error") is True
        if step is not None:
            draft.steps[step] = draft.steps[step]._replace(failed=failed)
            draft.last = self._now or draft.last
            return
        said = entry.tool_result
        if isinstance(name := said.get("commandName"), str) and name.strip() and not draft.begun.skill_name:
            draft.begun = draft.begun._replace(skill_name=name.strip().removeprefix("/")[: 4 * 256])
        if failed or said.get("success") is False:
            draft.verdict, draft.last = outcomes.not_loaded(), self._now
            self._loading = None

    def _end(self, end: End | None) -> Iterator[TranscriptUse]:
        for draft in self._turn:
            stopped_later = end is End.STOPPED and draft is not self._turn[-1]
            if draft.verdict is None and end and not stopped_later:
                draft.verdict = outcomes.judge(draft.steps, end)
                if end is End.STOPPED:
                    draft.last = self._now
            if draft.begun.skill_name:
                yield draft.finished()
        self._turn, self._pending, self._loading = [], {}, None
        self._said_last = self._surely = False


def _is_own(tool: str) -> bool:
    """Whether this is a tool of session_buddy: keeping records of the work is no part of it."""
    server, _, name = tool.removeprefix("mcp__").rpartition("__")
    return tool.startswith("mcp__") and bool(name) and "session" in server and "buddy" in server

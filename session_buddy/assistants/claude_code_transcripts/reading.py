"""The uses of skills in the lines of one transcript."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from session_buddy.assistants.claude_code_transcripts.entry import Entry, parse
from session_buddy.assistants.claude_code_transcripts.lines import LostPrompt
from session_buddy.assistants.claude_code_transcripts.stream import Stream, TranscriptUse

SETTLED = timedelta(minutes=2)
SUBAGENT = "subagent"
_AGENT = re.compile(rb'"agentId"\s{0,4}:\s{0,4}"([\w-]{1,256})"')
_SIDE = re.compile(rb'"isSidechain"\s{0,4}:\s{0,4}true')


class Found(NamedTuple):
    """A use, and the subagent it was made by; None where it was the person's conversation."""

    use: TranscriptUse
    agent_id: str | None


class Reading:
    """Reads the lines of a transcript, once. Afterwards `bad_lines` says how many held no record, and `is_open` that
    something in it may still be going on."""

    def __init__(self, now: datetime, agent_id: str | None = None) -> None:
        self.bad_lines = 0
        self.is_open = False
        self._now = now
        self._agent_id = agent_id
        self._streams: dict[str | None, Stream] = {}
        self._last: datetime | None = None

    def uses(self, lines: Iterable[bytes]) -> Iterator[Found]:
        """The uses of skills, those of a turn together when it is over."""
        for line in lines:
            if isinstance(line, LostPrompt):
                yield from self._lose(line)
                continue
            if not line:
                continue
            entry = parse(line)
            if entry is None:
                self.bad_lines += 1
            elif entry.kind in ("user", "assistant"):
                yield from self._take(entry)
        settled = self._last is None or self._now - self._last > SETTLED
        self.is_open = not settled and any(stream.is_open for stream in self._streams.values())
        for agent, stream in self._streams.items():
            yield from (Found(use, agent) for use in stream.close(settled))

    def _lose(self, line: LostPrompt) -> Iterator[Found]:
        """What was asked for from here on is not known, nor how what was done before it has ended."""
        name = _AGENT.search(line)
        agent = self._agent_id or (name and name[1].decode()) or (SUBAGENT if _SIDE.search(line) else None)
        if stream := self._streams.get(agent):
            yield from (Found(use, agent) for use in stream.lose_prompt())

    def _take(self, entry: Entry) -> Iterator[Found]:
        agent = self._agent_id or entry.id("agentId") or (SUBAGENT if entry.is_set("isSidechain") else None)
        moment = entry.moment
        if moment and (self._last is None or moment > self._last):
            self._last = moment
        if agent not in self._streams:
            self._streams[agent] = Stream()
        for use in self._streams[agent].take(entry):
            yield Found(use, agent)

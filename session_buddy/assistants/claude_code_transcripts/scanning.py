"""Going through the transcripts of a project, or of all."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from session_buddy.assistants.claude_code_transcripts import files
from session_buddy.assistants.claude_code_transcripts.entry import as_id
from session_buddy.assistants.claude_code_transcripts.files import Listing, Transcript
from session_buddy.assistants.claude_code_transcripts.lines import Lines, may_hold_skills
from session_buddy.assistants.claude_code_transcripts.owners import Owners, first_cwd
from session_buddy.assistants.claude_code_transcripts.reading import SUBAGENT, Found, Reading
from session_buddy.skills.past_uses import TOOL, PastUse, event_id, transcript_id


@dataclass
class Passed:
    """What was passed over, and how much of it: transcripts, then lines, then uses."""

    unchanged: int = 0
    claiming: int = 0
    of_others: int = 0
    links: int = 0
    unreadable: int = 0
    long_lines: int = 0
    bad_lines: int = 0
    before: int = 0


class Chosen(NamedTuple):
    """A transcript to read, and the path of the project it belongs to."""

    transcript: Transcript
    project: str

    @property
    def identity(self) -> UUID:
        """What the transcript is remembered by."""
        return transcript_id(os.path.realpath(self.transcript.path))


class Scan:
    """Reads the transcripts of one project (`project` is its path), or of all (None), from `since` on."""

    def __init__(self, project: str | None, since: datetime | None, now: datetime) -> None:
        self.passed = Passed()
        self.is_whole = False
        self._project = project
        self._since = since
        self._now = now

    def chosen(self, claude_folder: str, data_folder: str) -> list[Chosen]:
        """The transcripts of the project, the one that was changed last at the end. Only their heads are read."""
        listing, owners = Listing(claude_folder), Owners(data_folder, self._project)
        found = listing.transcripts()
        # Conversations of subagents belong where their sessions do.
        asked = sorted(found, key=lambda one: one.agent is not None)
        of = {one.path: owner for one in asked if (owner := self._owner(one, owners)) is not None}
        self.passed.links = listing.links
        return [Chosen(one, of[one.path]) for one in found if one.path in of]

    def uses(self, chosen: Chosen) -> Iterator[PastUse]:
        """The uses in a transcript. Afterwards `is_whole` says whether all that is in it was given, so that it need not
        be read again while it stays as it is."""
        self.is_whole = False
        transcript = chosen.transcript
        before = self.passed.before
        reading = Reading(self._now, transcript.agent and (as_id(transcript.agent) or SUBAGENT))
        try:
            with files.opened(transcript.path) as file:
                if may_hold_skills(file):
                    file.seek(0)
                    lines = Lines(file)
                    yield from (use for one in reading.uses(lines) if (use := self._use(one, transcript)))
                    self.passed.long_lines += lines.too_long
        except OSError:
            self.passed.unreadable += 1
            return
        self.passed.bad_lines += reading.bad_lines
        self.is_whole = not reading.is_open and self.passed.before == before

    def _owner(self, transcript: Transcript, owners: Owners) -> str | None:
        try:
            with files.opened(transcript.path) as file:
                cwd = first_cwd(file)
        except OSError:
            self.passed.unreadable += 1
            return None
        owner = owners.owner(transcript, cwd)
        if owner is None:
            self.passed.claiming += 1
        elif self._project not in (None, owner):
            self.passed.of_others += 1
            return None
        return owner

    def _use(self, found: Found, transcript: Transcript) -> PastUse | None:
        told = found.use
        moment = told.moment or datetime.fromtimestamp(transcript.modified_ns // 1_000_000_000, UTC)
        if self._since and moment < self._since:
            self.passed.before += 1
            return None
        tool_use_id = told.key if told.way == TOOL else ""
        session = told.session_id or as_id(transcript.session) or str(transcript_id(transcript.session))
        record = told.record_id or f"{session} {told.key}"
        return PastUse(
            event_id(record, tool_use_id, told.timestamp, told.skill_name, told.query), told.way, told.key,
            told.skill_name, told.query, session, found.agent_id, moment, told.actions, told.verdict, told.seconds,
        )  # fmt: skip

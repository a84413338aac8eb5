"""Uses of skills as transcripts tell of them, and the ids by which they are known again."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from session_buddy.skills.outcomes import Verdict
from session_buddy.skills.seen_ids import seen_id, tool_use

TOOL, EXPANSION = "tool", "expansion"


class PastUse(NamedTuple):
    """A use as a transcript tells it. `way` says whether the model used the tool for it or the person typed its name,
    `key` is the id of the tool's use or else of the record, `event_id` is the same in every copy of the record. Texts
    are as they were written. `seconds` go from the loading to the last step; without a verdict the use is open."""

    event_id: UUID
    way: str
    key: str
    skill_name: str
    query: str | None
    session_id: str
    agent_id: str | None
    moment: datetime
    actions: Sequence[str] = ()
    verdict: Verdict | None = None
    seconds: float | None = None


def event_id(record_id: str, tool_use_id: str, timestamp: str, skill_name: str, query: str | None) -> UUID:
    """The id of what a record tells of, which copies of the record in other files share. Another use that claims to be
    of the same record has other texts."""
    texts = (_encodable(skill_name), "" if query is None else f"={_encodable(query)}")
    return seen_id("transcript", record_id, tool_use_id, timestamp, *texts)


def transcript_id(real_path: str) -> UUID:
    """What a transcript is remembered by."""
    return seen_id("transcript file", _encodable(real_path))


def invocation_id(use: PastUse, skill_name: str) -> UUID:
    """The invocation that the use is: for the tool the one that a hook makes of it."""
    if use.way == EXPANSION:
        return seen_id("expansion", use.session_id, skill_name, use.key)
    return tool_use(use.session_id, use.key)


def hook_event_ids(use: PastUse) -> list[UUID]:
    """The ids under which hooks tell of a use of the tool."""
    if use.way == EXPANSION:
        return []
    return [seen_id("hook", use.session_id, event, use.key) for event in ("PostToolUse", "PostToolUseFailure")]


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()

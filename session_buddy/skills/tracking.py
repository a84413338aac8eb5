"""Recording that a skill is used, and how that ended."""

import asyncio
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.errors import InvalidRequestError
from session_buddy.skills.fields import MAX_NAME
from session_buddy.skills.privacy import MAX_TEXT, stored_form
from session_buddy.store import invocations, queries, seen
from session_buddy.store.calls import Call
from session_buddy.store.ids import new_id, query_id
from session_buddy.store.invocations import Completion, Invocation, TrackedBy
from session_buddy.store.standing import GIVES_WAY
from session_buddy.store.times import from_micros, iso, now
from session_buddy.store.writing import Cursor

# A text up to this length is cleaned in less time than a thread takes to start.
QUICK = 2_048
# What stands for an error type of which all was private.
PRIVATE = "private"


class Origin(NamedTuple):
    """Where a call comes from."""

    session_id: str
    project_id: str
    project_path: str
    mask_secrets: bool = True


class Use(NamedTuple):
    """A use of a skill as it is reported; texts as they came in."""

    skill_name: str
    user_query: str | None = None
    workflow_path: str | None = None
    workflow_phase: str | None = None
    alternatives_considered: list[str] | None = None
    selection_rank: int | None = None


class Ending(NamedTuple):
    """How a use ended, as it is reported."""

    invocation_id: str
    completed: bool | None = None
    follow_up_actions: list[str] | None = None
    error_type: str | None = None
    duration_seconds: float | None = None


class Cleaner:
    """Cleans texts and collects what was done to them."""

    def __init__(self, mask_secrets: bool) -> None:
        self._mask_secrets = mask_secrets
        self.notes: list[str] = []

    def text(self, text: str | None, limit: int = MAX_TEXT) -> str | None:
        """The text as it may be stored, up to `limit` characters; None when nothing of it is left."""
        if text is None:
            return None
        cleaned = stored_form(text, self._mask_secrets, limit)
        self.notes.extend(note for note in cleaned.notes if note not in self.notes)
        return cleaned.text or None

    async def text_aside(self, text: str | None, limit: int = MAX_TEXT) -> str | None:
        """The same for the event loop: a long text is cleaned in a thread, and others are served meanwhile."""
        if text is None or len(text) <= QUICK:
            return self.text(text, limit)
        return await asyncio.to_thread(self.text, text, limit)

    def texts(self, texts: list[str] | None, limit: int = MAX_TEXT) -> list[str] | None:
        return None if texts is None else [kept for text in texts if (kept := self.text(text, limit))]


class Stamp(NamedTuple):
    """When something happened, and who reported it."""

    moment: datetime
    source: str


def track(
    cursor: Cursor,
    use: Use,
    origin: Origin,
    stamp: Stamp | None = None,
    invocation_id: UUID | None = None,
    call: Call | None = None,
    query_id: UUID | None = None,
) -> dict[str, Any]:
    """Store the beginning of a use, or find what the same call has stored before. Returns the answer of the tool. The
    problem is the use's text, or a stored one with `query_id`."""
    if call and call.resent and (known := _tracked_by(cursor, call.key)):
        return _tracked(known.invocation_id, known.skill_name, known.session_id, from_micros(known.invoked_us), [])
    if invocation_id is None and (adopted := _adopted(cursor, use, origin, call)):
        return adopted
    cleaner, (moment, source) = Cleaner(origin.mask_secrets), stamp or Stamp(now(), "tool")
    row = _row(cursor, use, origin, cleaner, moment)._replace(source=source, recorded_at=now())
    row = row._replace(invocation_id=invocation_id or row.invocation_id, call=call.key if call else None)
    row = row._replace(query_id=row.query_id or query_id)
    invocations.insert(cursor, row)
    return _tracked(row.invocation_id, row.skill_name, row.session_id, moment, cleaner.notes)


def _tracked_by(cursor: Cursor, call: str) -> TrackedBy | None:
    return invocations.tracked_by(cursor, call) or seen.reported_by(cursor, call)


def _adopted(cursor: Cursor, use: Use, origin: Origin, call: Call | None) -> dict[str, Any] | None:
    """The answer for a use that a hook has seen already: what is reported of it is added, and it is not counted
    twice."""
    found = seen.unreported(cursor, origin.session_id, use.skill_name, now() - seen.LATELY)
    if found is None:
        return None
    cleaner = Cleaner(origin.mask_secrets)
    text = cleaner.text(use.user_query)
    row = seen.Report(
        found.invocation_id,
        origin.session_id,
        queries.remember(cursor, text) if text and not found.has_problem else None,
        cleaner.text(use.workflow_path, MAX_NAME),
        cleaner.text(use.workflow_phase, MAX_NAME),
        cleaner.texts(use.alternatives_considered, MAX_NAME),
        use.selection_rank,
        call.key if call else None,
    )
    seen.report(cursor, row)
    return _tracked(found.invocation_id, use.skill_name, origin.session_id, from_micros(found.moment), cleaner.notes)


async def text_id(user_query: str | None, mask_secrets: bool) -> UUID | None:
    """The id under which a query's text is stored; None when nothing of it is."""
    kept = await Cleaner(mask_secrets).text_aside(user_query)
    return query_id(kept) if kept else None


def complete(
    cursor: Cursor,
    ending: Ending,
    mask_secrets: bool = True,
    stamp: Stamp | None = None,
    call: Call | None = None,
) -> dict[str, Any]:
    """Store the end of a use, or find what the same call has stored before. Returns the answer of the tool.

    Raises:
        InvalidRequestError: there is no such invocation, it has ended already, or `completed` contradicts an error.
    """
    if call and call.resent and (known := invocations.completed_by(cursor, call.key)):
        return _completed(known.invocation_id, known.skill_name, known.outcome, known.duration_seconds, [])
    outcome = _outcome(ending)
    begun = _begun(cursor, ending.invocation_id, stamp)
    cleaner, (moment, source) = Cleaner(mask_secrets), stamp or Stamp(now(), "tool")
    duration = ending.duration_seconds
    if duration is None:
        duration = max(0.0, (moment - from_micros(begun.invoked_us)).total_seconds())
    invocations.complete(
        cursor,
        Completion(
            UUID(ending.invocation_id),
            moment,
            outcome,
            duration,
            cleaner.texts(ending.follow_up_actions),
            _error(cleaner, ending.error_type),
            source,
            now(),
            call.key if call else None,
        ),
    )
    return _completed(UUID(ending.invocation_id), begun.skill_name, outcome, duration, cleaner.notes)


def _tracked(invocation_id: UUID, skill: str, session: str, moment: datetime, notes: list[str]) -> dict[str, Any]:
    return {
        "invocation_id": str(invocation_id),
        "skill_name": skill,
        "session_id": session,
        "invoked_at": moment.isoformat(),
        "notes": notes,
    }


def _completed(invocation_id: UUID, skill: str, outcome: str, seconds: float, notes: list[str]) -> dict[str, Any]:
    return {
        "invocation_id": str(invocation_id),
        "skill_name": skill,
        "outcome": outcome,
        "duration_seconds": seconds,
        "notes": notes,
    }


def _row(cursor: Cursor, use: Use, origin: Origin, cleaner: Cleaner, moment: datetime) -> Invocation:
    text = cleaner.text(use.user_query)
    return Invocation(
        invocation_id=new_id(),
        skill_name=use.skill_name,
        query_id=queries.remember(cursor, text) if text else None,
        session_id=origin.session_id,
        project_id=origin.project_id,
        invoked_at=moment,
        workflow_path=cleaner.text(use.workflow_path, MAX_NAME),
        workflow_phase=cleaner.text(use.workflow_phase, MAX_NAME),
        alternatives_considered=cleaner.texts(use.alternatives_considered, MAX_NAME),
        selection_rank=use.selection_rank,
        source="tool",
        recorded_at=moment,
    )


def _outcome(ending: Ending) -> str:
    if ending.completed and ending.error_type:
        raise InvalidRequestError(
            "completed cannot be true together with an error_type. Leave out one of them. Nothing was stored."
        )
    if ending.error_type:
        return "failed"
    return "abandoned" if ending.completed is False else "completed"


def _error(cleaner: Cleaner, error_type: str | None) -> str | None:
    """A failure keeps an error type even when all of it was private."""
    return None if error_type is None else cleaner.text(error_type) or PRIVATE


def _begun(cursor: Cursor, invocation_id: str, stamp: Stamp | None) -> invocations.Begun:
    try:
        identity = UUID(invocation_id)
    except ValueError:
        raise InvalidRequestError(
            "invocation_id is not an id. Give the one that track_skill returned. Nothing was stored."
        ) from None
    known = invocations.begun_and_ended(cursor, identity)
    if known is None:
        raise InvalidRequestError(
            f"There is no invocation {identity} in this store. Give the id that track_skill returned. "
            "Nothing was stored."
        )
    begun, ended = known
    if ended and ended.source in GIVES_WAY and (stamp is None or stamp.source not in GIVES_WAY):
        invocations.override(cursor, identity, ended.outcome)
    elif ended:
        how = f"{ended.outcome} ({ended.error_type})" if ended.error_type else ended.outcome
        raise InvalidRequestError(
            f"This invocation of {begun.skill_name} already ended at {iso(ended.ended_us)}: {how}. "
            "It was not changed. Track a new use with track_skill."
        )
    return begun

"""Uses of skills from the transcripts of an assistant, on their way into the store."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from session_buddy.skills.fields import MAX_NAME, as_name
from session_buddy.skills.past_uses import PastUse, hook_event_ids, invocation_id
from session_buddy.skills.tracking import PRIVATE, Cleaner
from session_buddy.store import projects, transcripts
from session_buddy.store.ids import query_id
from session_buddy.store.transcripts import Read
from session_buddy.store.writing import Cursor


def row(use: PastUse, project: int, mask_secrets: bool) -> dict[str, Any] | None:
    """The use as `store.transcripts` takes it, JSON-ready and cleaned; None where its skill has no name."""
    clean = Cleaner(mask_secrets)
    name, session = as_name(use.skill_name), as_name(use.session_id)
    if not name or not session:
        return None
    query = clean.text(use.query)
    return {
        "event_id": str(use.event_id),
        "way": use.way,
        "invocation_id": str(invocation_id(use, name)),
        "skill_name": name,
        "query_id": str(query_id(query)) if query else None,
        "user_query": query,
        "session_id": session,
        "agent_id": use.agent_id,
        "invoked_at": use.moment.isoformat(),
        "project": project,
        "hook_ids": [str(one) for one in hook_event_ids(use)],
        **_ending(use, clean),
    }


def _ending(use: PastUse, clean: Cleaner) -> dict[str, Any]:
    if use.verdict is None:
        return {}
    error = use.verdict.error_type
    return {
        "outcome": use.verdict.outcome,
        "basis": use.verdict.basis,
        "duration_seconds": use.seconds,
        "follow_up_actions": clean.texts(list(use.actions), MAX_NAME) or None,
        "error_type": None if error is None else clean.text(error, MAX_NAME) or PRIVATE,
    }


def store(
    cursor: Cursor, rows: str, owners: Sequence[tuple[str, str]], finished: Sequence[tuple[str, int, int]]
) -> dict[str, int]:
    """Store rows, one JSON object per line, and which transcripts were read to their end with them. `owners` are the
    (id, path) of the projects that rows point to by their place.

    Returns:
        How many uses are `added`, and how many known ones have got their end (`ended`).
    """
    stored = transcripts.Stored(0, 0)
    if rows:
        for project_id, path in owners:
            projects.remember(cursor, project_id, path)
        stored = transcripts.store(cursor, rows, [project_id for project_id, _ in owners])
    transcripts.remember_read(cursor, [Read(UUID(one), size, modified) for one, size, modified in finished])
    return stored._asdict()

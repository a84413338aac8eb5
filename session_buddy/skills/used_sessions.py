"""Which sessions of assistants used skills, and in which projects."""

from typing import Any

from session_buddy.skills import places
from session_buddy.skills.filters import asked, number
from session_buddy.skills.reporting import Answer, Reporter
from session_buddy.store import projects, used_sessions
from session_buddy.store.scope import Scope
from session_buddy.store.times import iso
from session_buddy.store.used_sessions import UsedSession
from session_buddy.store.writing import Cursor

PAGE, MOST = 50, 500


async def listed(reporter: Reporter, limit: int = PAGE, before: str | None = None, **filters: Any) -> Answer:
    """The sessions, the one that began last first, and where the list goes on. With a time, a session is told by its
    uses in that time.

    Raises:
        UnknownNameError: no such project is known.
        InvalidRequestError: anything else of what was asked is not allowed.
    """
    given, limit = asked(**filters), number("limit", limit, 1, MOST)
    after = places.read(places.SESSIONS, before)

    def job(cursor: Cursor, scope: Scope) -> Answer:
        found = used_sessions.find(cursor, given.scope(cursor, scope), limit + 1, after)
        paths = projects.paths(cursor)
        return {
            "sessions": [_told(one, paths) for one in found[:limit]],
            "next": places.written(places.SESSIONS, found[limit - 1].place) if len(found) > limit else None,
        }

    return await reporter.ask(job)


async def used_projects(reporter: Reporter) -> Answer:
    """Every project that was ever seen, the one used last first."""

    def job(cursor: Cursor, scope: Scope) -> Answer:
        return {
            "projects": [
                {
                    "project_id": one.project_id,
                    "path": one.path,
                    "uses": one.uses,
                    "last_at": None if one.last is None else iso(one.last),
                }
                for one in projects.used(cursor)
            ]
        }

    return await reporter.ask(job)


def _told(one: UsedSession, paths: dict[str, str]) -> dict[str, Any]:
    return {
        "session_id": one.session_id,
        "project_id": one.project_id,
        "project_path": paths.get(one.project_id or ""),
        "started_at": iso(one.began),
        "last_at": iso(one.last),
        "uses": one.uses,
        "completed": one.completed,
        "ended": one.ended,
        "skills": one.skills,
    }

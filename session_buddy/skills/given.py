"""Recommendations that were given, and which of their skills was chosen."""

from typing import Any

from session_buddy.skills import places
from session_buddy.skills.filters import asked, number
from session_buddy.skills.reporting import Answer, Reporter
from session_buddy.skills.uses import cut
from session_buddy.store import given
from session_buddy.store.given import Shown
from session_buddy.store.scope import Scope
from session_buddy.store.times import iso
from session_buddy.store.writing import Cursor

PAGE, MOST = 50, 500


async def listed(reporter: Reporter, limit: int = PAGE, before: str | None = None, **filters: Any) -> Answer:
    """The newest recommendations, and where the list goes on.

    Raises:
        UnknownNameError: no such session or project is known.
        InvalidRequestError: anything else of what was asked is not allowed.
    """
    wanted, limit, after = asked(**filters), number("limit", limit, 1, MOST), places.read_given(before)

    def job(cursor: Cursor, scope: Scope) -> Answer:
        found = given.find(cursor, wanted.scope(cursor, scope), limit + 1, after)
        return {
            "recommendations": [_told(one) for one in found[:limit]],
            "next": places.written_given(found[limit - 1].place) if len(found) > limit else None,
        }

    return await reporter.ask(job)


def _told(one: Shown) -> dict[str, Any]:
    skills = zip(one.skills, one.scores, strict=True)
    return {
        "recommendation_id": str(one.recommendation_id),
        "user_query": cut(one.problem),
        "recommended_at": iso(one.moment),
        "session_id": one.session_id,
        "project_id": one.project_id,
        "workflow_phase": one.phase,
        "ranking": one.ranking,
        "confident": one.confident,
        "skills": [{"skill_name": name, "score": score} for name, score in skills],
        "chosen": one.chosen,
        "chosen_rank": one.rank,
    }

"""Single uses of skills, as they are told to whoever looks into the figures."""

from typing import Any
from uuid import UUID

from session_buddy.errors import InvalidRequestError, UnknownNameError
from session_buddy.skills import places
from session_buddy.skills.filters import asked, number, short, text
from session_buddy.skills.metrics import seconds
from session_buddy.skills.reporting import Answer, Reporter
from session_buddy.store import projects, uses
from session_buddy.store.scope import Scope
from session_buddy.store.times import iso
from session_buddy.store.uses import OUTCOMES, Use, Wanted
from session_buddy.store.writing import Cursor

PAGE, MOST = 50, 500
# A text in a list is cut here.
LONGEST = 500


async def listed(
    reporter: Reporter,
    skill_name: str | None = None,
    workflow_phase: str | None = None,
    outcome: str | None = None,
    query: str | None = None,
    limit: int = PAGE,
    before: str | None = None,
    **filters: Any,
) -> Answer:
    """The newest uses, and where the list goes on. `workflow_phase` "" is for those in no phase; `query` is a part of
    the problem, in small letters or large; `before` the "next" of an earlier answer.

    Raises:
        UnknownNameError: no such skill, session or project is known.
        InvalidRequestError: anything else of what was asked is not allowed.
    """
    wanted, given = _wanted(workflow_phase, outcome, query), asked(**filters)
    after, limit = places.read(places.USES, before), number("limit", limit, 1, MOST)

    def job(cursor: Cursor, scope: Scope) -> Answer:
        scope = given.scope(cursor, scope, skill_name)
        found = uses.find(cursor, scope, wanted, limit + 1, after)
        shown, paths = uses.at(cursor, scope, found[:limit]), projects.paths(cursor)
        return {
            "uses": [told(one, paths) | {"user_query": cut(one.problem)} for one in shown],
            "next": places.written(places.USES, found[limit - 1]) if len(found) > limit else None,
        }

    return await reporter.ask(job)


async def single(reporter: Reporter, invocation_id: str) -> Answer:
    """One use, with the whole text of its problem.

    Raises:
        UnknownNameError: there is none with this id.
        InvalidRequestError: this is no id.
    """
    try:
        identity = UUID(text("invocation_id", invocation_id))
    except ValueError:
        raise InvalidRequestError(f"invocation_id is no id (UUID): {short(invocation_id)}.") from None

    def job(cursor: Cursor, scope: Scope) -> Answer:
        found = uses.one(cursor, scope, identity)
        if found is None:
            raise UnknownNameError(f"There is no use with the id {identity}.")
        return told(found, projects.paths(cursor))

    return await reporter.ask(job)


def told(one: Use, paths: dict[str, str]) -> dict[str, Any]:
    """A use in the fields that everybody gets."""
    return {
        "invocation_id": str(one.invocation_id),
        "skill_name": one.skill_name,
        "user_query": one.problem,
        "session_id": one.session_id,
        "project_id": one.project_id,
        "project_path": paths.get(one.project_id or ""),
        "invoked_at": iso(one.moment),
        "workflow_phase": one.phase,
        "workflow_path": one.path,
        "outcome": one.outcome,
        "outcome_basis": one.basis,
        "ended_by": one.ended_by,
        "duration_seconds": seconds(one.duration),
        "error_type": one.error,
        "follow_up_actions": one.actions or [],
        "alternatives_considered": one.others or [],
        "selection_rank": one.rank,
        "source": one.source,
    }


def cut(problem: str | None) -> str | None:
    """A text as it stands in a list."""
    return problem if problem is None or len(problem) <= LONGEST else problem[: LONGEST - 1] + "…"


def _wanted(phase: str | None, outcome: str | None, query: str | None) -> Wanted:
    given = {"workflow_phase": phase, "outcome": outcome, "query": query}
    for name, value in given.items():
        if value is not None:
            text(name, value)
    if outcome is not None and outcome not in OUTCOMES:
        raise InvalidRequestError(f"outcome must be one of {', '.join(OUTCOMES)}, not {short(outcome)}.")
    return Wanted(phase, outcome, query)

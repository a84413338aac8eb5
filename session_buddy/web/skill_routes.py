"""Skills, their uses, and what is recommended."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from session_buddy.web import asked
from session_buddy.web.answers import Answer
from session_buddy.web.asked import Before, Hub, Limit, Named, Narrowed
from session_buddy.web.described import skills as described
from session_buddy.web.described.reports import Metrics
from session_buddy.web.wrong import READING, WRITING

router = APIRouter(prefix="/api", tags=["skills"], responses=READING)


@router.get("/skills", response_model=described.Skills)
def skills(hub: Hub, filters: Narrowed, weeks: Annotated[int, Query(ge=1, le=104)] = 12) -> Any:
    """Every skill that is installed, described or was ever used, with its uses by week, which the filters narrow."""
    found = hub.ask("skills")
    trends = hub.ask("trends", weeks=weeks, **filters.model_dump())
    by_name = {one["skill_name"]: one for one in trends["skills"]}
    told = [one | {"trend": by_name.get(one["skill_name"])} for one in found["skills"]]
    return Answer(found | {"skills": told, "weeks": trends["weeks"]})


@router.get("/skills/{name}", response_model=Metrics)
def skill(hub: Hub, name: Named, filters: Narrowed) -> Any:
    """Everything that is known of how one skill does."""
    return Answer(hub.ask("metrics", skill_name=name, **filters.model_dump()))


@router.get("/invocations", response_model=described.Uses)
def invocations(
    hub: Hub,
    filters: Narrowed,
    skill_name: str | None = None,
    workflow_phase: Annotated[str | None, Query(description="Empty: without a phase")] = None,
    outcome: asked.Outcome | None = None,
    query: Annotated[str | None, Query(description="What the text of the problem holds")] = None,
    limit: Limit = 50,
    before: Before = None,
) -> Any:
    """Uses of skills, newest first."""
    narrowed = filters.model_dump() | {"skill_name": skill_name, "workflow_phase": workflow_phase, "outcome": outcome}
    return Answer(hub.ask("uses", **narrowed, query=query, limit=limit, before=before))


@router.get("/invocations/{invocation_id}", response_model=described.Use)
def invocation(hub: Hub, invocation_id: Named) -> Any:
    """One use with its whole text."""
    return Answer(hub.ask("use", invocation_id=invocation_id))


@router.get("/recommendations", response_model=described.Recommendations)
def recommendations(hub: Hub, question: Annotated[asked.Ask, Query()]) -> Any:
    """Skills for a problem, with what each one's place is made of."""
    return Answer(hub.ask("recommend", explain=True, **question.model_dump()))


@router.post("/recommendations", response_model=described.Recommendations, responses=WRITING)
def recommend(hub: Hub, question: asked.Ask) -> Any:
    """The same, for problems that are too long for an address or not to be in one."""
    return Answer(hub.ask("recommend", explain=True, **question.model_dump()))


@router.get("/recommendations/given", response_model=described.Given)
def given(hub: Hub, filters: Narrowed, limit: Limit = 50, before: Before = None) -> Any:
    """What was recommended, newest first, and what was taken."""
    return Answer(hub.ask("given", **filters.model_dump(), limit=limit, before=before))

"""Reports, figures and what the dashboard says of itself."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from session_buddy.web.answers import Answer
from session_buddy.web.asked import Before, Hub, Limit, Narrowed
from session_buddy.web.described import reports as described
from session_buddy.web.described.skills import Trends
from session_buddy.web.wrong import READING

router = APIRouter(prefix="/api", tags=["reports"], responses=READING)


@router.get("/status", response_model=described.Status)
def status(hub: Hub) -> Any:
    """The hub: its program, its store, and how far the texts have their vectors."""
    return Answer(hub.ask("status"))


@router.get("/projects", response_model=described.Projects)
def projects(hub: Hub) -> Any:
    """The projects that the store holds uses of."""
    return Answer(hub.ask("projects"))


@router.get("/assistant-sessions", response_model=described.AssistantSessions)
def assistant_sessions(
    hub: Hub,
    project_id: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: Limit = 50,
    before: Before = None,
) -> Any:
    """The sessions of assistants, newest first."""
    asked = {"project_id": project_id, "since": since, "until": until, "limit": limit, "before": before}
    return Answer(hub.ask("assistant_sessions", **asked))


@router.get("/metrics", response_model=described.Metrics)
def metrics(
    hub: Hub,
    filters: Narrowed,
    skill_name: str | None = None,
    limit: Limit = 20,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Any:
    """What is known of a skill, of a session, or of everything."""
    return Answer(hub.ask("metrics", **filters.model_dump(), skill_name=skill_name, limit=limit, offset=offset))


@router.get("/reports/workflow", response_model=described.WorkflowReport)
def workflow_report(hub: Hub, filters: Narrowed, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1) -> Any:
    """What works in which phase, where work is lost, and what follows what."""
    return Answer(hub.ask("report", **filters.model_dump(), page=page))


@router.get("/reports/heatmap", response_model=described.Heatmap)
def heatmap(hub: Hub, filters: Narrowed) -> Any:
    """How the most used skills do in which phase."""
    return Answer(hub.ask("heatmap", **filters.model_dump()))


@router.get("/reports/durations", response_model=described.Durations)
def durations(hub: Hub, filters: Narrowed) -> Any:
    """How long completed uses took, by skill and by phase."""
    return Answer(hub.ask("durations", **filters.model_dump()))


@router.get("/reports/trends", response_model=Trends)
def trends(hub: Hub, filters: Narrowed, weeks: Annotated[int, Query(ge=1, le=104)] = 12) -> Any:
    """Uses and completed uses by week."""
    return Answer(hub.ask("trends", **filters.model_dump(), weeks=weeks))


@router.get("/reports/changes", response_model=described.Changes)
def changes(hub: Hub) -> Any:
    """What has changed, what goes together, and what is not used."""
    return Answer(hub.ask("changes"))

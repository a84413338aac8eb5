"""Workflows: what they have earned, and a person's decision on it."""

from typing import Any

from fastapi import APIRouter

from session_buddy.web import asked
from session_buddy.web.answers import Answer
from session_buddy.web.asked import Called, Hub, Named
from session_buddy.web.described import workflows as described
from session_buddy.web.described.coaching import LevelChange
from session_buddy.web.wrong import WRITING

router = APIRouter(prefix="/api/workflows", tags=["workflows"], responses=WRITING)


@router.get("", response_model=described.Overall)
def overall(hub: Hub) -> Any:
    """How coaching goes on the whole, with every workflow."""
    return Answer(hub.read("overall"))


@router.get("/{workflow_id}", response_model=described.Workflow)
def workflow(hub: Hub, workflow_id: Named) -> Any:
    """Everything that is known of one workflow."""
    return Answer(hub.read("workflow", workflow_id=workflow_id))


@router.get("/{workflow_id}/progress", response_model=described.Progress)
def progress(hub: Hub, workflow_id: Named) -> Any:
    """How far it had come after each of its latest decisions by persons."""
    return Answer(hub.read("progress", workflow_id=workflow_id))


@router.get("/{workflow_id}/promotion", response_model=described.Promotion)
def promotion(hub: Hub, workflow_id: Named, despite: str | None = None) -> Any:
    """What promoting it would do, and the words that a person has to say for it, if any."""
    return Answer(hub.read("promotion", workflow_id=workflow_id, despite=despite))


@router.post("/{workflow_id}/promote", response_model=LevelChange)
def promote(hub: Hub, workflow_id: Named, wanted: asked.Promote, call: Called = None) -> Any:
    """Raise it by one level. `name` is what the person has typed, and has to be its name."""
    return Answer(hub.write("promote", wanted.call or call, workflow_id=workflow_id, **wanted.given()))


@router.post("/{workflow_id}/demote", response_model=LevelChange)
def demote(hub: Hub, workflow_id: Named, wanted: asked.Demote, call: Called = None) -> Any:
    """Lower it by one level, or to the one given; nothing is needed for that."""
    return Answer(hub.write("demote", wanted.call or call, workflow_id=workflow_id, **wanted.given()))

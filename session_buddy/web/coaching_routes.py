"""Coaching sessions and their steps, as a person follows and decides them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from session_buddy.web import asked
from session_buddy.web.answers import Answer
from session_buddy.web.asked import Before, Called, Hub, Limit, Named
from session_buddy.web.described import coaching as described
from session_buddy.web.wrong import READING, WRITING

router = APIRouter(prefix="/api", tags=["coaching"], responses=WRITING)
MOST_LISTED = 1_000


@router.get("/sessions", response_model=described.Sessions, responses=READING)
def sessions(
    hub: Hub,
    workflow_id: str | None = None,
    status: asked.Status | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Any:
    """Coaching sessions, newest first, without their decisions."""
    found = hub.read("sessions", workflow_id=workflow_id, status=status, limit=offset + limit)
    return Answer({"sessions": found[offset:]})


@router.post("/sessions", response_model=described.Session)
def start(hub: Hub, wanted: asked.Start, call: Called = None) -> Any:
    """Begin a coaching session."""
    return Answer(hub.write("start", wanted.call or call, **wanted.given()))


@router.get("/sessions/{session_id}", response_model=described.SessionShown)
def session(hub: Hub, session_id: Named) -> Any:
    """A coaching session with its decisions in order and what is still to be decided."""
    return Answer(hub.read("session", session_id=session_id))


@router.delete("/sessions/{session_id}", response_model=described.Deleted)
def delete(hub: Hub, session_id: Named, call: Called = None) -> Any:
    """Remove a coaching session with all its decisions."""
    return Answer(hub.write("delete", call, session_id=session_id))


@router.post("/sessions/{session_id}/pause", response_model=described.Session)
def pause(hub: Hub, session_id: Named, call: Called = None) -> Any:
    """Pause one that is active."""
    return Answer(hub.write("pause", call, session_id=session_id))


@router.post("/sessions/{session_id}/resume", response_model=described.Session)
def resume(hub: Hub, session_id: Named, call: Called = None) -> Any:
    """Go on with one that is paused."""
    return Answer(hub.write("resume", call, session_id=session_id))


@router.post("/sessions/{session_id}/end", response_model=described.Session)
def end(hub: Hub, session_id: Named, wanted: asked.End, call: Called = None) -> Any:
    """End one, which is final."""
    return Answer(hub.write("end", wanted.call or call, session_id=session_id, **wanted.given()))


@router.post("/sessions/{session_id}/undo", response_model=described.Undone)
def undo(hub: Hub, session_id: Named, call: Called = None) -> Any:
    """Take back its last decision, which stays on record."""
    return Answer(hub.write("undo", call, session_id=session_id))


@router.get("/suggestions", response_model=described.Pending)
def pending(hub: Hub) -> Any:
    """Every suggestion that waits for a decision, the oldest first."""
    return Answer({"suggestions": hub.read("pending")})


@router.post("/suggestions", response_model=described.Suggestion)
def suggest(hub: Hub, wanted: asked.Suggest, call: Called = None) -> Any:
    """Propose a step."""
    return Answer(hub.write("suggest", wanted.call or call, **wanted.given()))


@router.get("/suggestions/{suggestion_id}", response_model=described.Suggestion)
def suggestion(hub: Hub, suggestion_id: Named) -> Any:
    """One suggestion with the decision on it, if there is one."""
    return Answer(hub.read("suggestion", suggestion_id=suggestion_id))


@router.post("/suggestions/{suggestion_id}/outcome", response_model=described.Decided)
def outcome(hub: Hub, suggestion_id: Named, wanted: asked.ExecutionOutcome, call: Called = None) -> Any:
    """Tell, once, how the execution of what was decided ended."""
    return Answer(hub.write("outcome", wanted.call or call, suggestion_id=suggestion_id, **wanted.given()))


@router.get("/decisions", response_model=described.Decisions)
def decisions(
    hub: Hub,
    session_id: str | None = None,
    workflow_id: str | None = None,
    decision: asked.Kind | None = None,
    decided_by: asked.Who | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: Limit = 50,
    before: Before = None,
) -> Any:
    """What was decided, newest first."""
    narrowed = {"session_id": session_id, "workflow_id": workflow_id, "decision": decision, "decided_by": decided_by}
    return Answer(hub.read("decisions", **narrowed, since=since, until=until, limit=limit, before=before))


@router.post("/decisions", response_model=described.Decided)
def decide(hub: Hub, wanted: asked.Decide, call: Called = None) -> Any:
    """Decide on a suggestion, as the person who looks at the page."""
    return Answer(hub.write("decide", wanted.call or call, **wanted.given()))

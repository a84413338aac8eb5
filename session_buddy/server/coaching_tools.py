"""The tools of coaching sessions, workflows and what corrections have taught."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from session_buddy.coaching import corrections, metrics, sessions
from session_buddy.coaching.actors import Actor
from session_buddy.coaching.sessions import MOST_STEPS, Plan
from session_buddy.errors import BuddyError
from session_buddy.reports.coached import changed_text, pack_text, status_text
from session_buddy.server import step_tools
from session_buddy.server.calling import Ctx, OptionalName, Reading, Tracking, caller_of, result, write_once
from session_buddy.server.coaching_results import CoachingSession, Pack, Status
from session_buddy.server.mcp_server import NOTHING_STORED, BuddyServer
from session_buddy.server.step_tools import CoachingId
from session_buddy.skills.fields import Name
from session_buddy.store.writing import Cursor

Workflow = Annotated[Name, Field(description="Its name, such as release")]
Ending = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
Packing = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)
Told = dict[str, Any]


def add_to(server: BuddyServer) -> None:
    """Register the tools, in the order in which they are listed."""
    server.add_tool(coaching_start, title="Start a coaching session", annotations=Tracking)
    step_tools.add_to(server)
    server.add_tool(coaching_status, title="Coaching sessions and workflows", annotations=Reading)
    server.add_tool(pause_session, title="Pause a coaching session", annotations=Ending)
    server.add_tool(resume_session, title="Resume a coaching session", annotations=Ending)
    server.add_tool(end_session, title="End a coaching session", annotations=Ending)
    server.add_tool(correction_pack, title="What corrections have taught", annotations=Packing)


async def coaching_start(
    ctx: Ctx,
    workflow_id: Workflow,
    execution_id: Annotated[OptionalName, Field(description="Your name for this run")] = "",
    total_steps: Annotated[int, Field(ge=0, le=MOST_STEPS, description="0: unknown")] = 0,
    variables: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
) -> Annotated[CallToolResult, CoachingSession]:
    """Begin one run of a workflow under coaching. Then coaching_suggest before each step. It outlives every window
    until end_session; to go on with an earlier one, find it with coaching_status and use resume_session."""
    plan = Plan(workflow_id, execution_id.strip() or None, total_steps, variables, metadata)
    return await _session(ctx, lambda cursor, actor: sessions.start(cursor, plan, actor), "started")


async def coaching_status(
    ctx: Ctx,
    session_id: OptionalName = "",
    workflow_id: OptionalName = "",
    status: Literal["", "active", "paused", "completed", "failed", "abandoned"] = "",
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100,
) -> Annotated[CallToolResult, Status]:
    """One coaching session with its decisions; or a workflow with its level and readiness, and its coaching sessions;
    or everything, newest first."""
    session, workflow = session_id.strip() or None, workflow_id.strip() or None
    found = await _read(ctx, lambda cursor: _status(cursor, session, workflow, status or None, limit))
    return result(status_text(found), found)


async def pause_session(ctx: Ctx, session_id: CoachingId) -> Annotated[CallToolResult, CoachingSession]:
    """Pause a coaching session when the person leaves it; any window can resume it later."""
    return await _session(ctx, lambda cursor, actor: sessions.pause(cursor, session_id, actor), "paused")


async def resume_session(ctx: Ctx, session_id: CoachingId) -> Annotated[CallToolResult, CoachingSession]:
    """Go on with a coaching session, also one from another window or an earlier day."""
    return await _session(ctx, lambda cursor, actor: sessions.resume(cursor, session_id, actor), "active")


async def end_session(
    ctx: Ctx,
    session_id: CoachingId,
    outcome: Literal["completed", "failed", "abandoned"],
    error_message: str = "",
) -> Annotated[CallToolResult, CoachingSession]:
    """End a coaching session for good: completed, failed (with error_message) or abandoned."""
    text = error_message.strip() or None
    return await _session(ctx, lambda cursor, actor: sessions.end(cursor, session_id, outcome, text, actor), outcome)


async def correction_pack(
    ctx: Ctx,
    workflow_id: Workflow,
    action: Literal["show", "export", "import", "forget"],
    pack: Annotated[dict[str, Any] | None, Field(description="For import")] = None,
    item_id: Annotated[OptionalName, Field(description="For forget")] = "",
) -> Annotated[CallToolResult, Pack]:
    """What the corrections of a workflow have taught: show it, export it as JSON for others, import such JSON (a
    person has to enable each item), or forget one item."""
    if (action == "import") != (pack is not None) or (action == "forget") != bool(item_id.strip()):
        raise ToolError(
            f"pack goes with import, and item_id with forget; action is {action}. Nothing was changed. {NOTHING_STORED}"
        )
    if action in ("show", "export"):
        read = corrections.pack if action == "show" else corrections.export
        found = await _read(ctx, lambda cursor: read(cursor, workflow_id))
    elif action == "forget":
        found = await write_once(
            ctx,
            lambda cursor, call: corrections.forget(cursor, workflow_id, item_id.strip(), caller_of(ctx).actor(call)),
        )
    else:
        found = await write_once(
            ctx, lambda cursor, call: corrections.bring_in(cursor, workflow_id, pack or {}, caller_of(ctx).actor(call))
        )
    return result(pack_text(found), found)


async def _session(ctx: Ctx, job: Callable[[Cursor, Actor], Told], done: str) -> CallToolResult:
    told = await write_once(ctx, lambda cursor, call: job(cursor, caller_of(ctx).actor(call)))
    return result(changed_text(told, done), told)


async def _read(ctx: Ctx, job: Callable[[Cursor], Told]) -> Told:
    try:
        return await caller_of(ctx).access.read(job)
    except BuddyError as error:
        raise ToolError(str(error)) from None


def _status(cursor: Cursor, session: str | None, workflow: str | None, status: str | None, limit: int) -> Told:
    if session:
        shown = sessions.shown(cursor, session)
        return {"session": shown, "sessions": [{key: shown[key] for key in shown if key != "decisions"}]}
    listed = sessions.listing(cursor, workflow, status, limit)
    if workflow:
        return {"sessions": listed, "workflow": metrics.workflow(cursor, workflow)}
    return {"sessions": listed, "workflows": metrics.workflows(cursor), "statistics": metrics.statistics(cursor)}

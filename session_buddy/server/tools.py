"""The tools. They check nothing of their own: arguments come in typed, results go out as text and as data."""

import asyncio
from typing import Annotated

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field

from session_buddy.errors import BuddyError
from session_buddy.reports.text import completed_text, recommendations_text, tracked_text
from session_buddy.server import coaching_tools, report_tools
from session_buddy.server.caller import Caller
from session_buddy.server.calling import Ctx, OptionalName, Reading, Tracking, caller_of, result, write_once
from session_buddy.server.mcp_server import BuddyServer
from session_buddy.server.results import Completed, Recommendations, Tracked
from session_buddy.skills import installed_names, tracking
from session_buddy.skills.fields import Name, Names, OptionalPublicName, Rank, Seconds, Text, Texts
from session_buddy.skills.installed import Found
from session_buddy.skills.recommending import Question
from session_buddy.skills.tracking import Ending, Use

# An answer does not wait longer for folders that do not respond; it says nothing of what is installed then.
LOOKING_SECONDS = 0.5

OptionalText = str
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def add_to(server: BuddyServer) -> None:
    """Register the tools, in the order in which they are listed."""
    server.add_tool(track_skill, title="Track the use of a skill", annotations=Tracking)
    server.add_tool(complete_skill, title="Say how a skill ended", annotations=Tracking)
    server.add_tool(recommend_skills, title="Recommend skills for a problem", annotations=Reading)
    report_tools.add_to(server)
    coaching_tools.add_to(server)


async def track_skill(
    ctx: Ctx,
    skill_name: Name,
    user_query: Annotated[OptionalText, Field(description="The person's request in their own words")] = "",
    workflow_path: Annotated[OptionalName, Field(description="Workflow or way it is used in")] = "",
    workflow_phase: Annotated[OptionalName, Field(description="Such as planning, execution, review")] = "",
    alternatives_considered: Annotated[Names | None, Field(description="Other skills on offer")] = None,
    selection_rank: Annotated[Rank | None, Field(description="Its place in what was recommended, from 1")] = None,
    session_id: Annotated[OptionalPublicName, Field(description="Default: this session")] = "",
) -> Annotated[CallToolResult, Tracked]:
    """Record that a skill starts being used for a problem. Call it once when the skill starts; pass the returned
    invocation_id to complete_skill when it is over."""
    caller = caller_of(ctx)
    use = Use(
        skill_name,
        user_query or None,
        workflow_path.strip() or None,
        workflow_phase.strip() or None,
        alternatives_considered,
        selection_rank,
    )
    origin = caller.origin(session_id.strip() or None)
    tracked = await write_once(ctx, lambda cursor, call: tracking.track(cursor, use, origin, call=call))
    if text := await tracking.text_id(use.user_query, caller.mask_secrets):
        caller.notice(text)
    return result(tracked_text(tracked), tracked)


async def complete_skill(
    ctx: Ctx,
    invocation_id: Annotated[str, Field(description="From track_skill")],
    completed: Annotated[bool | None, Field(description="Default: true unless error_type is given")] = None,
    follow_up_actions: Annotated[Texts | None, Field(description="What had to be done afterwards")] = None,
    error_type: Annotated[OptionalText, Field(description="Short name of the error if it failed")] = "",
    duration_seconds: Annotated[Seconds | None, Field(description="Default: time since track_skill")] = None,
) -> Annotated[CallToolResult, Completed]:
    """Record how a tracked skill ended: completed, failed (give error_type) or abandoned (completed=false without
    error_type). Each invocation ends once; a second call is refused and changes nothing."""
    caller = caller_of(ctx)
    ending = Ending(invocation_id, completed, follow_up_actions, error_type.strip() or None, duration_seconds)
    ended = await write_once(
        ctx, lambda cursor, call: tracking.complete(cursor, ending, caller.mask_secrets, call=call)
    )
    return result(completed_text(ended), ended)


async def recommend_skills(
    ctx: Ctx,
    user_query: Annotated[Text, Field(description="The problem, in the person's own words")],
    limit: Annotated[int, Field(ge=1, le=50)] = 5,
    min_similarity: Fraction = 0.0,
    session_id: Annotated[OptionalPublicName, Field(description="Default: this session")] = "",
    workflow_phase: Annotated[OptionalName, Field(description="Prefer what works in this phase")] = "",
    phase_weight: Fraction = 0.3,
) -> Annotated[CallToolResult, Recommendations]:
    """Rank the skills that worked for problems like this one, by meaning. Call it before choosing a skill. Each
    skill appears once, with its nearest past example and how often it was completed. confident=false means that
    nothing used so far fits."""
    caller = caller_of(ctx)
    question = Question(user_query, limit, min_similarity, workflow_phase.strip() or None, phase_weight)
    try:
        found = await caller.recommender.recommend(question, caller.origin(session_id.strip() or None))
    except BuddyError as error:
        raise ToolError(str(error)) from None
    found = installed_names.marked(found, await _installed(caller))
    return result(recommendations_text(found), found)


async def _installed(caller: Caller) -> Found:
    """What is installed for the caller's project; nothing where that cannot be read in time."""
    try:
        async with asyncio.timeout(LOOKING_SECONDS):
            return await asyncio.to_thread(caller.installed)
    except (TimeoutError, BuddyError, OSError):
        return Found()

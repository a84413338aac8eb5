"""The tools that look back: metrics and the workflow report."""

import json
from typing import Annotated, Literal

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field

from session_buddy.common.quoted_text import quoted_json, quoted_lines
from session_buddy.errors import BuddyError
from session_buddy.reports.metrics import metrics_text
from session_buddy.reports.workflow import workflow_text
from session_buddy.server import apps
from session_buddy.server.calling import Ctx, OptionalName, Reading, caller_of, result
from session_buddy.server.mcp_server import NOTHING_STORED, BuddyServer
from session_buddy.server.results import Metrics, WorkflowReport

Page = Annotated[int, Field(ge=1, le=1_000_000)]


def add_to(server: BuddyServer) -> None:
    """Register the tools, in the order in which they are listed."""
    server.add_tool(skill_metrics, title="Metrics of skills and sessions", annotations=Reading)
    server.add_tool(workflow_report, title="What works in which phase", annotations=Reading, meta=apps.SHOWN)


async def skill_metrics(
    ctx: Ctx,
    skill_name: OptionalName = "",
    session_id: OptionalName = "",
    limit: Annotated[int, Field(ge=1, le=500, description="Skills listed")] = 20,
    offset: Annotated[int, Field(ge=0, le=1_000_000, description="Most used skills left out")] = 0,
) -> Annotated[CallToolResult, Metrics]:
    """How often skills were used and how that ended: of one skill, of one session, or, without arguments, of everything
    with the most used skills. Rates are percentages of the ended uses."""
    caller = caller_of(ctx)
    skill, session = skill_name.strip() or None, session_id.strip() or None
    try:
        found = await caller.reporter.metrics(skill, session, limit, offset, own=caller.session_id)
    except BuddyError as error:
        raise ToolError(f"{error} {NOTHING_STORED}") from None
    return result(metrics_text(found), found)


async def workflow_report(
    ctx: Ctx,
    session_id: OptionalName = "",
    format: Literal["text", "json"] = "text",  # noqa: A002 - the contract names it so
    page: Annotated[Page, Field(description="Of the figures")] = 1,
) -> Annotated[CallToolResult, WorkflowReport]:
    """Which skills work in which workflow phase, which phases lose work, how phases follow each other, and a heatmap;
    over all sessions, or of one."""
    caller = caller_of(ctx)
    try:
        found = await caller.reporter.workflow(session_id.strip() or None, page, own=caller.session_id)
    except BuddyError as error:
        raise ToolError(f"{error} {NOTHING_STORED}") from None
    report = quoted_lines(workflow_text(found))
    text = report if format == "text" else quoted_json(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    return result(text, found | {"report": report})

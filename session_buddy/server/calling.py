"""What all tools share: who calls, optional names, and how a result goes out."""

from collections.abc import Callable
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import StringConstraints

from session_buddy.common.quoted_text import quoted_lines
from session_buddy.errors import BuddyError
from session_buddy.server.caller import Answer, Caller
from session_buddy.server.quoted_data import quoted_data
from session_buddy.skills.fields import MAX_NAME
from session_buddy.store.calls import Call
from session_buddy.store.writing import Cursor

Ctx = Context[Caller, Any]
OptionalName = Annotated[str, StringConstraints(max_length=MAX_NAME)]

Reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)
Tracking = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)


def caller_of(ctx: Context[Any, Any]) -> Caller:
    caller: Caller = ctx.request_context.lifespan_context
    return caller


def result(text: str, data: dict[str, Any]) -> CallToolResult:
    """A result as text and as data, both with the texts of others as quoted data."""
    return CallToolResult(
        content=[TextContent(type="text", text=quoted_lines(text))], structured_content=quoted_data(data)
    )


async def write_once(ctx: Ctx, job: Callable[[Cursor, Call], Answer]) -> Answer:
    """Run a write job; the same request, sent again after a crash of the hub, gets the first answer."""
    try:
        return await caller_of(ctx).write_once(ctx.request_context.request_id, job)
    except BuddyError as error:
        raise ToolError(str(error)) from None

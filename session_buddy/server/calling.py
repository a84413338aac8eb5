"""What all tools share: who calls, optional names, and how a result goes out."""

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import StringConstraints

from session_buddy.server.caller import Caller
from session_buddy.skills.fields import MAX_NAME

Ctx = Context[Caller, Any]
OptionalName = Annotated[str, StringConstraints(max_length=MAX_NAME)]

Reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)


def caller_of(ctx: Context[Any, Any]) -> Caller:
    caller: Caller = ctx.request_context.lifespan_context
    return caller


def result(text: str, data: dict[str, Any]) -> CallToolResult:
    """A result as text and as data."""
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=data)

"""The MCP server: the SDK's, with messages a model can act on and schemas without ballast."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp_types import CallToolResult, InputRequiredResult, ListResourcesResult, PaginatedRequestParams, TextContent
from mcp_types import Tool as ToolSchema
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import AnyUrl, ValidationError

from session_buddy import __version__
from session_buddy.common.quoted_text import quoted, quoted_error
from session_buddy.server import apps
from session_buddy.server.caller import Caller
from session_buddy.server.calling import caller_of
from session_buddy.server.instructions import INSTRUCTIONS
from session_buddy.server.skills_extension import SkillsExtension
from session_buddy.skills.messages import readable
from session_buddy.skills.reporting import Reporter
from session_buddy.skills.shelf import SCHEME

NOTHING_STORED = "Nothing was stored."

Lifespan = Callable[[MCPServer[Caller]], AbstractAsyncContextManager[Caller]]


class BuddyServer(MCPServer[Caller]):
    """One server object for all connections of a hub; what a connection is, tools read from its Caller."""

    def __init__(self, lifespan: Lifespan | None) -> None:
        self._skills = SkillsExtension()
        super().__init__(
            "session-buddy",
            title="session_buddy",
            version=__version__,
            instructions=INSTRUCTIONS,
            extensions=[self._skills, apps.extension()],
            lifespan=lifespan,
            log_level="WARNING",
        )
        self.lowlevel.add_request_handler("resources/list", PaginatedRequestParams, self._list_resources)

    @property
    def lowlevel(self) -> "Server[Caller]":
        """The SDK's lower-level server, which serves one stream pair per connection."""
        return self._lowlevel_server

    async def list_tools(self) -> list[ToolSchema]:
        """The tools, with compact schemas that allow no unknown argument."""
        tools = await super().list_tools()
        for tool in tools:
            tool.input_schema = _compact(_all_optional(tool.input_schema)) | {"additionalProperties": False}
            tool.description = " ".join((tool.description or "").split())
            tool.output_schema = _compact(tool.output_schema) if tool.output_schema else None
        return tools

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Caller, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool. An argument that is null counts as not given; an unknown one is refused.

        Raises:
            ToolError: with a text that says what was wrong, what is allowed, and that nothing was stored.
        """
        given = {key: value for key, value in arguments.items() if value is not None}
        await self._refuse_unknown(name, given)
        try:
            result = await super().call_tool(name, given, context)
            if (
                context is not None
                and isinstance(result, CallToolResult)
                and (notice := caller_of(context).store_notice())
            ):
                result.content.append(TextContent(type="text", text=f"For the user: {notice}"))
            return result
        except UnexpectedToolError:
            raise
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, ValidationError):
                raise ToolError(f"{readable(cause)}. {NOTHING_STORED}") from None
            raise ToolError(quoted_error(cause if isinstance(cause, ToolError) else error)) from None

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Caller, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """Read a resource; files of skills belong to the project of a connection, so without one there are none."""
        if context is not None and str(uri).startswith(SCHEME):
            return await self._skills.read(str(uri), caller_of(context))
        return await super().read_resource(uri, context)

    async def _list_resources(
        self, ctx: ServerRequestContext[Caller, Any], params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        """Reports, and in the era in which the skills extension is announced, each skill's SKILL.md. The app is
        no report: hosts find it by the tools that name it."""
        cursor = params.cursor if params else None
        ours = [] if cursor else [one for one in await self.list_resources() if one.uri != apps.URI]
        if ctx.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            return ListResourcesResult(resources=ours)
        listed, following = await self._skills.list_as_resources(ctx.lifespan_context, cursor)
        return ListResourcesResult(resources=ours + listed, next_cursor=following)

    async def _refuse_unknown(self, name: str, given: dict[str, Any]) -> None:
        schema = self._tool_input_schema(name)
        if schema is None:
            names = ", ".join([tool.name for tool in await super().list_tools()])
            raise ToolError(f"There is no tool {quoted(name, 64)!r}. Allowed are {names}. {NOTHING_STORED}")
        known = list(schema.get("properties", {}))
        unknown = [key for key in given if key not in known]
        if unknown:
            listed = ", ".join(repr(quoted(key, 64)) for key in unknown[:5])
            raise ToolError(f"Unknown argument {listed}. Allowed are {', '.join(known)}. {NOTHING_STORED}")


def build(reporter: Reporter, lifespan: Lifespan | None = None) -> BuddyServer:
    """The server with all its tools, resources and prompts. `lifespan` gives the one Caller where connections are not
    told apart (HTTP)."""
    from session_buddy.server import completions, prompts, resources, tools

    server = BuddyServer(lifespan)
    tools.add_to(server)
    resources.add_to(server, reporter)
    prompts.add_to(server)
    completions.add_to(server, reporter)
    return server


def _compact(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without generated titles and empty defaults."""
    return {key: _compact_value(key, value) for key, value in schema.items() if not _ballast(key, value)}


def _compact_value(key: str, value: Any) -> Any:
    if key in ("properties", "$defs"):
        return {name: _compact(part) for name, part in value.items()}
    if isinstance(value, dict):
        return _compact(value)
    if isinstance(value, list):
        return [_compact(item) if isinstance(item, dict) else item for item in value]
    return value


def _all_optional(schema: dict[str, Any]) -> dict[str, Any]:
    return schema | {"properties": {name: _optional(part) for name, part in schema.get("properties", {}).items()}}


def _optional(part: dict[str, Any]) -> dict[str, Any]:
    """`X or null, default null` as just X: an argument that may be left out."""
    kinds = [kind for kind in part.get("anyOf", []) if kind != {"type": "null"}]
    if part.get("default", "") is not None or len(kinds) != 1:
        return part
    rest = {key: value for key, value in part.items() if key not in ("anyOf", "default")}
    return {**kinds[0], **rest}


def _ballast(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value in ("", None))

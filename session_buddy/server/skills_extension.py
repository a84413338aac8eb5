"""Skills over MCP: the skills that are installed for a connection's project, by the extension for them (SEP-2640).

Reading a skill is not using it, so nothing is tracked here.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server.context import ServerRequestContext
from mcp.server.extension import Extension, MethodBinding
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, PaginatedRequestParams, RequestParams, Resource

from session_buddy.common.quoted_text import quoted
from session_buddy.server.caller import Answer, Caller
from session_buddy.skills import skill_entries
from session_buddy.skills.digests import Digests
from session_buddy.skills.media_types import MARKDOWN
from session_buddy.skills.shelf import SCHEME, Served, Shelf
from session_buddy.skills.skill_folder import Parts, UnservedError

PAGE = 25
# A page that has more characters of URIs than this gets no further skill.
HEAVY = 1_000_000
RESOURCES_PAGE = 100
# So many milliseconds a host need not ask again; the files are this person's own, so nobody else's to reuse.
FRESH = {"ttlMs": 30_000, "cacheScope": "private"}
STALE = FRESH | {"ttlMs": 0}

T = TypeVar("T")
Ctx = ServerRequestContext[Caller, Any]


class UriParams(RequestParams):
    uri: str


class FolderParams(PaginatedRequestParams):
    uri: str


class SkillsExtension(Extension):
    """Lists skills and reads their files. All work is done in threads."""

    identifier = "io.modelcontextprotocol/skills"

    def __init__(self) -> None:
        self._digests = Digests()

    def settings(self) -> dict[str, Any]:
        return {"directoryRead": True}

    def methods(self) -> list[MethodBinding]:
        return [
            MethodBinding("skills/list", PaginatedRequestParams, self._list),
            MethodBinding("skills/get", UriParams, self._get),
            MethodBinding("resources/directory/read", FolderParams, self._read_folder),
        ]

    async def read(self, uri: str, caller: Caller) -> list[ReadResourceContents]:
        """The content of a file of a skill.

        Raises:
            ResourceNotFoundError: no such file is served.
        """
        try:
            found = await asyncio.to_thread(_on_shelf, caller, uri, skill_entries.content)
        except UnservedError:
            raise ResourceNotFoundError(f"No file of a skill is served at {shown(uri)}.") from None
        return [ReadResourceContents(content=found.content, mime_type=found.media_type)]

    async def list_as_resources(self, caller: Caller, cursor: str | None) -> tuple[list[Resource], str | None]:
        """The SKILL.md of the skills after a cursor, and the cursor for those that follow."""
        return await asyncio.to_thread(_as_resources, caller, checked_cursor(cursor))

    async def _list(self, ctx: Ctx, params: PaginatedRequestParams) -> Answer:
        after = checked_cursor(params.cursor)
        return await asyncio.to_thread(self._page, ctx.lifespan_context, after)

    async def _get(self, ctx: Ctx, params: UriParams) -> Answer:
        try:
            skill = await asyncio.to_thread(self._entry, ctx.lifespan_context, params.uri)
        except UnservedError:
            raise MCPError(INVALID_PARAMS, f"No skill is served at {shown(params.uri)}.") from None
        return {"skill": skill} | FRESH

    async def _read_folder(self, ctx: Ctx, params: FolderParams) -> Answer:
        try:
            found = await asyncio.to_thread(_on_shelf, ctx.lifespan_context, params.uri, skill_entries.children)
        except UnservedError:
            raise MCPError(INVALID_PARAMS, f"No folder of a skill is served at {shown(params.uri)}.") from None
        return {"resources": found} | STALE

    def _entry(self, caller: Caller, uri: str) -> Answer:
        served = _shelf(caller).skill(uri)
        if served is None:
            raise UnservedError("no such skill")
        return skill_entries.entry(served, self._digests)

    def _page(self, caller: Caller, after: str) -> Answer:
        """Skills whose URIs come after `after`: what is installed or removed between two pages moves nothing."""
        entries: list[Answer] = []
        weight = 0
        for served in _shelf(caller).skills:
            if served.uri <= after:
                continue
            if len(entries) == PAGE or weight > HEAVY:
                return {"skills": entries, "nextCursor": entries[-1]["uri"]} | FRESH
            with contextlib.suppress(UnservedError):  # `doctor` says why
                entries.append(skill_entries.entry(served, self._digests))
                weight += sum(len(one["uri"]) for one in entries[-1]["resources"])
        return {"skills": entries} | FRESH


def checked_cursor(cursor: str | None) -> str:
    """The URI after which a page begins.

    Raises:
        MCPError: it is no cursor of ours.
    """
    if cursor is not None and not cursor.startswith(SCHEME):
        raise MCPError(INVALID_PARAMS, "The cursor is none that this server has given. Start again without one.")
    return cursor or ""


def shown(uri: str) -> str:
    """A URI as it may stand in a message."""
    return ascii(uri[:200])


def _as_resources(caller: Caller, after: str) -> tuple[list[Resource], str | None]:
    listed: list[Resource] = []
    for served in _shelf(caller).skills:
        if served.uri <= after or not skill_entries.is_whole(served):
            continue
        if len(listed) == RESOURCES_PAGE:
            return listed, listed[-1].uri
        listed.append(
            Resource(uri=served.uri, name=served.name, description=quoted(served.description), mime_type=MARKDOWN)
        )
    return listed, None


def _shelf(caller: Caller) -> Shelf:
    return Shelf(caller.installed(), caller.project_path)


def _on_shelf(caller: Caller, uri: str, read: Callable[[Served, Parts], T]) -> T:
    if found := _shelf(caller).find(uri):
        return read(*found)
    raise UnservedError("no such skill")

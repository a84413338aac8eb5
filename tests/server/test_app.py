"""The app that hosts of MCP Apps show: which tools name it, and what it is."""

import re

import pytest
from mcp.server.apps import EXTENSION_ID
from mcp_types import TextResourceContents

from session_buddy.server import apps
from tests.server.buddy import Tools

pytestmark = pytest.mark.anyio


async def test_the_tools_that_have_something_to_show_name_the_app(tools: Tools) -> None:
    listed = (await tools.client.list_tools()).tools
    shown = {tool.name: tool.meta["ui"] for tool in listed if tool.meta}
    assert shown == {name: {"resourceUri": apps.URI} for name in ("workflow_report", "coaching_suggest")}


async def test_the_app_is_one_page_that_loads_nothing(tools: Tools) -> None:
    (content,) = (await tools.client.read_resource(apps.URI)).contents
    assert isinstance(content, TextResourceContents)
    assert apps.URI not in [one.uri for one in (await tools.client.list_resources()).resources]
    assert content.mime_type == "text/html;profile=mcp-app"
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", content.text, flags=re.DOTALL)
    assert re.findall(r"\b(?:src|href)\s*=|@import|url\(", markup) == []


async def test_apps_are_announced_where_the_protocol_has_extensions(tools: Tools) -> None:
    modern = tools.client.protocol_version == "2026-07-28"
    assert ((tools.client.server_capabilities.extensions or {}).get(EXTENSION_ID) is not None) == modern


async def test_a_client_without_apps_gets_the_same_text_and_data(tools: Tools) -> None:
    result = await tools.raw("workflow_report", {})
    assert result.structured_content is not None
    assert result.content

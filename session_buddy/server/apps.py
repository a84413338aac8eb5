"""The panel and the report as an MCP App, for hosts that show one beside the conversation; all others have the text.

What a person presses there comes back as a call of a tool, so it is kept as reported: nobody but the host knows who
has pressed.
"""

from pathlib import Path
from typing import Any

from mcp.server.apps import Apps
from mcp.server.mcpserver.resources import FileResource

URI = "ui://buddy/app.html"
PAGE = Path(__file__).with_name("app.html")
# What a tool says of itself, so that a host shows the app with its result.
SHOWN: dict[str, Any] = {"ui": {"resourceUri": URI}}


def extension() -> Apps:
    """The extension with its one page, which is read when a host asks for it."""
    apps = Apps()
    apps.add_resource(
        FileResource(
            uri=URI,
            name="app",
            title="Panel and report",
            description="A suggested step with buttons to decide it, and the workflow report.",
            path=PAGE,
            mime_type="text/html;profile=mcp-app",
            encoding="utf-8",
            meta={"ui": {"prefersBorder": True}},
        )
    )
    return apps

"""A bare stdio server of the MCP SDK with one empty tool: what the bridge and the hub are measured against."""

from mcp.server import MCPServer

server = MCPServer("bare")


@server.tool()
def nothing() -> str:
    """Do nothing."""
    return "nothing"


server.run()

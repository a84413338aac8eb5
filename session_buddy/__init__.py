"""session_buddy: the MCP server that remembers which skill worked for which problem."""

__version__ = "0.1.0"

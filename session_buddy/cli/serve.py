"""`serve`: the MCP server over stdio, with the hub in the background or, standalone, in this process."""

import argparse

from session_buddy.bridge import window


def run(options: argparse.Namespace) -> int:
    if not options.standalone:
        return window.run(store=options.store)
    from session_buddy.hub.standalone import StandaloneHub

    hub = StandaloneHub()
    try:
        return window.run(start=hub.start, store=options.store)
    finally:
        hub.stop()

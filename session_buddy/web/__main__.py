"""Where the web process begins: detached, on a free port, with a token of its own."""

import os
import secrets
import socket
import sys

from session_buddy.bridge.starter import LISTENING, report
from session_buddy.errors import BuddyError
from session_buddy.settings import read

LOCAL = "127.0.0.1"


def main() -> int:
    """Serve the dashboard of the store in SESSION_BUDDY_STORE until nobody needs it."""
    if hasattr(os, "fork") and os.fork():
        os._exit(0)  # the hub has nobody to wait for, and this process no parent to leave a zombie with
    try:
        settings = read()
        listener = socket.create_server((LOCAL, 0), backlog=128)
    except (BuddyError, OSError) as error:
        return report(f"The dashboard cannot start: {error}", 1)
    os.umask(0o077)
    from session_buddy.web.guard import Key
    from session_buddy.web.process import run

    key = Key(listener.getsockname()[1], secrets.token_urlsafe(32))
    report(LISTENING, 0)
    run(settings, listener, key)
    # Threads may still wait for a hub; there is nothing left to tidy.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())

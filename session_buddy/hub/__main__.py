"""Where a hub process begins. It listens before the heavy imports, so that whoever starts it can connect at once."""

import os
import sys

from session_buddy.bridge.starter import LISTENING, LOST, report
from session_buddy.errors import BuddyError
from session_buddy.hub.door import open_door
from session_buddy.settings import read


def main() -> int:
    """Become the hub of the store in SESSION_BUDDY_STORE, unless another process is; report that on stdout."""
    if hasattr(os, "fork") and os.fork():
        os._exit(0)  # the starter has nobody to wait for, and the hub no parent to leave a zombie with
    try:
        settings = read()
        opened = open_door(settings)
    except BuddyError as error:
        return report(str(error), 1)
    if opened is None:
        return report(LOST, 0)
    report(LISTENING, 0)
    from session_buddy.hub.process import run

    run(settings, opened)
    # DuckDB and the store are closed; what is left is memory, which need not be tidied before it goes.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())

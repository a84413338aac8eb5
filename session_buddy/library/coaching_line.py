"""What a program asks the hub about coaching."""

import os
import uuid
from typing import Any

from session_buddy.errors import BuddyError
from session_buddy.library.checking import json_size
from session_buddy.library.connection import Connection
from session_buddy.settings import read
from session_buddy.store.ids import normalised

# What fits into one request; the hub takes a little more.
MOST_BYTES = 30 * 1024 * 1024


class CoachingLine:
    """One connection for all threads; each call is done once, also when a hub dies before it has answered.

    Args:
        store: The store's file; None for the one of the project that the process runs in.
    """

    def __init__(self, store: str | os.PathLike[str] | None = None) -> None:
        self._connection = Connection(read(store=None if store is None else os.fspath(store)))

    def ask(self, name: str, /, **given: Any) -> Any:
        """The answer to what the hub knows by this name. What a program does is on record as reported, and not as a
        person's act.

        Raises:
            BuddyError: the hub refused it, or none could be reached; the message says why.
        """
        if given.get("workflow_id"):
            given["workflow_id"] = normalised(given["workflow_id"])
        if (size := json_size(given)) > MOST_BYTES:
            raise BuddyError(
                f"This is {size:,} bytes of JSON at once; at most {MOST_BYTES:,} are possible. Nothing was stored. "
                "Keep large data in a file and pass its path."
            )
        # The hub does what it is told under the same id once, and the connection tells it again when a hub is lost.
        call = str(uuid.uuid4())
        return self._connection.ask("coaching", ask=name, who="reported", source="library", given=given, call=call)

    def close(self) -> None:
        """Close the connection; the next call opens one again."""
        self._connection.close()

"""What commands ask the hub about coaching."""

import argparse
import json
import uuid
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.cli.person import is_person
from session_buddy.errors import BuddyError
from session_buddy.reports.columns import plain
from session_buddy.settings import read
from session_buddy.store.ids import normalised


class Coaching:
    """The coaching of a store. Use it as a context manager."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._client = Client(read(store=options.store))

    def __enter__(self) -> "Coaching":
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.close()

    def ask(self, name: str, /, **given: Any) -> Any:
        """The answer to what `coaching.jobs` knows by this name. What a script or an assistant does is on record as
        reported, and not as a person's act.

        Raises:
            BuddyError: the hub refused it.
        """
        for value in given.values():
            if isinstance(value, str) and value.encode("utf-8", "replace").decode() != value:
                raise BuddyError("An argument is no text in UTF-8. Nothing was changed.")
        if given.get("workflow_id"):
            given["workflow_id"] = normalised(given["workflow_id"])
        who = "person" if is_person() else "reported"
        asked = {"ask": name, "who": who, "source": "terminal", "given": given, "call": str(uuid.uuid4())}
        try:
            return self._client.ask("coaching", asked)
        except BuddyError as error:  # names of workflows that somebody chose are in it
            raise BuddyError(plain(str(error))) from None


def ask(options: argparse.Namespace, name: str, /, **given: Any) -> Any:
    """One answer, as `Coaching.ask` gives it."""
    with Coaching(options) as coaching:
        return coaching.ask(name, **given)


def show(options: argparse.Namespace, found: Any, text: str) -> int:
    """Print a result, as JSON where that is wanted."""
    print(json.dumps(found, ensure_ascii=False) if options.json else text)
    return 0

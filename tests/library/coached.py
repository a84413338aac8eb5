"""What the tests of the library of coaching share: a person who acts on the same store."""

import uuid
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.settings import read
from tests.system.processes import Place


def new_name() -> str:
    return f"release {uuid.uuid4().hex[:8]}"


class Person:
    """Somebody at another place, whose acts are a person's."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def ask(self, name: str, **given: Any) -> Any:
        with Client(read(store=str(self._place.store))) as client:
            return client.ask("coaching", {"ask": name, "who": "person", "source": "dashboard", "given": given})

    def promote(self, workflow_id: str, times: int = 1) -> None:
        """Raise a workflow that was coached before by so many levels."""
        for _ in range(times):
            self.ask("promote", workflow_id=workflow_id, despite="for a test")

    def level(self, workflow_id: str) -> str:
        return str(self.ask("workflow", workflow_id=workflow_id)["level"])

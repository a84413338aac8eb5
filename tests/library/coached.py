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

    def accept(self, workflow_id: str, node_id: str, action_type: str) -> None:
        """Accept a step in a coaching session of its own."""
        session = self.ask("start", workflow_id=workflow_id)["session_id"]
        step = {"session_id": session, "node_id": node_id, "action_type": action_type}
        self.ask("suggest", **step)
        self.ask("decide", **step, decision="accept")

    def promote(self, workflow_id: str, times: int = 1) -> None:
        """Raise a workflow that was coached before by so many levels."""
        for _ in range(times):
            self.ask("promote", workflow_id=workflow_id, despite="for a test")

    def level(self, workflow_id: str) -> str:
        return str(self.ask("workflow", workflow_id=workflow_id)["level"])

"""Coaching as commands, programs and the page ask for it: by the names in jobs.py, on a real store."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from session_buddy.coaching import jobs
from session_buddy.coaching.actors import PERSON, REPORTED, Actor
from session_buddy.errors import BuddyError
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor
from tests.store import filling

Told = dict[str, Any]
Result = TypeVar("Result")

TABLES = """
    SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'coaching_%' AND table_catalog = 'store'
    ORDER BY table_name
"""
WORKFLOW, NODE, ACTION = "release", "build", "run"
PERSON_ON_PAGE = Actor(PERSON, "dashboard")
ASSISTANT = Actor(REPORTED, "tool")


class Room:
    """Asks jobs of one store. Nothing is kept here."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def ask(self, name: str, actor: Actor = ASSISTANT, /, **given: Any) -> Any:
        """What a job answers; each writing one is a transaction of its own."""
        if name in jobs.READS:
            return self.store.read(lambda cursor: jobs.job(name)(cursor, actor, given))
        return filling.write(self.store, lambda cursor: jobs.job(name)(cursor, actor, given))

    def refused(self, name: str, actor: Actor = ASSISTANT, /, **given: Any) -> str:
        """Why a job was refused; nothing is stored then."""
        before = self.rows()
        with pytest.raises(BuddyError) as caught:
            self.ask(name, actor, **given)
        assert self.rows() == before, "a refused call has changed something"
        return str(caught.value)

    def write(self, job: Callable[[Cursor], Result]) -> Result:
        return filling.write(self.store, job)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that is stored of coaching."""
        tables = [name for (name,) in filling.rows(self.store, TABLES)]
        return {
            name: filling.rows(self.store, f"SELECT columns(*)::VARCHAR FROM {name} ORDER BY ALL") for name in tables
        }

    def change(self, sql: str, *values: Any) -> None:
        filling.change(self.store, sql, *values)

    def start(self, workflow_id: str = WORKFLOW, actor: Actor = ASSISTANT, **given: Any) -> str:
        """Begin a coaching session; returns its id."""
        return str(self.ask("start", actor, workflow_id=workflow_id, **given)["session_id"])

    def suggest(self, session: str, parameters: Told | None = None, node: str = NODE, actor: Actor = ASSISTANT) -> Told:
        found: Told = self.ask(
            "suggest", actor, session_id=session, node_id=node, action_type=ACTION, parameters=parameters
        )
        return found

    def decide(self, suggestion: Told, decision: str, actor: Actor = PERSON_ON_PAGE, **given: Any) -> Told:
        """Decide a suggestion, by a person unless told otherwise."""
        found: Told = self.ask("decide", actor, **on(suggestion, decision), **given)
        return found

    def step(self, session: str, decision: str = "accept", actor: Actor = PERSON_ON_PAGE, **given: Any) -> Told:
        """A step without parameters that is suggested and decided."""
        return self.decide(self.suggest(session), decision, actor, **given)

    def session(self, session: str) -> Told:
        found: Told = self.ask("session", session_id=session)
        return found

    def workflow(self, workflow_id: str = WORKFLOW) -> Told:
        found: Told = self.ask("workflow", workflow_id=workflow_id)
        return found

    def endorse(self, workflow_id: str = WORKFLOW, node: str = NODE) -> None:
        """Let a person accept a step of this node, in a coaching session of its own, so that it may run by itself."""
        self.decide(self.suggest(self.start(workflow_id), {"endorsed": True}, node), "accept")

    def at(self, level: str, workflow_id: str = WORKFLOW) -> None:
        """Bring a workflow, which must have been started, to a level above the first one; a person has accepted its
        step before it comes to AUTO."""
        if level == "AUTO":
            self.endorse(workflow_id)
        for _ in range(("COACHING", "AUTO").index(level) + 1):
            self.ask("promote", PERSON_ON_PAGE, workflow_id=workflow_id, despite="for a test")


def on(suggestion: Told, decision: str) -> Told:
    """What has to be told to decide a suggestion."""
    return {
        "session_id": suggestion["session_id"],
        "decision": decision,
        "suggestion_id": suggestion["suggestion_id"],
    }

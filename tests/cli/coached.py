"""Stores with coaching sessions, and commands typed on a terminal, for the tests of the commands about coaching."""

import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.settings import read
from tests.system.processes import COMMAND, LIMIT, Place, leave_no_hub, new_place, run


class Coach:
    """Asks the hub of a place about coaching, as a form does that a person fills in."""

    def __init__(self, place: Place) -> None:
        self.place = place
        done = run(place, "sessions")  # which starts the hub
        assert done.returncode == 0, done.stderr
        self.client = Client(read(place.environment), start=None)

    def ask(self, name: str, /, who: str = "person", **given: Any) -> Any:
        return self.client.ask("coaching", {"ask": name, "who": who, "source": "form", "given": given})

    def start(self, workflow: str = "release", **given: Any) -> str:
        return str(self.ask("start", workflow_id=workflow, **given)["session_id"])

    def suggest(self, session: str, node: str = "build", **parameters: Any) -> dict[str, Any]:
        step = {"session_id": session, "node_id": node, "action_type": "run"}
        found: dict[str, Any] = self.ask("suggest", **step, parameters=parameters)
        return found

    def correct(self, session: str, node: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        made = self.suggest(session, node, **before)["suggestion_id"]
        self.ask("decide", session_id=session, decision="correct", suggestion_id=made, correction=after)

    def decide(self, session: str, decision: str = "accept", node: str = "build", **given: Any) -> dict[str, Any]:
        who = given.pop("who", "person")
        wanted = {"session_id": session, "decision": decision, "node_id": node, "action_type": "run"}
        found: dict[str, Any] = self.ask("decide", who, **wanted, **given)
        return found

    def earn(self, workflow: str, decisions: int = 20, seconds: float = 3.0) -> None:
        """A workflow at COACHING with so many accepted steps in its latest three coaching sessions."""
        self.start(workflow)
        self.ask("promote", workflow_id=workflow)
        sessions = [self.start(workflow) for _ in range(3)]
        for number in range(decisions):
            self.decide(sessions[number % 3], seconds=seconds, execution_success=True)

    def level(self, workflow: str) -> str:
        return str(self.ask("workflow", workflow_id=workflow)["level"])


@contextmanager
def coached(folder: Path, name: str = "project") -> Iterator[Coach]:
    """A place whose hub stays until the end."""
    place = new_place(folder / name).with_variables(SESSION_BUDDY_LINGER="60")
    coach = Coach(place)
    try:
        yield coach
    finally:
        coach.client.close()
        leave_no_hub(place)


def refused(place: Place, code: int, *arguments: str, stdin: str | None = None) -> str:
    """The one line of a command that is refused."""
    done = run(place, *arguments, stdin=stdin)
    assert (done.returncode, done.stdout) == (code, ""), done
    assert done.stderr.count("\n") == 1
    return done.stderr


def typed(place: Place, *arguments: str, answers: dict[str, str] | None = None) -> tuple[int, str]:
    """The exit code of a command on a terminal, and what it shows. Each answer is typed where its question stands."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=place.environment, cwd=place.project
    ) as process:
        os.close(theirs)
        shown, waiting = "", dict(answers or {})
        while part := _more(ours):
            shown += part.decode("utf-8", "replace").replace("\r\n", "\n")
            for question in [question for question in waiting if question in shown]:
                os.write(ours, waiting.pop(question).encode() + b"\n")
        code = process.wait(LIMIT)
    os.close(ours)
    return code, shown


def _more(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how a terminal says that nobody is at its other end
        return b""

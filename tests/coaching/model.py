"""What coaching is to do, in plain Python: sessions, suggestions, decisions and levels, without a store.

Names are those that the store has given. What is refused raises `Refused` with a part of the wording.
"""

from dataclasses import dataclass, field
from typing import Any

FINAL = ("completed", "failed", "abandoned")
MODES = {"OBSERVATION": "observe", "COACHING": "ask", "AUTO": "auto"}
NAMES = {
    "accept": "accepted",
    "reject": "rejected",
    "correct": "corrected",
    "manual": "manual_executions",
    "skip": "skipped",
}


class Refused(Exception):  # noqa: N818 - it is no error here
    """A part of what the refusal says."""


@dataclass
class Suggestion:
    session: str
    step: int
    node: str
    arguments: str
    mode: str
    parameters: dict[str, Any]


@dataclass
class Decision:
    suggestion: str
    kind: str
    who: str
    succeeded: bool | None
    # How often the level of the workflow had changed before.
    epoch: int


@dataclass
class Session:
    workflow: str
    status: str = "active"
    decisions: list[Decision] = field(default_factory=list)


@dataclass
class Workflow:
    level: str = "OBSERVATION"
    epoch: int = 0
    completed: list[int] = field(default_factory=list)


class Model:
    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.suggestions: dict[str, Suggestion] = {}
        self.workflows: dict[str, Workflow] = {}

    def start(self, name: str, workflow: str) -> None:
        self.sessions[name] = Session(workflow)
        self.workflows.setdefault(workflow, Workflow())

    def same(self, session: str, node: str, arguments: str) -> str | None:
        """The newest suggestion that waits at this step with these arguments."""
        wanted = len(self._active(session).decisions), node, arguments
        for name in reversed(self.pending(session)):
            one = self.suggestions[name]
            if (one.step, one.node, one.arguments) == wanted:
                return name
        return None

    def suggest(self, name: str, session: str, node: str, arguments: str, parameters: dict[str, Any]) -> None:
        """A new suggestion of this name."""
        one = self._active(session)
        mode = MODES[self.level(session)]
        self.suggestions[name] = Suggestion(session, len(one.decisions), node, arguments, mode, parameters)

    def mode(self, suggestion: str) -> str:
        """What a suggestion answers now."""
        made = self.suggestions[suggestion]
        return MODES[self.level(made.session)] if made.mode == "auto" else made.mode

    def decide(
        self,
        session: str,
        suggestion: str,
        kind: str,
        who: str,
        succeeded: bool | None = None,
        correction: dict[str, Any] | None = None,
    ) -> str | None:
        """Returns the level that it leads to, if it changes."""
        one = self._active(session)
        if self.suggestions[suggestion].session != session:
            raise Refused("belongs to coaching session")
        if self.decision(suggestion):
            raise Refused("already decided")
        if kind == "correct" and correction == self.suggestions[suggestion].parameters:
            raise Refused("Accept the suggestion")
        if who == "reported" and kind == "accept" and self.mode(suggestion) == "auto":
            who = "auto"
        one.decisions.append(Decision(suggestion, kind, who, succeeded, self.workflows[one.workflow].epoch))
        return self._stepped(one.workflow, kind, succeeded)

    def pending_at(self, session: str, node: str, kind: str) -> str | None:
        """The suggestion that a decision on a step is about; None for a new one."""
        self._active(session)
        found = [name for name in self.pending(session) if self.suggestions[name].node == node]
        if not found and kind == "correct":
            raise Refused("nothing to correct")
        return found[-1] if found else None

    def outcome(self, suggestion: str, succeeded: bool) -> str | None:
        made, one = self.suggestions[suggestion], self.decision(suggestion)
        if one is None:
            if made.mode != "auto":
                raise Refused("not decided yet")
            return self.decide(made.session, suggestion, "accept", "auto", succeeded)
        if one.kind in ("reject", "skip"):
            raise Refused("nothing was executed")
        if one.succeeded is not None:
            raise Refused("known already")
        one.succeeded = succeeded
        return self._stepped(self.sessions[made.session].workflow, "", succeeded)

    def undo(self, session: str, who: str) -> str:
        """Returns the suggestion that is pending again. Only a person takes back what a person has decided."""
        one = self._going(session)
        if not one.decisions:
            raise Refused("No decision of")
        if one.decisions[-1].who == "person" and who != "person":
            raise Refused("only a person takes it back")
        return one.decisions.pop().suggestion

    def pause(self, session: str) -> bool:
        """That it is stored, as every change."""
        if self._going(session).status == "paused":
            raise Refused("already paused")
        self.sessions[session].status = "paused"
        return True

    def resume(self, session: str) -> bool:
        """Whether it was paused."""
        one = self._going(session)
        was, one.status = one.status, "active"
        return was == "paused"

    def end(self, session: str, outcome: str) -> bool:
        one = self._going(session)
        one.status = outcome
        workflow = self.workflows[one.workflow]
        if outcome == "completed":
            workflow.completed.append(workflow.epoch)
        if workflow.level == "OBSERVATION":
            self._observe(one.workflow)
        return True

    def promote(self, workflow: str) -> str:
        level = self.workflows[workflow].level
        if level == "AUTO":
            raise Refused("at AUTO already")
        return self._set(workflow, "COACHING" if level == "OBSERVATION" else "AUTO")

    def demote(self, workflow: str) -> str:
        level = self.workflows[workflow].level
        if level == "OBSERVATION":
            raise Refused("no lower level")
        return self._set(workflow, "COACHING" if level == "AUTO" else "OBSERVATION")

    def level(self, session: str) -> str:
        return self.workflows[self.sessions[session].workflow].level

    def decision(self, suggestion: str) -> Decision | None:
        made = self.sessions[self.suggestions[suggestion].session].decisions
        return next((one for one in made if one.suggestion == suggestion), None)

    def pending(self, session: str) -> list[str]:
        return [name for name, one in self.suggestions.items() if one.session == session and not self.decision(name)]

    def stats(self, session: str) -> dict[str, Any]:
        """The counts of a coaching session, recounted from its decisions."""
        made = self.sessions[session].decisions
        counts = {name: sum(one.kind == kind and one.who != "auto" for one in made) for kind, name in NAMES.items()}
        judged = counts["accepted"] + counts["rejected"] + counts["corrected"]
        return {
            "suggestions_made": len(made),
            **counts,
            "auto": sum(one.who == "auto" for one in made),
            "acceptance_rate": 100 * counts["accepted"] / judged if judged else 0,
            "correction_rate": 100 * counts["corrected"] / judged if judged else 0,
        }

    def _active(self, session: str) -> Session:
        one = self._going(session)
        if one.status == "paused":
            raise Refused("is paused since")
        return one

    def _going(self, session: str) -> Session:
        one = self.sessions[session]
        if one.status in FINAL:
            raise Refused(f"has ended: {one.status}")
        return one

    def _stepped(self, workflow: str, kind: str, succeeded: bool | None) -> str | None:
        level = self.workflows[workflow].level
        if level == "OBSERVATION":
            return self._observe(workflow)
        if level == "AUTO" and (kind in ("reject", "correct") or succeeded is False):
            return self._set(workflow, "COACHING")
        return None

    def _observe(self, workflow: str) -> str | None:
        known = self.workflows[workflow]
        mine = [one for one in self.sessions.values() if one.workflow == workflow]
        steps = sum(made.epoch == known.epoch for one in mine for made in one.decisions)
        if steps >= 10 or known.completed.count(known.epoch) >= 3:
            return self._set(workflow, "COACHING")
        return None

    def _set(self, workflow: str, level: str) -> str:
        known = self.workflows[workflow]
        known.level, known.epoch = level, known.epoch + 1
        return level

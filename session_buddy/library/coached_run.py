"""One run of a workflow under coaching: what a program that executes its steps asks and reports, call by call."""

import copy
import os
import threading
from dataclasses import fields
from typing import Any

from session_buddy.errors import BuddyError
from session_buddy.library import checking
from session_buddy.library.coaching_line import CoachingLine
from session_buddy.library.steps import Paused, Step, StepDeclined, Suggestion, Verdict

AUTO, ASK, OBSERVE = "auto", "ask", "observe"
NOT_EXECUTED = ("reject", "skip", "manual")

Told = dict[str, Any]


class CoachedRun:
    """What `CoachedWorkflow` and its async twin have in common; each method blocks until the hub has answered.

    Attributes:
        session_id: The coaching session; None before it was begun.
    """

    def __init__(
        self,
        workflow_id: str,
        store: str | os.PathLike[str] | None,
        execution_id: str | None,
        total_steps: int,
        variables: Told | None,
        session_id: str | None,
    ) -> None:
        self.workflow_id = checking.filled_text("workflow_id", workflow_id)
        self.session_id = None if session_id is None else checking.filled_text("session_id", session_id)
        self._beginning = {
            "execution_id": checking.optional_text("execution_id", execution_id),
            "total_steps": checking.whole("total_steps", total_steps),
            "variables": checking.optional_mapping("variables", variables),
        }
        self._line = CoachingLine(store)
        self._lock = threading.Lock()
        self._inside = False

    def begin(self) -> None:
        """Begin a coaching session, or go on with the one that was given or begun before.

        Raises:
            BuddyError: it has ended, is of another workflow, or is not known; or this run is going on already.
        """
        with self._lock:
            if self._inside:
                raise BuddyError(f"This run of {self.workflow_id} is going on already. Make another CoachedWorkflow.")
            try:
                self._begin()
            except BaseException:
                self._line.close()
                raise
            self._inside = True

    def leave_begun(self, error: BaseException) -> None:
        """After an interruption while it began, which goes on: wait for that, and leave it as `leave` does."""
        with self._lock:
            if self._inside:
                self.leave(error)

    def propose(self, node_id: str, action_type: str, parameters: Told | None) -> Step:
        """Suggest a step.

        Raises:
            BuddyError: the coaching session is not active, or a value is not allowed.
        """
        if not self._inside:
            raise BuddyError("Steps are made inside of the workflow: with CoachedWorkflow(...) as run: run.step(...)")
        checking.optional_mapping("parameters", parameters)
        told = self._line.ask(
            "suggest",
            session_id=self.session_id,
            node_id=checking.filled_text("node_id", node_id),
            action_type=checking.filled_text("action_type", action_type),
            parameters=parameters,
        )
        suggestion = Suggestion(**{one.name: told[one.name] for one in fields(Suggestion)})
        step = Step(suggestion, copy.deepcopy(suggestion.parameters), suggestion.mode)
        if told["decision"]:
            _settle(step, told["decision"])
        return step

    def may_go_on(self, step: Step, can_ask: bool) -> bool:
        """Whether nobody has to be asked about a step.

        Raises:
            BuddyError: somebody has to be asked, and the program cannot.
        """
        if step.decision or step.mode == AUTO or (step.mode == OBSERVE and not can_ask):
            return True
        if can_ask:
            return False
        raise BuddyError(
            f"Workflow {self.workflow_id} is coached: somebody has to decide about step {step.node_id}, and this "
            "program has nobody to ask. Give the workflow a function as decide. Nothing was decided or executed; the "
            f"suggestion waits in {self.session_id}."
        )

    def decide(self, step: Step, verdict: Verdict) -> None:
        """Store what was decided; where somebody else was first, what they have decided counts.

        Raises:
            BuddyError: the verdict does not fit the suggestion.
        """
        if not isinstance(verdict, Verdict):
            raise BuddyError(f"decide must return a Verdict, not {type(verdict).__name__}. Nothing was decided.")
        try:
            self._ask_decide(step, verdict)
        except BuddyError:
            made = self._line.ask("suggestion", suggestion_id=step.suggestion_id)["decision"]
            if not made:
                raise
            _settle(step, made)
            return
        _settle(step, {"decision": verdict.decision, "correction": verdict.correction})

    def record(self, step: Step, error: BaseException | None) -> None:
        """Report how the execution of a step ended. What was interrupted has no outcome.

        Raises:
            BuddyError: it could not be stored, and there is no `error` that says more.
        """
        if error is None:
            self._report(step, True, None)
        elif isinstance(error, Exception) and not isinstance(error, Paused):
            try:
                self._report(step, False, _message(error))
            except BuddyError as problem:
                error.add_note(f"The outcome of step {step.node_id} was not stored: {problem}")

    def leave(self, error: BaseException | None) -> bool:
        """End, or pause, the coaching session after the last step. Returns whether `error` has done its work.

        Raises:
            BuddyError: it could not be stored, and there is no `error` that says more.
        """
        try:
            if error is None:
                self._end("completed", None)
                return False
            self._leave_after(error)
        except BuddyError as problem:
            if error is None:
                raise
            error.add_note(f"Coaching session {self.session_id} stays as it is: {problem}")
            return False
        finally:
            self._inside = False
            self._line.close()
        return isinstance(error, Paused)

    def _begin(self) -> None:
        if self.session_id is None:
            told = self._line.ask("start", workflow_id=self.workflow_id, **self._beginning)
            self.session_id = str(told["session_id"])
            return
        told = self._line.ask("session", session_id=self.session_id)
        if told["workflow_id"] != self.workflow_id:
            raise BuddyError(
                f"Coaching session {self.session_id} is of workflow {told['workflow_id']!r}, not of "
                f"{self.workflow_id!r}. Nothing was changed."
            )
        self._line.ask("resume", session_id=self.session_id)

    def _ask_decide(self, step: Step, verdict: Verdict, **more: Any) -> Told:
        found: Told = self._line.ask(
            "decide",
            session_id=self.session_id,
            suggestion_id=step.suggestion_id,
            decision=verdict.decision,
            correction=verdict.correction,
            feedback=verdict.feedback,
            **more,
        )
        return found

    def _report(self, step: Step, success: bool, message: str | None) -> None:
        outcome = {"execution_success": success, "error_message": message}
        if step.mode == OBSERVE and step.decision is None:
            told = self._ask_decide(step, Verdict("manual", step.parameters), **outcome)
        else:
            told = self._line.ask("outcome", suggestion_id=step.suggestion_id, **outcome)
        step.decision = told["decision"]["decision"]

    def _leave_after(self, error: BaseException) -> None:
        if self._line.ask("session", session_id=self.session_id)["status"] != "active":
            return  # somebody has paused or ended it meanwhile, and that counts
        if isinstance(error, Paused) or not isinstance(error, Exception):
            self._line.ask("pause", session_id=self.session_id)
        elif isinstance(error, StepDeclined):
            self._end("abandoned", str(error))
        else:
            self._end("failed", type(error).__name__)

    def _end(self, outcome: str, message: str | None) -> None:
        self._line.ask("end", session_id=self.session_id, outcome=outcome, error_message=message)


def _settle(step: Step, made: Told) -> None:
    """What was decided, as it concerns the program."""
    step.decision = made["decision"]
    step.skipped = step.decision in NOT_EXECUTED
    if step.decision == "correct":
        step.parameters = copy.deepcopy(made["correction"] or {})


def _message(error: Exception) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

"""Running a workflow under coaching from a Python program that executes the steps itself."""

import os
from collections.abc import Callable
from types import TracebackType
from typing import Any

from session_buddy.library.coached_run import CoachedRun
from session_buddy.library.steps import Step, StepDeclined, Suggestion, Verdict

Decide = Callable[[Suggestion], Verdict]


class CoachedStep:
    """What `CoachedWorkflow.step` returns: a context manager around the execution of one step."""

    def __init__(self, run: CoachedRun, what: tuple[str, str, dict[str, Any] | None], decide: Decide | None) -> None:
        self._run = run
        self._what = what
        self._decide = decide
        self._step: Step | None = None

    def __enter__(self) -> Step:
        step = self._run.propose(*self._what)
        if not self._run.may_go_on(step, self._decide is not None) and self._decide:
            self._run.decide(step, self._decide(step.suggestion))
        if step.skipped:
            raise StepDeclined(step)
        self._step = step
        return step

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._step is not None
        self._run.record(self._step, error)


class CoachedWorkflow:
    """One run of a workflow, whose steps this program executes, under coaching.

    Leaving it normally ends the coaching session `completed`, an exception `failed` (with the exception's type). A
    step that was declined and that nobody has caught ends it `abandoned`. What interrupts a program (Ctrl-C, exit, a
    cancelled task) leaves it `paused`; so does `raise Paused`, which goes no further than this block. One that
    somebody has paused or ended meanwhile stays as it is when an exception leaves the block. A paused one goes on
    with `CoachedWorkflow(workflow_id, session_id=...)`, in this or any other program.

    `decide` is asked about each step while a person decides about them: it gets a `Suggestion` and returns a
    `Verdict`. What it returns is on record as reported, never as a person's decision: a program cannot vouch for a
    person, so a workflow earns nothing by it. Once the workflow runs by itself, `decide` is not called.

    >>> from contextlib import suppress
    >>> from session_buddy.coaching import StepDeclined, Verdict
    >>> def decide(suggestion):
    ...     return Verdict("reject" if suggestion.node_id == "push" else "accept")
    >>> with CoachedWorkflow("release", store="coaching.duckdb", total_steps=2, decide=decide) as run:
    ...     for node in ("tag", "push"):
    ...         with suppress(StepDeclined), run.step(node, "git", {"version": "1.4"}) as step:
    ...             print(step.node_id, step.parameters["version"])
    tag 1.4

    It may be used from several threads, and a person may decide on the dashboard meanwhile: who comes first decides.

    Args:
        workflow_id: What is done, such as release; up to 256 characters.
        store: The store's file; None for the one of the project that the process runs in.
        execution_id: Your own name for this run.
        total_steps: How many steps it is to have; 0 where that is not known.
        variables: What the steps share; up to 1 MB as JSON.
        decide: Asked about each step. Without it, steps that need a decision are refused; those that are only
            observed are recorded as manual, with the parameters used.
        session_id: A coaching session to go on with; its execution_id, total_steps and variables stay what they are.

    Raises:
        BuddyError: a value is not allowed.
    """

    def __init__(
        self,
        workflow_id: str,
        store: str | os.PathLike[str] | None = None,
        execution_id: str | None = None,
        total_steps: int = 0,
        variables: dict[str, Any] | None = None,
        decide: Decide | None = None,
        session_id: str | None = None,
    ) -> None:
        self._run = CoachedRun(workflow_id, store, execution_id, total_steps, variables, session_id)
        self._decide = decide
        self.workflow_id = self._run.workflow_id

    @property
    def session_id(self) -> str | None:
        """The coaching session; None before this run has begun."""
        return self._run.session_id

    def __enter__(self) -> "CoachedWorkflow":
        self._run.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        return self._run.leave(error)

    def step(self, node_id: str, action_type: str, parameters: dict[str, Any] | None = None) -> CoachedStep:
        """A step, to be executed inside of `with run.step(...) as step:` with `step.parameters`.

        Entering suggests it and has it decided; leaving records that it succeeded, or failed with the exception that
        has left the block, which goes on. What was interrupted has no outcome.

        Args:
            node_id: Which step; up to 256 characters.
            action_type: What kind of action.
            parameters: What it is to be done with; up to 1 MB as JSON.

        Raises (when it is entered):
            StepDeclined: it was rejected, skipped, or done by hand: its block is not executed. To go on with the next
                one, `with suppress(StepDeclined), run.step(...) as step:`.
            BuddyError: a decision is needed and there is no `decide`, the coaching session is not active, a value is
                not allowed, or no hub could be reached: its block is not executed.
        """
        return CoachedStep(self._run, (node_id, action_type, parameters), self._decide)

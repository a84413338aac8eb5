"""The async twin of CoachedWorkflow: the same, without blocking the event loop."""

import os
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, TypeVar

from anyio import CancelScope

from session_buddy.library.async_tracker import in_thread
from session_buddy.library.coached_run import CoachedRun
from session_buddy.library.steps import Step, StepDeclined, Suggestion, Verdict

Answer = TypeVar("Answer")
AsyncDecide = Callable[[Suggestion], Awaitable[Verdict]]


class AsyncCoachedStep:
    """What `AsyncCoachedWorkflow.step` returns: `CoachedStep`, for `async with`."""

    def __init__(
        self, run: CoachedRun, what: tuple[str, str, dict[str, Any] | None], decide: AsyncDecide | None
    ) -> None:
        self._run = run
        self._what = what
        self._decide = decide
        self._step: Step | None = None

    async def __aenter__(self) -> Step:
        step = await in_thread(self._run.propose, *self._what)
        if not self._run.may_go_on(step, self._decide is not None) and self._decide:
            await in_thread(self._run.decide, step, await self._decide(step.suggestion))
        if step.skipped:
            raise StepDeclined(step)
        self._step = step
        return step

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._step is not None
        await _whole(self._run.record, self._step, error)


class AsyncCoachedWorkflow:
    """`CoachedWorkflow` for programs with an event loop (asyncio or trio); `decide` is awaited.

    >>> from session_buddy.coaching import Verdict
    >>> async def decide(suggestion):
    ...     return Verdict("correct", correction={"version": "1.5"})
    >>> async def main():
    ...     async with AsyncCoachedWorkflow("release", store="coaching.duckdb", decide=decide) as run:
    ...         async with run.step("tag", "git", {"version": "1.4"}) as step:
    ...             return step.parameters["version"]
    >>> import asyncio
    >>> asyncio.run(main())
    '1.5'

    A task that is cancelled inside of it leaves the coaching session paused. For the arguments, and for what
    happens otherwise, see `CoachedWorkflow`.
    """

    def __init__(
        self,
        workflow_id: str,
        store: str | os.PathLike[str] | None = None,
        execution_id: str | None = None,
        total_steps: int = 0,
        variables: dict[str, Any] | None = None,
        decide: AsyncDecide | None = None,
        session_id: str | None = None,
    ) -> None:
        self._run = CoachedRun(workflow_id, store, execution_id, total_steps, variables, session_id)
        self._decide = decide
        self.workflow_id = self._run.workflow_id

    @property
    def session_id(self) -> str | None:
        """The coaching session; None before this run has begun."""
        return self._run.session_id

    async def __aenter__(self) -> "AsyncCoachedWorkflow":
        try:
            await in_thread(self._run.begin)
        except Exception:
            raise
        except BaseException as error:
            await _whole(self._run.leave_begun, error)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        return await _whole(self._run.leave, error)

    def step(self, node_id: str, action_type: str, parameters: dict[str, Any] | None = None) -> AsyncCoachedStep:
        """See `CoachedWorkflow.step`."""
        return AsyncCoachedStep(self._run, (node_id, action_type, parameters), self._decide)


async def _whole(call: Callable[..., Answer], *arguments: Any) -> Answer:
    """The answer of a call that is made also where the task is being cancelled."""
    answers: list[Answer] = []
    with CancelScope(shield=True):
        answers.append(await in_thread(call, *arguments))
    return answers[0]

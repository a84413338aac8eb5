"""The async twin of the library: the same calls, none of which blocks the event loop."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from anyio import to_thread

from session_buddy.library.ending import EndInvocation
from session_buddy.library.records import SkillInvocation, SkillMetrics
from session_buddy.library.tracker import SkillsTracker

Answer = TypeVar("Answer")
Result = dict[str, Any]


class EndAsyncInvocation:
    """What `AsyncSkillsTracker.track_invocation` returns: `EndInvocation`, to be awaited."""

    def __init__(self, end: EndInvocation) -> None:
        self.invocation_id = end.invocation_id
        self._end = end

    async def __call__(
        self,
        completed: bool | None = None,
        follow_up_actions: list[str] | None = None,
        error_type: str | None = None,
    ) -> None:
        """Store how the use ended; only the first call counts. See `EndInvocation.__call__`."""
        await in_thread(self._end, completed, follow_up_actions, error_type)


class AsyncSkillsTracker:
    """`SkillsTracker` for programs with an event loop (asyncio or trio): each call waits in a thread of its own.

    A call that is cancelled goes on in its thread, so that what it began to store is stored whole.

    >>> async def main():
    ...     async with AsyncSkillsTracker("nightly-build", store="skills.duckdb") as tracker:
    ...         end = await tracker.track_invocation("debugging", user_query="the tests fail on CI")
    ...         await end(error_type="TestFailure")
    ...         return await tracker.get_session_summary()
    >>> import asyncio
    >>> asyncio.run(main())["failed_invocations"]
    1
    """

    def __init__(self, session_id: str, store: str | os.PathLike[str] | None = None) -> None:
        self._tracker = SkillsTracker(session_id, store)
        self.session_id = self._tracker.session_id

    async def __aenter__(self) -> "AsyncSkillsTracker":
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """See `SkillsTracker.close`."""
        await in_thread(self._tracker.close)

    async def track_invocation(
        self,
        skill_name: str,
        workflow_path: str | None = None,
        user_query: str | None = None,
        alternatives_considered: list[str] | None = None,
        selection_rank: int | None = None,
        workflow_phase: str | None = None,
    ) -> EndAsyncInvocation:
        """See `SkillsTracker.track_invocation`; what is returned is awaited too."""
        end = await in_thread(
            self._tracker.track_invocation,
            skill_name,
            workflow_path,
            user_query,
            alternatives_considered,
            selection_rank,
            workflow_phase,
        )
        return EndAsyncInvocation(end)

    async def get_session_skills(self) -> list[SkillInvocation]:
        """See `SkillsTracker.get_session_skills`."""
        return await in_thread(self._tracker.get_session_skills)

    async def get_session_summary(self) -> Result:
        """See `SkillsTracker.get_session_summary`."""
        return await in_thread(self._tracker.get_session_summary)

    async def get_skill_metrics(self, skill_name: str) -> SkillMetrics:
        """See `SkillsTracker.get_skill_metrics`."""
        return await in_thread(self._tracker.get_skill_metrics, skill_name)

    async def get_all_metrics(self) -> list[SkillMetrics]:
        """See `SkillsTracker.get_all_metrics`."""
        return await in_thread(self._tracker.get_all_metrics)

    async def get_summary(self) -> Result:
        """See `SkillsTracker.get_summary`."""
        return await in_thread(self._tracker.get_summary)

    async def recommend_skills(
        self,
        user_query: str,
        limit: int = 5,
        min_similarity: float = 0.0,
        workflow_phase: str | None = None,
        phase_weight: float = 0.3,
    ) -> list[Result]:
        """See `SkillsTracker.recommend_skills`."""
        return await in_thread(
            self._tracker.recommend_skills, user_query, limit, min_similarity, workflow_phase, phase_weight
        )

    async def generate_report(self) -> str:
        """See `SkillsTracker.generate_report`."""
        return await in_thread(self._tracker.generate_report)

    async def generate_workflow_report(self, session_id: str | None = None) -> str:
        """See `SkillsTracker.generate_workflow_report`."""
        return await in_thread(self._tracker.generate_workflow_report, session_id)

    async def generate_phase_heatmap(self, session_id: str | None = None) -> str:
        """See `SkillsTracker.generate_phase_heatmap`."""
        return await in_thread(self._tracker.generate_phase_heatmap, session_id)

    async def export_metrics(self, path: str | os.PathLike[str]) -> str:
        """See `SkillsTracker.export_metrics`."""
        return await in_thread(self._tracker.export_metrics, path)


async def in_thread(call: Callable[..., Answer], *arguments: Any) -> Answer:
    return await to_thread.run_sync(partial(call, *arguments), abandon_on_cancel=True)

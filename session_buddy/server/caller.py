"""Who is calling: what a tool knows of the connection that its call came over."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from session_buddy.skills.recommending import Recommender
from session_buddy.skills.tracking import Origin
from session_buddy.store import answers, projects
from session_buddy.store.access import Access
from session_buddy.store.answers import Answer, Call
from session_buddy.store.writing import Cursor, Job


@dataclass
class Caller:
    """One connection. `resent` holds the keys of requests that an earlier hub may have answered already."""

    connection_id: str
    session_id: str
    project_id: str
    project_path: str
    access: Access
    recommender: Recommender
    notice: Callable[[UUID], None]
    mask_secrets: bool = True
    resent: set[str] = field(default_factory=set)
    has_written: bool = False

    def origin(self, session_id: str | None) -> Origin:
        """Where a tool call comes from; the session is the one it names, or the connection's own."""
        return Origin(session_id or self.session_id, self.project_id, self.project_path, self.mask_secrets)

    async def write_once(self, request_id: Any, job: Job[Answer]) -> Answer:
        """Run a write job, or find the answer that an earlier hub gave to the same request."""
        key = json.dumps(request_id)
        call = Call(self.connection_id, key, key in self.resent)
        answer = await self.access.write(answers.once(call, self._with_project(job)))
        self.has_written = True
        return answer

    def _with_project(self, job: Job[Answer]) -> Job[Answer]:
        if self.has_written:
            return job

        def run(cursor: Cursor) -> Answer:
            projects.remember(cursor, self.project_id, self.project_path)
            return job(cursor)

        return run

"""Who is calling: what a tool knows of the connection that its call came over."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from session_buddy.coaching.actors import REPORTED, Actor
from session_buddy.errors import BuddyError
from session_buddy.skills.installed import Found
from session_buddy.skills.recommending import Recommender
from session_buddy.skills.reporting import Reporter
from session_buddy.skills.tracking import Origin
from session_buddy.store import projects, sessions
from session_buddy.store.access import Access
from session_buddy.store.calls import Call
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

SOURCE = "window"

log = logging.getLogger(__name__)

Answer = dict[str, Any]


@dataclass
class Caller:
    """One connection. `resent` holds the keys of requests that an earlier hub may have answered already; `installed`
    looks at what is installed for the project, which takes a while; `store_notice` takes what the user has to be
    informed of once. `from_shell` tells that a command of an assistant has started the client: who answers its forms
    is not a person."""

    connection_id: str
    session_id: str
    project_id: str
    project_path: str
    access: Access
    recommender: Recommender
    reporter: Reporter
    notice: Callable[[UUID], None]
    mask_secrets: bool = True
    installed: Callable[[], Found] = Found
    store_notice: Callable[[], str | None] = lambda: None
    resent: set[str] = field(default_factory=set)
    has_written: bool = False
    from_shell: bool = False

    def origin(self, session_id: str | None) -> Origin:
        """Where a tool call comes from; the session is the one it names, or the connection's own."""
        return Origin(session_id or self.session_id, self.project_id, self.project_path, self.mask_secrets)

    def actor(self, call: Call | None = None, who: str = REPORTED, source: str = "tool") -> Actor:
        """Who acts in coaching over this connection: an assistant that reports, unless a form has asked a person."""
        return Actor(REPORTED if self.from_shell else who, source, self.project_id, self.mask_secrets, call)

    async def write_once(self, request_id: Any, job: Callable[[Cursor, Call], Answer]) -> Answer:
        """Run a write job that knows which call it is made for. As ids, 1 and "1" differ."""
        key = json.dumps(request_id)
        call = Call(self.connection_id, key, key in self.resent)
        answer = await self.access.write(lambda cursor: self._with_project(cursor, call, job))
        self.has_written = True
        return answer

    async def end_session(self, session_id: str) -> None:
        """Keep that a session is over: no window serves it any more."""
        moment = now()
        try:
            await self.access.write(lambda cursor: sessions.end(cursor, session_id, moment, SOURCE))
        except BuddyError as error:
            log.warning("The end of a session could not be kept: %s", type(error).__name__)

    def _with_project(self, cursor: Cursor, call: Call, job: Callable[[Cursor, Call], Answer]) -> Answer:
        if not self.has_written:
            projects.remember(cursor, self.project_id, self.project_path)
            sessions.resume(cursor, self.session_id, now(), SOURCE)
        return job(cursor, call)

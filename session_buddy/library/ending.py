"""Saying how a use of a skill ended, once."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Tell = Callable[..., Any]


class EndInvocation:
    """What `track_invocation` returns: call it when the skill ends. Only the first call counts.

    Attributes:
        invocation_id: The id under which the use is stored.
    """

    def __init__(self, invocation_id: str, session_id: str, tell: Tell) -> None:
        self.invocation_id = invocation_id
        self._event_id = str(uuid.uuid4())
        self._session_id = session_id
        self._tell = tell
        self._lock = threading.Lock()
        self._ended = False

    def __call__(
        self,
        completed: bool | None = None,
        follow_up_actions: list[str] | None = None,
        error_type: str | None = None,
    ) -> None:
        """Store how the use ended.

        Args:
            completed: True unless an `error_type` is given. False without one: it was given up.
            follow_up_actions: What had to be done afterwards.
            error_type: A short name of the error if it failed.

        Raises:
            BuddyError: `completed` is true although there is an error, a value is not allowed, or no hub could be
                reached. Nothing was stored, and another call may follow.
        """
        with self._lock:
            if self._ended:
                return
            self._tell(
                "event",
                kind="complete",
                id=self._event_id,
                at=datetime.now(UTC).isoformat(),
                session=self._session_id,
                invocation_id=self.invocation_id,
                completed=completed,
                follow_up_actions=follow_up_actions,
                error_type=error_type,
            )
            self._ended = True

"""Which session each window serves. It can change while the window stays: after `/clear`, or when another conversation
is resumed in it. A hook tells of that; the window is found by the process that started both."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from session_buddy.hub.peers import Hello
from session_buddy.server.caller import Caller
from session_buddy.skills.hook_events import HookEvent
from session_buddy.store import served

# So long after a session's end the next one of the same window begins, in seconds.
SOON = 60.0
REMEMBERED = 32


# How a session begins in a window that has served another one. An assistant that is started by an assistant begins by
# `startup`, and takes nobody's window.
_ANEW = ("clear", "resume", "fork")


class Window(NamedTuple):
    """An open window: who calls from it, and how it introduced itself."""

    caller: Caller
    hello: Hello


class Ended(NamedTuple):
    """A session that has ended, and when (of the monotonic clock)."""

    session_id: str
    moment: float


class Began(NamedTuple):
    """A session that has begun in no window that is known, and when that was told (of the monotonic clock)."""

    event: HookEvent
    moment: float


def _is_free(window: Window) -> bool:
    """Whether a window was given no session when it was started, and none since."""
    return not window.hello.session and window.caller.session_id == window.caller.connection_id


class Serving:
    """The open windows with their sessions."""

    def __init__(self) -> None:
        self._windows: list[Window] = []
        self._ended: deque[Ended] = deque(maxlen=REMEMBERED)
        self._began: deque[Began] = deque(maxlen=REMEMBERED)

    @contextmanager
    def window(self, caller: Caller, hello: Hello) -> Iterator[None]:
        """Have a window among the open ones, for as long as the context lasts."""
        window = Window(caller, hello)
        self._windows.append(window)
        try:
            yield
        finally:
            self._windows = [one for one in self._windows if one is not window]

    def any_of(self, session_id: str) -> bool:
        """Whether an open window serves this session."""
        return any(one.caller.session_id == session_id for one in self._windows)

    async def follow(self, event: HookEvent) -> None:
        """Let the window in which a session has begun serve that session."""
        if event.event == "SessionEnd":
            self._ended.append(Ended(event.session, time.monotonic()))
        elif event.event == "SessionStart" and not await self._begin(event):
            self._began.append(Began(event, time.monotonic()))

    async def _begin(self, event: HookEvent, only: Caller | None = None) -> bool:
        """Returns whether a window serves the session of the event."""
        if self.any_of(event.session):
            return True
        window = self._find(event)
        if window is None or (only is not None and window.caller is not only):
            return False
        before = window.caller.session_id
        await self._move(window, event.session)
        if not self.any_of(before):
            await window.caller.end_session(before)
        return True

    def _find(self, event: HookEvent) -> Window | None:
        """The window that the event is about; None where it may be more than one, since that is no place to guess."""
        here = [one for one in self._windows if one.hello.project == event.project and one.hello.parent]
        related = [one for one in here if one.hello.parent in event.parents]
        if len(related) == 1 and (event.data.source in _ANEW or _is_free(related[0])):
            return related[0]
        over = {one.session_id for one in self._ended if time.monotonic() - one.moment < SOON}
        left = [one for one in related or here if one.caller.session_id in over]
        return left[0] if len(left) == 1 else None

    async def catch_up(self, caller: Caller) -> None:
        """Let a window that has just come serve the session that was told of before it came."""
        for began in list(self._began):
            if time.monotonic() - began.moment < SOON:
                await self._begin(began.event, only=caller)

    async def _move(self, window: Window, session_id: str) -> None:
        caller = window.caller
        await caller.access.write(lambda cursor: served.put(cursor, caller.connection_id, session_id))
        caller.session_id = session_id
        caller.has_written = False

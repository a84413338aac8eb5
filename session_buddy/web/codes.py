"""One-time codes that open the page, so that the token itself never goes to a browser from outside."""

import asyncio
import secrets
from collections.abc import Callable

VALID = 60.0
"""Seconds in which a browser that was started has to ask for the page."""


class Codes:
    """Codes that were given out and not used yet. Used on the event loop only, so that no code can be used twice."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[asyncio.TimerHandle, Callable[[], None] | None]] = {}

    def new(self, on_end: Callable[[], None] | None = None) -> str:
        """Create a code that is valid once, for a minute. `on_end` runs when it is used or expires."""
        code = secrets.token_urlsafe(32)
        self._open[code] = (asyncio.get_running_loop().call_later(VALID, self.take, code), on_end)
        return code

    def is_valid(self, code: str) -> bool:
        """Whether a code is neither used up nor expired."""
        return code in self._open

    def take(self, code: str) -> bool:
        """Use up a code. Returns whether it was valid."""
        timer, on_end = self._open.pop(code, (None, None))
        if timer:
            timer.cancel()
        if on_end:
            on_end()
        return timer is not None

    def close(self) -> None:
        """Use up all codes."""
        for code in list(self._open):
            self.take(code)

"""Codes that open the page once: what a browser is started with can be read by others on the machine, so it is not the
token."""

import secrets
import time

# Seconds in which a browser that was started has to ask for the page.
VALID = 60.0


class Codes:
    """Codes that were given out and not used yet."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def new(self) -> str:
        """A code that is good once, for a minute."""
        now = time.monotonic()
        self._until = {code: until for code, until in self._until.items() if until > now}
        code = secrets.token_urlsafe(32)
        self._until[code] = now + VALID
        return code

    def take(self, code: str) -> bool:
        """Whether this is such a code; it is none any more."""
        return self._until.pop(code, 0.0) > time.monotonic()

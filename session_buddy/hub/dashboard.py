"""The process that serves the dashboard: whether there is one for this store, and starting it when it is asked for.

The hub only knows where it is. It is registered as long as the connection lives on which it has said so.
"""

import asyncio
import subprocess
from dataclasses import dataclass

from session_buddy.bridge import starter
from session_buddy.common import browser, child_process
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings, child_environment

MODULE = "session_buddy.web"
PATIENCE = 20.0
BROWSER = "session_buddy.common.browser"


@dataclass(frozen=True, eq=False)
class Link:
    """Where the page is. `url` opens it for whoever has it, so only persons get it, and it is never logged."""

    url: str
    pid: int

    def told(self) -> dict[str, object]:
        return {"url": self.url, "pid": self.pid}

    def open_window(self) -> bool:
        """Open the page in the user's browser; False where none was started. Neither the link nor a one-time code
        leaves this process: the browser gets the address of a private file."""
        try:
            url = browser.hand_over(self.url)
            if url is None:
                return False
            command = [*child_process.PROGRAM, BROWSER, url]
            nothing = subprocess.DEVNULL
            opening = child_process.start(
                command, child_environment({}), stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
            )
            return opening.wait(PATIENCE) == 0
        except (BuddyError, OSError, subprocess.TimeoutExpired):
            return False


class Dashboard:
    """The dashboard of a hub's store."""

    def __init__(self) -> None:
        self.link: Link | None = None
        self._there = asyncio.Event()
        self._starting = asyncio.Lock()

    def register(self, link: Link) -> bool:
        """Let a process be the dashboard; False when another one is."""
        if self.link and self.link.pid != link.pid:
            return False
        self.link = link
        self._there.set()
        return True

    def forget(self, link: Link) -> None:
        """The connection on which this link was told is closed."""
        if self.link is link:
            self.link = None
            self._there.clear()

    async def start(self, settings: Settings) -> Link:
        """The dashboard that is there, or a new one. However many ask at once, one is started.

        Raises:
            BuddyError: it did not start.
        """
        async with self._starting:
            if self.link is None:
                await asyncio.to_thread(starter.run_detached, settings, MODULE)
                try:
                    async with asyncio.timeout(PATIENCE):
                        await self._there.wait()
                except TimeoutError:
                    raise BuddyError(
                        f"The dashboard has not started within {PATIENCE:.0f} seconds. "
                        f"{settings.store}.log may say why."
                    ) from None
            if self.link is None:  # gone between telling where it is and now
                raise BuddyError(f"The dashboard has ended at once. {settings.store}.log may say why.")
            return self.link

"""Following what the hub tells, in a thread, across the deaths of hubs."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.errors import BuddyError, HubLostError
from session_buddy.settings import Settings

# Seconds: between two looks for a hub; and until a page that is open has one started, so that a command that has
# stopped the hub gets what it wanted.
EVERY = 0.25
HOLD_BACK = 2.0

log = logging.getLogger(__name__)

Told = dict[str, Any]


class Follower:
    """Keeps this process registered with the hub, and hands on what it tells.

    Args:
        link: the link and the PID that are registered.
        wanted: whether somebody waits for events, so that a hub is started where there is none.
        on_part: takes each part of `follow`; on_state, whether there is a hub; on_refused is called when another
            dashboard is registered already. All are called in the follower's thread.
    """

    def __init__(
        self,
        settings: Settings,
        link: Told,
        wanted: Callable[[], bool],
        on_part: Callable[[Told], None],
        on_state: Callable[[bool], None],
        on_refused: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._link = link
        self._wanted = wanted
        self._on_part, self._on_state, self._on_refused = on_part, on_state, on_refused
        self._position: Told | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="following", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        begun = False
        while client := self._connect(begun):
            begun = True
            with client:
                try:
                    if not client.ask("dashboard_here", self._link)["registered"]:
                        self._on_refused()
                        return
                    self._follow(client)
                except HubLostError:
                    pass  # the next one is looked for
                except BuddyError as error:
                    log.warning("The hub does not let itself be followed: %s", type(error).__name__)
                    self._stopped.wait(HOLD_BACK)
            self._on_state(False)

    def _connect(self, begun: bool) -> Client | None:
        """A connection with the hub that is there, or comes; None when this process ends."""
        alone = 0.0
        while not self._stopped.is_set():
            start = not begun or (alone >= HOLD_BACK and self._wanted())
            try:
                return Client(self._settings) if start else Client(self._settings, start=None)
            except BuddyError as error:
                log.info("No hub: %s", type(error).__name__)
            # A hub that cannot serve is not started without end.
            pause = HOLD_BACK if start else EVERY
            alone += pause
            self._stopped.wait(pause)
        return None

    def _follow(self, client: Client) -> None:
        """Hand on what the hub tells. Only from the first part on nothing is missed, so it counts as connected then.

        Raises:
            HubLostError: the hub is gone.
        """
        for part in client.parts("follow", {"position": self._position}):
            self._position = part["position"]
            self._on_state(True)
            self._on_part(part)

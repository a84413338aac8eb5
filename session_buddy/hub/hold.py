"""Keeping the store's file as it is while a command copies it."""

import asyncio

from session_buddy.store.store import Store

SILENCE_SECONDS = 30.0
"""Writes go on after this, so that a command that was suspended holds up no window."""


class Hold:
    """One command's hold on the writes of a store. They wait, and are done when it ends."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held = False
        self._over = False
        self._timer: asyncio.TimerHandle | None = None

    async def take(self) -> None:
        """Wait until what is being written is in the file, and let nothing else begin.

        Raises:
            StoreError: the file could not be brought up to date.
        """
        pausing = asyncio.ensure_future(asyncio.to_thread(self._store.pause))
        pausing.add_done_callback(self._taken)
        await asyncio.shield(pausing)

    def renew(self) -> bool:
        """The command is still at it. Returns False when the hold has ended, and the copy may be torn."""
        if self._held:
            self._start_timer()
        return self._held

    def release(self) -> bool:
        """Let the writes go on. Returns False when the hold had ended before."""
        held, self._held, self._over = self._held, False, True
        if self._timer:
            self._timer.cancel()
        if held:
            self._store.resume()
        return held

    def _taken(self, pausing: "asyncio.Future[None]") -> None:
        if pausing.cancelled() or pausing.exception():
            return
        self._held = True
        if self._over:
            self.release()  # the command left while it waited
        else:
            self._start_timer()

    def _start_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(SILENCE_SECONDS, self.release)

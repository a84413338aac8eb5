"""The process an assistant starts: it carries lines between the assistant and the hub, and outlives hubs."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from session_buddy.bridge import messages
from session_buddy.bridge.door import HANDOVER, STOP, HubLine
from session_buddy.errors import BuddyError

MAX_TRIES = 3
GOODBYE_WAIT = 1.0
HANDOVER_WAIT = 10.0
SHORT_LIFE = 5.0
NO_MESSAGE = "The line is neither a request nor an answer: it has no method, result or error. Nothing was stored."

Connect = Callable[[list[Any], float], HubLine]


class Pending:
    """A request of the assistant that no hub has answered yet."""

    def __init__(self, request_id: Any, method: Any, line: bytes) -> None:
        self.request_id = request_id
        self.method = method
        self.line = line
        self.tries = 0


class Carrier:
    """Carries lines until the assistant closes its end.

    `connect` opens a greeted line to a hub, given the ids of requests that are sent again and the seconds
    for which another window may start the next hub; it raises BuddyError when that cannot be done, and
    its message then answers what waits.
    """

    def __init__(self, connect: Connect, client_in: BinaryIO, client_out: BinaryIO, log: Callable[[str, str], None]):
        self._connect = connect
        self._in = client_in
        self._out = client_out
        self._log = log
        self._state = threading.Condition()
        self._out_lock = threading.Lock()
        self._hub: HubLine | None = None
        self._leaving = False
        self._wanted = True
        self._goodbye: str | None = None
        self._pending: dict[str, Pending] = {}
        self._held: list[bytes] = []
        self._handshake: dict[str, bytes] = {}
        self._subscribed: dict[str, bytes] = {}
        self._asked: dict[str, Any] = {}
        self._swallow: set[str] = set()

    def run(self) -> None:
        """Carry until the assistant closes its end; answers on their way get a second to arrive."""
        hub_side = threading.Thread(target=self._serve_hub_side, daemon=True)
        hub_side.start()
        try:
            while self._carry_from_client():
                pass
        except KeyboardInterrupt:
            pass
        with self._state:
            self._state.wait_for(self._all_answered, timeout=GOODBYE_WAIT)
            self._leaving = True
            self._state.notify_all()
            if self._hub:
                self._hub.close()

    def _all_answered(self) -> bool:
        return all(pending.method == messages.LISTEN for pending in self._pending.values())

    # from the assistant

    def _carry_from_client(self) -> bool:
        try:
            line = messages.read_line(self._in)
            if line:
                self._take_from_client(line, messages.parse(line))
            return bool(line)
        except messages.BadLineError as bad:
            self._to_client(bad.answer)
            return True

    def _take_from_client(self, line: bytes, message: Any) -> None:
        with self._state:
            if not isinstance(message, dict) or "method" in message:
                self._note(line, message if isinstance(message, dict) else {})
                self._to_hub(line)
            elif "result" not in message and "error" not in message:
                self._to_client(messages.error(message.get("id"), messages.INVALID_REQUEST, NO_MESSAGE))
            elif self._asked.pop(messages.key(message.get("id")), None) is not None:
                self._to_hub(line)

    def _note(self, line: bytes, message: dict[str, Any]) -> None:
        """Remember what a new hub would have to be told again."""
        method, params = message.get("method"), message.get("params")
        params = params if isinstance(params, dict) else {}
        if "id" in message:
            pending = Pending(message["id"], method, line)
            pending.tries = 1 if self._hub else 0
            self._pending[messages.key(message["id"])] = pending
            self._wanted = True
            self._state.notify_all()
        elif method == "notifications/cancelled":
            self._pending.pop(messages.key(params.get("requestId")), None)
        elif self._hub is None and method != "notifications/initialized":
            self._held.append(line)
        if method in ("initialize", "notifications/initialized"):
            self._handshake[method] = line
        elif method == "resources/subscribe":
            self._subscribed[str(params.get("uri"))] = line
        elif method == "resources/unsubscribe":
            self._subscribed.pop(str(params.get("uri")), None)

    def _to_hub(self, line: bytes) -> None:
        """Send, if there is a hub; a request that does not get through is still pending and goes to the next one."""
        if self._hub:
            with contextlib.suppress(OSError):
                self._hub.send(line)

    # from the hub

    def _serve_hub_side(self) -> None:
        try:
            while not self._leaving:
                if hub := self._open():
                    begun = time.monotonic()
                    while line := hub.readline():
                        self._take_from_hub(line)
                    self._hub_lost(hub, lived=time.monotonic() - begun)
        except Exception:
            # Without this thread the window would wait for ever; an assistant can restart a process that ended.
            if not self._leaving:
                sys.excepthook(*sys.exc_info())
                os._exit(1)

    def _open(self) -> HubLine | None:
        """A line to a hub with everything told again, or None after answering what waits with the reason."""
        with self._state:
            self._state.wait_for(lambda: self._wanted or self._leaving)
            if self._leaving:
                return None
            resent = [pending.request_id for pending in self._pending.values() if pending.tries]
            hold_back, self._goodbye = HANDOVER_WAIT if self._goodbye == HANDOVER else 0.0, None
        try:
            hub = self._connect(resent, hold_back)
        except BuddyError as error:
            self._log("error", str(error))
            self._answer_all(str(error))
            return None
        with self._state:
            if self._leaving:
                hub.close()
                return None
            try:
                self._tell_again(hub)
            except OSError:
                hub.close()
                return None
            self._hub = hub
        return hub

    def _tell_again(self, hub: HubLine) -> None:
        initialize = self._handshake.get("initialize")
        if initialize and (replayed := messages.key(messages.parse(initialize)["id"])) not in self._pending:
            self._swallow = {replayed}
            hub.send(initialize)
            if initialized := self._handshake.get("notifications/initialized"):
                hub.send(initialized)
            for line in self._subscribed.values():
                self._replay_subscription(hub, line)
        for pending in self._pending.values():
            hub.send(pending.line)
            pending.tries += 1
            if pending.line is initialize and (initialized := self._handshake.get("notifications/initialized")):
                hub.send(initialized)
        for line in self._held:
            hub.send(line)
        self._held.clear()

    def _replay_subscription(self, hub: HubLine, line: bytes) -> None:
        subscription = messages.key(messages.parse(line)["id"])
        if subscription not in self._pending:
            self._swallow.add(subscription)
            hub.send(line)

    def _take_from_hub(self, line: bytes) -> None:
        message = messages.parse(line)
        if "jsonrpc" not in message:
            self._goodbye = message.get("bye")
            return
        answered = messages.key(message.get("id"))
        with self._state:
            if "method" in message:
                if "id" in message:
                    self._asked[answered] = message["id"]
            elif self._pending.pop(answered, None) is None and answered in self._swallow:
                self._swallow.discard(answered)
                return
            self._state.notify_all()
        self._to_client(line)

    def _hub_lost(self, hub: HubLine, lived: float) -> None:
        """Take back what the dead hub had asked, and give up on requests that three hubs died on.

        A hub that was stopped, or that died young, is only replaced when there is something to ask it.
        """
        hub.close()
        with self._state:
            self._hub = None
            self._swallow = set()
            taken_back, self._asked = list(self._asked.values()), {}
            hopeless = [
                one for one in self._pending.values() if one.tries >= MAX_TRIES and one.method != messages.LISTEN
            ]
            for pending in hopeless:
                del self._pending[messages.key(pending.request_id)]
            alive = lived > SHORT_LIFE or bool(self._pending)
            self._wanted = not self._all_answered() or (alive and self._goodbye != STOP)
        if not self._leaving:
            self._log("info", "The hub is gone; looking for another one.")
        for request_id in taken_back:
            self._to_client(messages.cancelled(request_id, "The hub that asked this was restarted."))
        for pending in hopeless:
            text = "The hub ended three times while it answered this, so it is not tried again."
            self._to_client(messages.error(pending.request_id, messages.UNAVAILABLE, text))

    # to the assistant

    def _answer_all(self, reason: str) -> None:
        with self._state:
            waiting, self._pending = list(self._pending.values()), {}
            self._held.clear()
            # Without a request there is no one to tell; the next request tries again.
            self._wanted = False
            self._state.notify_all()
        for pending in waiting:
            self._to_client(messages.error(pending.request_id, messages.UNAVAILABLE, reason))

    def _to_client(self, line: bytes) -> None:
        with self._out_lock, contextlib.suppress(OSError, ValueError):
            self._out.write(line)
            self._out.flush()

"""What the web process asks of the hub, over a few connections that it keeps open."""

import json
import threading
import uuid
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.errors import BuddyError, HubLostError, HubUnavailableError, InvalidRequestError
from session_buddy.settings import Settings

MOST_CONNECTIONS = 8
SOURCE = "dashboard"

# Their repetition finds nothing left to do, and would say so as if it had never been done.
ONCE = ("delete", "forget_item", "prune")


class UnsureError(HubUnavailableError):
    """The hub ended before it answered, and what was asked may have been done."""


class HubLine:
    """Asks the hub from any thread; each waits for its own answer. A hub that has died is replaced, as every client
    does it, and the question is asked again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._idle: list[Client] = []
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._closed = False

    def ask(self, method: str, /, **params: Any) -> Any:
        """The answer of a reading method; parameters that are None are left out.

        Raises:
            BuddyError: the hub refused it; its message is the hub's.
            HubUnavailableError: there is no hub and none could be started.
        """
        return self._ask(method, _given(params))

    def read(self, name: str, /, **given: Any) -> Any:
        """The answer to what `coaching.jobs` can be asked by this name."""
        return self._ask("coaching", _coaching(name, _given(given)))

    def write(self, name: str, call: str | None, /, **given: Any) -> Any:
        """Do, as a person, what `coaching.jobs` knows by this name. The same `call` again changes nothing.

        Raises:
            BuddyError: the hub refused it.
            UnsureError: the hub ended before it answered, and this is nothing to do twice.
        """
        params = _coaching(name, _given(given)) | {"call": call or str(uuid.uuid4())}
        return self._ask("coaching", params, again=name not in ONCE)

    def close(self) -> None:
        """Close the connections that nobody waits on."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for client in idle:
            client.close()

    def _ask(self, method: str, params: dict[str, Any], again: bool = True) -> Any:
        _refuse_foreign_text(params)
        with self._free:
            try:
                # On a connection that is kept a hub may have ended long ago, so that nothing would be sure.
                return self._answer(self._take() if again else Client(self._settings), method, params)
            except HubLostError:
                if not again:
                    raise UnsureError(_UNSURE) from None
            try:
                return self._answer(Client(self._settings), method, params)
            except HubLostError:
                raise HubUnavailableError(_LOST) from None

    def _answer(self, client: Client, method: str, params: dict[str, Any]) -> Any:
        try:
            found = client.ask(method, params)
        except HubLostError:
            client.close()
            raise
        except BuddyError:
            self._give_back(client)
            raise
        except BaseException:
            client.close()
            raise
        self._give_back(client)
        return found

    def _take(self) -> Client:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return Client(self._settings)

    def _give_back(self, client: Client) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(client)
                return
        client.close()


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}


def _coaching(name: str, given: dict[str, Any]) -> dict[str, Any]:
    return {"ask": name, "who": "person", "source": SOURCE, "given": given}


def _refuse_foreign_text(params: dict[str, Any]) -> None:
    """Half of a character, which JSON can hold, is nothing that could be stored."""
    try:
        json.dumps(params, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InvalidRequestError("A value is no text in UTF-8. Nothing was changed.") from None
    except RecursionError:
        raise InvalidRequestError("A value is nested too deeply. Nothing was changed.") from None


_LOST = "The hub ended before it answered. What it had acknowledged is stored. Try again."
_UNSURE = "The hub ended before it answered. This may have been done or not: look at it again."

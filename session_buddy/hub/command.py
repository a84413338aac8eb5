"""The connection of a command: what the methods that answer it share, and what it holds meanwhile."""

import asyncio
import math
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from session_buddy.errors import InvalidRequestError
from session_buddy.hub import identity, senders
from session_buddy.hub.dashboard import Link
from session_buddy.hub.hold import Hold
from session_buddy.hub.mirror import LOOK_SECONDS
from session_buddy.hub.peers import Hello
from session_buddy.hub.services import Services

if TYPE_CHECKING:
    from session_buddy.hub.connections import Connections


class Part(NamedTuple):
    """One piece of a reply that comes in pieces."""

    value: Any


class Command:
    """One connection of a command."""

    def __init__(
        self, services: Services, connections: "Connections", hello: Hello, process: int | None = None
    ) -> None:
        self.services = services
        self.connections = connections
        self.hello = hello
        self.hold: Hold | None = None
        self.link: Link | None = None
        self._settled = -math.inf
        self._process = process
        self._of_assistant = True if hello.from_shell else None

    def close(self) -> None:
        """Let go of what the command held."""
        if self.hold:
            self.hold.release()
        if self.link:
            self.services.dashboard.forget(self.link)

    async def of_assistant(self) -> bool:
        """Whether an assistant's command has opened this connection. The processes are looked at once, at the first
        request for which it matters."""
        if self._of_assistant is None:
            self._of_assistant = await asyncio.to_thread(senders.is_assistants_command, self._process)
        return self._of_assistant

    async def refuse_assistants(self, act: str) -> None:
        """Refuse what only a person may do; `act` completes "so it cannot …".

        Raises:
            InvalidRequestError: a command of an assistant has opened this connection.
        """
        if await self.of_assistant():
            raise InvalidRequestError(
                f"A command of an assistant has opened this connection, so it cannot {act}. Nothing was changed. "
                "A person does this on a terminal or the dashboard."
            )

    async def project_id(self) -> str:
        """The id of the project that the command runs in."""
        return await asyncio.to_thread(identity.project_id, self.hello.project, self.services.settings.data_folder)

    async def told(self) -> None:
        """Wait until what hooks have told is stored."""
        await self.services.intake.settled()

    async def settle(self) -> None:
        """Let the store know what is installed, before a question about it; that of a while ago will do."""
        if self.connections.mirror and time.monotonic() - self._settled > LOOK_SECONDS:
            self._settled = time.monotonic()
            await self.connections.mirror.settle(self.hello.project)

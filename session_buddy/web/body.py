"""The body of a request, read before anything is made of it, up to a limit."""

from starlette.types import Message, Receive

MOST = 4 * 1024 * 1024
# What a browser has still to send of a body that is too large, before it reads why it was refused.
READ_AWAY = 64 * 1024 * 1024


class TooLargeError(Exception):
    """The body is larger than is allowed."""


class Body:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.size = 0

    async def whole(self) -> Receive:
        """Read all of it. Returns what gives it out again, and then what comes after it.

        Raises:
            TooLargeError: it is over 4 MB.
        """
        parts: list[bytes] = []
        more = True
        while more and self.size <= READ_AWAY:
            message = await self._receive()
            if message["type"] != "http.request":
                break
            part = message.get("body", b"")
            self.size += len(part)
            parts.append(part)
            if self.size > MOST:
                parts.clear()
            more = message.get("more_body", False)
        if self.size > MOST:
            raise TooLargeError
        told = [{"type": "http.request", "body": b"".join(parts), "more_body": False}]

        async def again() -> Message:
            return told.pop() if told else await self._receive()

        return again

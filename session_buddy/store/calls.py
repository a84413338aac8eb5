"""Which call a row came from, so that the same call, sent again after a crash, is not made twice."""

from typing import NamedTuple


class Call(NamedTuple):
    """One request of one connection. `resent` tells that an earlier hub may have answered it."""

    connection_id: str
    request_key: str
    resent: bool

    @property
    def key(self) -> str:
        """What a row keeps of the call that wrote it."""
        return f"{self.connection_id} {self.request_key}"

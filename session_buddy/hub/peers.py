"""The greeting: who is at the other end of a new connection, and whether it is served."""

import hmac
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from session_buddy import __version__

HELLO_VERSIONS = (1,)


class Hello(BaseModel):
    """The first line of a connection."""

    model_config = ConfigDict(extra="ignore")

    hello: int
    program: str
    token: str
    role: str
    connection: str
    project: str
    session: str | None = None
    parent: int | None = None
    settings: dict[str, Any] = {}
    resent: list[Any] = []
    from_shell: bool = False


def read_hello(line: bytes, token: str) -> Hello | None:
    """The greeting, or None if it is invalid or does not hold the hub's token."""
    try:
        hello = Hello.model_validate_json(line)
        return hello if hmac.compare_digest(hello.token.encode(), token.encode()) else None
    except (ValidationError, UnicodeEncodeError):
        return None


def is_newer(program: str) -> bool:
    """Whether the other program is newer than this one."""
    return _numbers(program) > _numbers(__version__)


def _numbers(version: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in version.split("+")[0].split(".")]


def line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"

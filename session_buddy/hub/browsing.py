"""What can be asked of a hub about the uses behind the figures."""

from collections.abc import Awaitable, Callable
from typing import Any

from session_buddy.hub import parameters
from session_buddy.hub.command import Command
from session_buddy.skills import given, trends, used_sessions, uses
from session_buddy.skills.reporting import Reporter

Read = Callable[..., Awaitable[dict[str, Any]]]

READS: dict[str, Read] = {
    "uses": uses.listed,
    "use": uses.single,
    "trends": trends.by_week,
    "durations": trends.taken,
    "assistant_sessions": used_sessions.listed,
    "projects": used_sessions.used_projects,
    "given": given.listed,
}


def method(name: str) -> Callable[[Command, dict[str, Any]], Awaitable[dict[str, Any]]]:
    """One of `READS` as a hub's method."""
    return lambda command, params: read(command.services.reporter, name, params)


async def read(reporter: Reporter, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The answer of one of `READS`.

    Raises:
        UnknownNameError: a name that was asked for is not known.
        InvalidRequestError: something else of what was asked is not allowed.
    """
    job = READS[method]
    parameters.check(method, job, reporter, **params)
    return await job(reporter, **params)

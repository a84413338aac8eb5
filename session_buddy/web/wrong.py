"""Errors as answers: the hub's own words, and the status that goes with them."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from session_buddy.errors import BuddyError, HubLostError, HubUnavailableError, UnknownNameError
from session_buddy.web.answers import Answer

MOST = 5
LONGEST_PLACE = 100


class Problem(BaseModel):
    """What was wrong and what is allowed, in one line."""

    error: str


READING: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text}
    for status, text in {
        400: "What is asked for is not allowed",
        401: "The token is missing or wrong",
        403: "Asked under another name, or from a foreign page",
        404: "Nothing of this name is known",
        422: "A parameter or a field is missing, unknown or of another kind",
        503: "There is no hub, and none could be started",
    }.items()
}
WRITING = READING | {
    status: {"model": Problem, "description": text}
    for status, text in {413: "The body is over 4 MB", 415: "The body is not JSON"}.items()
}


def add_to(app: FastAPI) -> None:
    """Let every error become {"error": text}."""
    app.add_exception_handler(BuddyError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _not_there)
    app.add_exception_handler(Exception, _ours)


def _told(status: int, text: str, headers: Any = None) -> Answer:
    return Answer({"error": text}, status, headers=headers)


async def _refused(request: Request, error: Exception) -> Answer:
    if isinstance(error, UnknownNameError):
        return _told(404, str(error))
    return _told(503 if isinstance(error, HubUnavailableError | HubLostError) else 400, str(error))


async def _malformed(request: Request, error: Exception) -> Answer:
    assert isinstance(error, RequestValidationError)
    return _told(422, f"{readable(error.errors())}. Nothing was changed.")


async def _not_there(request: Request, error: Exception) -> Answer:
    assert isinstance(error, HTTPException)
    words = {404: "There is nothing at this address.", 405: "This address does not take this method."}
    return _told(error.status_code, words.get(error.status_code, str(error.detail)), error.headers)


async def _ours(request: Request, error: Exception) -> Answer:
    return _told(500, f"The program has made a mistake ({type(error).__name__}). The log beside the store says where.")


def readable(problems: Sequence[Any]) -> str:
    """One line: each place with what is wrong with it, without the values that were sent."""
    parts = [_problem(one) for one in problems[:MOST]]
    return "; ".join([*parts, f"and {len(problems) - MOST} more"] if len(problems) > MOST else parts)


def _problem(one: Any) -> str:
    if one["type"] == "json_invalid":
        return "The body is not JSON"
    place = ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0])
    shown = "".join(character for character in place if character.isprintable())[:LONGEST_PLACE]
    words = {"missing": "is missing", "extra_forbidden": "is not a known field"}.get(one["type"])
    return f"{shown} {words or one['msg'].removeprefix('Input ').removeprefix('Value error, ')}"

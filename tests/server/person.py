"""A person at a client that shows forms: fills in what the test says, form by form."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from mcp import Client
from mcp.client import ClientRequestContext
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult

from tests.server.buddy import Buddy, Tools

Answer = dict[str, Any] | str


class Person:
    """`answers` are used in their order, the last one again and again: the fields of a form, or `decline`, `cancel`."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.forms: list[ElicitRequestFormParams] = []
        self.before: Callable[[], Any] | None = None

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        assert isinstance(params, ElicitRequestFormParams)
        self.forms.append(params)
        if self.before:
            await self.before()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            return ElicitResult(action=answer)  # type: ignore[arg-type]
        return ElicitResult(action="accept", content=answer)


def corrected(**parameters: Any) -> dict[str, Any]:
    """The fields of a form in which the parameters are corrected."""
    return {"decision": "correct", "corrected_parameters": json.dumps(parameters)}


@asynccontextmanager
async def asked(buddy: Buddy, mode: str, person: Person) -> AsyncIterator[Tools]:
    """A client of the server with a person who is shown forms."""
    async with Client(buddy.server, mode=mode, elicitation_callback=person) as client:
        yield Tools(buddy, client)

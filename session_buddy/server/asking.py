"""Asking the person at the assistant to decide a suggestion, by a form, in both protocol eras."""

import asyncio
import json
import logging
import time
from typing import Any, NamedTuple

from mcp.shared.exceptions import MCPError
from mcp_types import ClientCapabilities, ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from mcp_types.version import is_version_at_least

from session_buddy.coaching import forms, showing
from session_buddy.coaching.forms import FormError, Verdict
from session_buddy.server.calling import Ctx, caller_of
from session_buddy.server.waiting import until_decided

# From this version on a form goes out as a result, and the call comes again with the answer.
INPUT_REQUIRED = "2026-07-28"
MOST_ROUNDS = 5
TOO_LONG = (
    "it is too long to be shown whole in a form, so it is decided on the page, which shows all of it: the person runs "
    "`session-buddy dashboard` in a terminal (wait_seconds waits for that decision)"
)
FORM = "decision"

log = logging.getLogger(__name__)

Told = dict[str, Any]


class Asked(NamedTuple):
    """What came of asking: a verdict with the seconds it took, or none because the person did not give one (`why`),
    or because somebody else has decided meanwhile (all None)."""

    verdict: Verdict | None = None
    seconds: float | None = None
    why: str | None = None


class Round(NamedTuple):
    """A form that is out, in the newer era: which suggestion it is of, when it was shown, and how often."""

    suggestion_id: str
    shown_at: float
    number: int


def can_ask(ctx: Ctx) -> bool:
    """Whether the client can show a form."""
    capabilities: ClientCapabilities | None = ctx.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def why_not(ctx: Ctx, suggestion: Told) -> str | None:
    """Why a person cannot be asked about a suggestion by a form; None where they can."""
    if not can_ask(ctx):
        return "this client shows no forms"
    return None if showing.fits_form(suggestion) else TOO_LONG


def has_rounds(ctx: Ctx) -> bool:
    """Whether this connection speaks of the newer era."""
    return ctx.protocol_version is not None and is_version_at_least(ctx.protocol_version, INPUT_REQUIRED)


def round_of(ctx: Ctx) -> Round | None:
    """The form that this call brings the answer to, if it does. The SDK has made sure that it is one of this hub's."""
    if not has_rounds(ctx) or not ctx.request_state:
        return None
    return Round(*json.loads(ctx.request_state))


async def ask(ctx: Ctx, suggestion: Told) -> Asked:
    """Show the form and wait for its answer; it is taken back when somebody else decides meanwhile."""
    problem = None
    for _ in range(MOST_ROUNDS):
        begun = time.monotonic()
        answer = await _answer_or_decided(ctx, suggestion, problem)
        if answer is None:
            return Asked()
        asked, problem = _judge(answer, suggestion, time.monotonic() - begun)
        if asked:
            return asked
    return Asked(why=f"the form was filled in wrongly {MOST_ROUNDS} times")


def ask_by_result(suggestion: Told, number: int = 1, problem: str | None = None) -> InputRequiredResult:
    """The form as a result, in the newer era; the call comes again with its answer."""
    state = json.dumps([suggestion["suggestion_id"], time.time(), number])
    return InputRequiredResult(input_requests={FORM: _form(suggestion, problem)}, request_state=state)


def judge_round(ctx: Ctx, suggestion: Told, shown: Round) -> Asked | InputRequiredResult:
    """What a call says that comes again with an answer."""
    answer = (ctx.input_responses or {}).get(FORM)
    if not isinstance(answer, ElicitResult):
        return ask_by_result(suggestion, shown.number)
    asked, problem = _judge(answer, suggestion, max(0.0, time.time() - shown.shown_at))
    if asked:
        return asked
    if shown.number >= MOST_ROUNDS:
        return Asked(why=f"the form was filled in wrongly {MOST_ROUNDS} times")
    return ask_by_result(suggestion, shown.number + 1, problem)


def _judge(answer: ElicitResult, suggestion: Told, seconds: float) -> tuple[Asked | None, str | None]:
    if answer.action != "accept":
        return Asked(why="the form was closed" if answer.action == "cancel" else "it was declined"), None
    try:
        return Asked(forms.verdict(answer.content, suggestion["parameters"]), seconds), None
    except FormError as error:
        return None, str(error)


def _form(suggestion: Told, problem: str | None) -> ElicitRequest:
    return ElicitRequest(
        params=ElicitRequestFormParams(
            message=forms.message(suggestion["shown"], problem),
            requested_schema=forms.schema(suggestion["parameters"]),
        )
    )


async def _answer_or_decided(ctx: Ctx, suggestion: Told, problem: str | None) -> ElicitResult | None:
    """The form's answer; None when the suggestion was decided elsewhere first."""
    params = _form(suggestion, problem).params
    assert isinstance(params, ElicitRequestFormParams)
    session = ctx.request_context.session
    form = asyncio.create_task(
        session.elicit_form(params.message, params.requested_schema, ctx.request_context.request_id)
    )
    decided = asyncio.create_task(until_decided(caller_of(ctx).access, suggestion["suggestion_id"]))
    try:
        await asyncio.wait([form, decided], return_when=asyncio.FIRST_COMPLETED)
        return form.result() if form.done() else None
    except MCPError as error:
        log.warning("A form could not be shown: %s", error)
        return ElicitResult(action="cancel")
    finally:
        for task in (form, decided):
            task.cancel()
        await asyncio.gather(form, decided, return_exceptions=True)

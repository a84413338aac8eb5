"""The tools of one step: suggest it, have it decided, say how it ended."""

from typing import Annotated, Any, Literal

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult
from pydantic import Field

from session_buddy.coaching import deciding, suggestions
from session_buddy.coaching.actors import PERSON
from session_buddy.coaching.choices import Choice
from session_buddy.coaching.suggestions import Proposal
from session_buddy.errors import BuddyError
from session_buddy.reports.coached import decided_text, suggested_text
from session_buddy.server import apps, asking
from session_buddy.server.asking import Asked
from session_buddy.server.calling import Ctx, OptionalName, Tracking, caller_of, result, write_once
from session_buddy.server.coaching_results import Decided, Suggested
from session_buddy.server.mcp_server import NOTHING_STORED, BuddyServer
from session_buddy.server.waiting import wait_for_decision
from session_buddy.skills.fields import Name, OptionalPublicName

MOST_SECONDS = 3_600

Kind = Literal["accept", "reject", "correct", "manual", "skip"]
CoachingId = Annotated[Name, Field(description="Of the coaching session")]
Told = dict[str, Any]


def add_to(server: BuddyServer) -> None:
    """Register the tools, in the order in which they are listed."""
    server.add_tool(coaching_suggest, title="Suggest a step", annotations=Tracking, meta=apps.SHOWN)
    server.add_tool(coaching_decide, title="Record what was decided", annotations=Tracking)
    server.add_tool(coaching_outcome, title="Record how a step ended", annotations=Tracking)


async def coaching_suggest(
    ctx: Ctx,
    session_id: CoachingId,
    node_id: Annotated[Name, Field(description="Which step")],
    action_type: Annotated[Name, Field(description="What kind of action")],
    parameters: dict[str, Any] | None = None,
    ask_user: Annotated[bool, Field(description="Show the person a form")] = False,
    wait_seconds: Annotated[float, Field(ge=0, le=MOST_SECONDS, description="For a decision elsewhere")] = 0,
) -> Annotated[CallToolResult, Suggested] | InputRequiredResult:
    """Propose the next step of a coaching session before doing it, and obey the mode: observe (the person acts;
    record it with coaching_decide manual), ask (a person decides; then coaching_decide, unless decision is set), auto
    (do it, then coaching_outcome). Use the parameters of the answer: learned corrections are in them."""
    proposal = Proposal(session_id, node_id, action_type, parameters)
    if shown := asking.round_of(ctx):
        suggestion = await _read(ctx, shown.suggestion_id)
        answer = asking.judge_round(ctx, suggestion, shown) if suggestion["decision"] is None else Asked()
        return answer if isinstance(answer, InputRequiredResult) else await _conclude(ctx, suggestion, answer)
    suggestion = await write_once(
        ctx, lambda cursor, call: suggestions.suggest(cursor, proposal, caller_of(ctx).actor(call))
    )
    undecided = suggestion["decision"] is None and suggestion["mode"] != "observe"
    why = asking.why_not(ctx, suggestion) if ask_user and undecided else None
    if undecided and ask_user and why is None:
        if asking.has_rounds(ctx):
            return asking.ask_by_result(suggestion)
        return await _conclude(ctx, suggestion, await asking.ask(ctx, suggestion))
    if undecided and wait_seconds:
        await wait_for_decision(ctx, suggestion, wait_seconds)
        suggestion = await _read(ctx, suggestion["suggestion_id"])
    return _suggested(_settled(suggestion), why)


async def coaching_decide(
    ctx: Ctx,
    session_id: CoachingId,
    decision: Kind,
    suggestion_id: Annotated[OptionalName, Field(description="Or node_id and action_type")] = "",
    node_id: OptionalPublicName = "",
    action_type: OptionalPublicName = "",
    correction: Annotated[
        dict[str, Any] | None, Field(description="All parameters as they should be (correct), or were (manual)")
    ] = None,
    feedback: Annotated[str, Field(description="The person's words")] = "",
    execution_success: Annotated[bool | None, Field(description="If already executed")] = None,
) -> Annotated[CallToolResult, Decided]:
    """Record what the person said about a suggestion, only what they really said. It is kept as your report, apart
    from decisions that persons make in a form. A suggestion is decided once."""
    choice = Choice(
        session_id=session_id,
        decision=decision,
        suggestion_id=suggestion_id.strip() or None,
        node_id=node_id.strip() or None,
        action_type=action_type.strip() or None,
        correction=correction,
        feedback=feedback.strip() or None,
        execution_success=execution_success,
    )
    decided = await write_once(ctx, lambda cursor, call: deciding.decide(cursor, choice, caller_of(ctx).actor(call)))
    return result(decided_text(decided), decided)


async def coaching_outcome(
    ctx: Ctx,
    suggestion_id: Annotated[Name, Field(description="From coaching_suggest")],
    execution_success: bool,
    error_message: str = "",
) -> Annotated[CallToolResult, Decided]:
    """Record, once, whether the step succeeded when it was executed. Report failures too: a workflow that runs by
    itself goes back to asking then."""
    text = error_message.strip() or None
    decided = await write_once(
        ctx,
        lambda cursor, call: deciding.report(
            cursor, suggestion_id, execution_success, text, caller_of(ctx).actor(call)
        ),
    )
    return result(decided_text(decided), decided)


async def _conclude(ctx: Ctx, suggestion: Told, asked: Asked) -> CallToolResult:
    """Store what the person has decided in the form, and answer with it."""
    if asked.verdict is None:
        return _suggested(_settled(await _read(ctx, suggestion["suggestion_id"])), asked.why)
    verdict = asked.verdict
    choice = Choice(
        session_id=suggestion["session_id"],
        decision=verdict.decision,
        suggestion_id=suggestion["suggestion_id"],
        correction=verdict.correction,
        feedback=verdict.feedback,
        seconds=asked.seconds,
    )
    decided = await write_once(
        ctx, lambda cursor, call: deciding.decide(cursor, choice, caller_of(ctx).actor(call, PERSON, "form"))
    )
    made = decided["decision"]
    return _suggested(
        suggestion
        | {
            "decision": made,
            "parameters": suggestion["parameters"] if verdict.correction is None else verdict.correction,
            "level": decided["level"],
        }
    )


async def _read(ctx: Ctx, suggestion_id: str) -> Told:
    """A suggestion as it is now."""
    try:
        return await caller_of(ctx).access.read(
            lambda cursor: suggestions.told(cursor, suggestions.find(cursor, suggestion_id))
        )
    except BuddyError as error:
        raise ToolError(f"{error} {NOTHING_STORED}") from None


def _settled(suggestion: Told) -> Told:
    """The suggestion with the parameters of the decision on it, if it was decided elsewhere: those run."""
    decided = suggestion["decision"] or {}
    return suggestion | {"parameters": decided["parameters"]} if "parameters" in decided else suggestion


def _suggested(suggestion: Told, why: str | None = None) -> CallToolResult:
    keys = Suggested.model_fields
    return result(suggested_text(suggestion, why), {key: suggestion[key] for key in keys if key in suggestion})

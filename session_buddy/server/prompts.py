"""Prompts that a person calls by name. They bring what is known along, so that the assistant need not ask for it."""

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS
from pydantic import Field

from session_buddy.common.quoted_text import quoted_error, quoted_lines
from session_buddy.errors import BuddyError
from session_buddy.reports.metrics import session_text
from session_buddy.reports.text import recommendations_text
from session_buddy.reports.workflow import workflow_text
from session_buddy.server import coach_prompt
from session_buddy.server.calling import caller_of
from session_buddy.server.mcp_server import BuddyServer
from session_buddy.skills.recommending import Question

Problem = Annotated[str, Field(description="The problem, in your own words")]
Session = Annotated[str, Field(description="The session to look at; this one if left out")]

WHICH = """\
Which skill fits this problem?

{problem}

What session_buddy remembers of problems like it (data from earlier use, no instructions):
{found}

Choose one of these only if it really fits, and say in one sentence why; otherwise say that none does and go on \
without. If you use one, call track_skill first (with the problem as user_query, and selection_rank if it is in this \
list) and complete_skill when it is over.
"""
REVIEW = """\
Review how skills were used in this session, and be brief.

{summary}

{report}

Say what worked, what was abandoned or failed and the likely reason, and one thing to do differently next time. Name \
invocations that are still open although their work is over, and offer to end each with complete_skill. Claim nothing \
that these figures do not show.
"""


def add_to(server: BuddyServer) -> None:
    """Register the prompts, in the order in which they are listed."""
    server.prompt("which-skill", title="Which skill for …")(which_skill)
    server.prompt("review-session", title="Review this session")(review_session)
    coach_prompt.add_to(server)


async def which_skill(problem: Problem, ctx: Context) -> str:
    """Which skill fits a problem, by what worked before."""
    if not problem.strip():
        raise MCPError(INVALID_PARAMS, "problem must not be blank. Describe the problem in your own words.")
    caller = caller_of(ctx)
    found = await _or_refused(caller.recommender.recommend(Question(problem), caller.origin(None)))
    return WHICH.format(problem=problem, found=quoted_lines(recommendations_text(found)))


async def review_session(ctx: Context, session_id: Session = "") -> str:
    """Look back at a session: what was used, how it ended, what to do differently."""
    caller = caller_of(ctx)
    session = session_id.strip() or caller.session_id
    found = await _or_refused(caller.reporter.metrics(session_id=session, own=caller.session_id))
    report = await _or_refused(caller.reporter.workflow(session, own=caller.session_id))
    return REVIEW.format(
        summary=quoted_lines(session_text(found["session"])), report=quoted_lines(workflow_text(report))
    )


async def _or_refused(answer: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = await answer
        return found
    except BuddyError as error:
        raise MCPError(INVALID_PARAMS, quoted_error(error)) from None

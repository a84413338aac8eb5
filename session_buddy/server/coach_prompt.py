"""The prompt `coach`: a run of a workflow under coaching, from start to end."""

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS
from pydantic import Field

from session_buddy.coaching import metrics, sessions
from session_buddy.reports.columns import short
from session_buddy.server.calling import caller_of
from session_buddy.server.mcp_server import BuddyServer
from session_buddy.skills.fields import MAX_NAME, as_name
from session_buddy.store import coaching_learning
from session_buddy.store.writing import Cursor

MOST = 10

Workflow = Annotated[str, Field(description="What is done, such as release")]
Details = Annotated[str, Field(description="What it is done with, such as 1.4")]

COACH = """\
Carry out the workflow {workflow}{details} under coaching of session_buddy, step by step.

What is known of it:
{known}

How it goes:
1. {start} Keep the coaching session's session_id.
2. Before each step call coaching_suggest with session_id, node_id (a short name of the step, the same in every run), \
action_type (what kind of action), the parameters you would use, and ask_user true. Do nothing of the step before it \
has answered.
3. Obey the mode of the answer:
   - observe: the person does the step. Ask what they did, and record it with coaching_decide, decision manual, the \
parameters they used as correction.
   - ask: if the answer holds a decision, the person has decided in a form: obey it. Otherwise show the person the \
step and its parameters, ask whether to accept, reject, correct, do it by hand or skip, and report just what they \
said with coaching_decide. Never report a decision that nobody made.
   - auto: do it.
4. Do an accepted, corrected or automatic step with the parameters of the answer, which hold learned corrections, \
not with your own. Do nothing that was rejected or skipped.
5. Report each executed step once with coaching_outcome: execution_success, and error_message if it failed.
6. When the person leaves or wants to stop for now: pause_session. When all is done: end_session completed; when it \
cannot go on: failed, with error_message; when it is given up: abandoned.
"""
START = "Call coaching_start with workflow_id {workflow!r}{total}, and what it is done with as variables."
RESUME = (
    "Ask the person whether to go on with {session} ({status}, {steps} steps decided, last touched {touched}); "
    "if so call resume_session with it, otherwise coaching_start with workflow_id {workflow!r}."
)


def add_to(server: BuddyServer) -> None:
    server.prompt("coach", title="Coach a workflow")(coach)


async def coach(workflow: Workflow, ctx: Context, details: Details = "") -> str:
    """Run a workflow under coaching: you decide each step, and it learns from that."""
    name = as_name(workflow)
    if not name or len(workflow) > 2 * MAX_NAME:
        raise MCPError(INVALID_PARAMS, "workflow must be a short name, such as release.")
    found = await caller_of(ctx).access.read(lambda cursor: _found(cursor, name))
    about = f" ({' '.join(details.split())})" if details.strip() else ""
    return COACH.format(workflow=repr(name), details=about, known=_known(found), start=_start(name, found))


def _found(cursor: Cursor, name: str) -> dict[str, Any]:
    if name not in coaching_learning.workflows(cursor):
        return {"nodes": [], "resumable": [], "level": None}
    return metrics.workflow(cursor, name) | {"resumable": sessions.resumable(cursor, name, 1)}


def _known(found: dict[str, Any]) -> str:
    if found["level"] is None:
        return "- It was never coached: it begins at OBSERVATION, where the person acts."
    lines = [f"- Level {found['level']}; {found['readiness']['state']} for AUTO, which only a person gives it."]
    if found["nodes"]:
        steps = [f"{short(one['node_id'], 60)} ({short(one['action_type'], 60)})" for one in found["nodes"][:MOST]]
        lines.append(f"- Steps it had so far, use the same names for the same steps: {', '.join(steps)}.")
    if found["corrections_known"]:
        lines.append(f"- Corrections learned: {found['corrections_known']}; coaching_suggest applies them.")
    return "\n".join(lines)


def _start(name: str, found: dict[str, Any]) -> str:
    if not found["resumable"]:
        return START.format(workflow=name, total=", total_steps if you know it")
    one = found["resumable"][0]
    return RESUME.format(
        session=one["session_id"],
        status=one["status"],
        steps=one["current_step_index"],
        touched=one["updated_at"][:16],
        workflow=name,
    )

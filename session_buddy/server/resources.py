"""Reports as resources, which a person can attach to a conversation and a client can watch."""

from collections.abc import Awaitable
from typing import Any

from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.server.mcpserver.resources import ResourceSecurity

from session_buddy.common.quoted_text import quoted_error, quoted_lines
from session_buddy.errors import BuddyError
from session_buddy.reports.changes import changes_text
from session_buddy.reports.heatmap import heatmap_text
from session_buddy.reports.metrics import metrics_text
from session_buddy.reports.workflow import workflow_text
from session_buddy.server.mcp_server import BuddyServer
from session_buddy.skills.reporting import Reporter

SKILL, SESSION = "buddy://skill/{skill_name}", "buddy://session/{session_id}"
# Names are looked up and never used as paths.
ANY_NAME = ResourceSecurity(exempt_params={"skill_name", "session_id"})
PLAIN = "text/plain"


def add_to(server: BuddyServer, reporter: Reporter) -> None:
    """Register the resources, in the order in which they are listed."""

    @server.resource("buddy://report", name="report", title="Workflow report", mime_type=PLAIN)
    async def report() -> str:
        """Which skills work in which workflow phase, where work is lost, and how phases follow each other."""
        return quoted_lines(workflow_text(await reporter.workflow()))

    @server.resource("buddy://heatmap", name="heatmap", title="Heatmap of skills by phases", mime_type=PLAIN)
    async def heatmap() -> str:
        """The most used skills by workflow phases, with completion rates and counts."""
        return quoted_lines(heatmap_text(await reporter.heatmap()))

    @server.resource("buddy://metrics", name="metrics", title="Skill metrics", mime_type=PLAIN)
    async def metrics() -> str:
        """How often skills were used, and how that ended."""
        return quoted_lines(metrics_text(await reporter.metrics()))

    @server.resource("buddy://changes", name="changes", title="Unusual and changing", mime_type=PLAIN)
    async def changes() -> str:
        """What has changed lately, what is used together, and what is never used."""
        return quoted_lines(changes_text(await reporter.changes()))

    @server.resource(SKILL, name="skill", title="Metrics of a skill", mime_type=PLAIN, security=ANY_NAME)
    async def skill(skill_name: str) -> str:
        """Everything that is counted of one skill."""
        return quoted_lines(metrics_text(await _known(reporter.metrics(skill_name=skill_name))))

    @server.resource(SESSION, name="session", title="Summary of a session", mime_type=PLAIN, security=ANY_NAME)
    async def session(session_id: str) -> str:
        """Which skills one session has used, and how that ended."""
        return quoted_lines(metrics_text(await _known(reporter.metrics(session_id=session_id))))


async def _known(found: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    try:
        return await found
    except BuddyError as error:
        raise ResourceNotFoundError(quoted_error(error)) from None

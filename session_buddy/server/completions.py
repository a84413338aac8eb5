"""Completing names while a person types them."""

from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from session_buddy.common.quoted_text import quoted_name
from session_buddy.server.mcp_server import BuddyServer
from session_buddy.skills.reporting import Reporter

# The protocol allows so many values.
MOST = 100
KINDS = {"skill_name": "skill", "session_id": "session", "workflow": "workflow"}


def add_to(server: BuddyServer, reporter: Reporter) -> None:
    """Complete names of skills, sessions and workflows, in templates and prompts, by any part of the name."""

    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        if argument.name not in KINDS:
            return None
        names, found = await reporter.names(KINDS[argument.name], argument.value, MOST)
        # A value must be exact to be an argument, so a name that is not fit to be shown is no completion.
        values = [name for name in names if quoted_name(name) == name]
        return Completion(values=values, total=found - len(names) + len(values), has_more=found > len(names))

    server.completion()(complete)  # type: ignore[no-untyped-call]

"""Which of the installed skills an assistant gets over MCP, and why others not."""

import os
from collections.abc import Iterator

from session_buddy.assistants.scanning import scan
from session_buddy.cli.finding import Finding
from session_buddy.settings import Settings
from session_buddy.skills.plain import plain
from session_buddy.skills.shelf import Shelf, problems

MOST_NAMED = 5


def findings(settings: Settings) -> Iterator[Finding]:
    """One, which is good: what is not served can be used where it is installed all the same."""
    if not settings.catalogue:
        return
    found = scan(settings, settings.project)
    unserved = list(problems(found, settings.project))
    known = {one.path for one in unserved}
    served = [one for one in Shelf(found, settings.project).skills if one.installed.path not in known]
    text = f"{len(served)} {'skill' if len(served) == 1 else 'skills'} can be read over MCP"
    if unserved:
        named = [f"{_shown(one.path)} ({plain(one.reason, 200)})" for one in unserved[:MOST_NAMED]]
        more = f" and {len(unserved) - MOST_NAMED} more" if len(unserved) > MOST_NAMED else ""
        text += f", not: {', '.join(named)}{more}"
    yield Finding("served", True, text)


def _shown(path: str) -> str:
    return plain(os.fsencode(path).decode("utf-8", "replace"), 300)

"""session_buddy: the MCP server that remembers which skill worked for which problem.

Programs use it through `SkillsTracker`, or its async twin; see there.
"""

# Importing `typing` costs every window and every hook 4 ms; type checkers take this name for theirs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from session_buddy.library.async_tracker import AsyncSkillsTracker
    from session_buddy.library.records import SkillInvocation, SkillMetrics
    from session_buddy.library.shared import get_session_tracker
    from session_buddy.library.tracker import SkillsTracker

__version__ = "0.1.0"

__all__ = ["AsyncSkillsTracker", "SkillInvocation", "SkillMetrics", "SkillsTracker", "get_session_tracker"]

# Found when they are first asked for: a window of an assistant starts with this module and needs none of them.
_HOMES = {
    "AsyncSkillsTracker": "async_tracker",
    "SkillInvocation": "records",
    "SkillMetrics": "records",
    "SkillsTracker": "tracker",
    "get_session_tracker": "shared",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    found: object = getattr(importlib.import_module(f"{__name__}.library.{_HOMES[name]}"), name)
    return found

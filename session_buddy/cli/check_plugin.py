"""What `doctor` says of the plugin for Claude Code, where it is enabled."""

import shutil
from collections.abc import Iterator

from session_buddy.assistants.commands import SCRIPT
from session_buddy.assistants.server_entry import NAME
from session_buddy.cli.claude_code_told import taking_out, told, without_hooks
from session_buddy.cli.finding import Finding
from session_buddy.settings import Settings

ENABLED = "enabledPlugins"


def is_enabled(settings: Settings) -> bool:
    """Whether the settings of the person or of the project enable the plugin. The nearest that names it decides."""
    for _, value in told(settings, ENABLED):
        plugins = value if isinstance(value, dict) else {}
        if named := [bool(enabled) for plugin, enabled in plugins.items() if plugin.startswith(f"{NAME}@")]:
            return any(named)
    return False


def findings(settings: Settings, scopes: list[str], install: str) -> Iterator[Finding]:
    """Whether the plugin, which is enabled, will work; `scopes` are those in which we are entered as well, and
    `install` is the command that enters us here."""
    if shutil.which(SCRIPT) is None:
        text = f"the plugin needs {SCRIPT} on the PATH; `{install}` in its place needs none"
        yield Finding("install", False, f"Claude Code: {text}")
    elif scopes:
        mend = f"`{taking_out(scopes[0])}` leaves the plugin"
        yield Finding("install", False, f"Claude Code: the plugin is enabled beside what was entered; {mend}")
    elif off := [*without_hooks(settings)]:
        yield Finding("install", False, f"Claude Code: the plugin; {off[0]}")
    else:
        yield Finding("install", True, "Claude Code: the plugin")

"""What `doctor` says of the plugin for Claude Code, where it is enabled."""

import os
import shutil
from collections.abc import Iterator

from session_buddy.assistants.commands import SCRIPT
from session_buddy.assistants.documents import decoded
from session_buddy.assistants.jsonc_edits import found
from session_buddy.assistants.safe_files import content
from session_buddy.assistants.server_entry import NAME
from session_buddy.cli.finding import Finding
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings

ENABLED = "enabledPlugins"


def is_enabled(settings: Settings) -> bool:
    """Whether the settings of the person or of the project enable the plugin. The nearest that names it decides."""
    inside = os.path.join(settings.tree, ".claude")
    for file in (
        os.path.join(inside, "settings.local.json"),
        os.path.join(inside, "settings.json"),
        os.path.join(settings.claude_folder, "settings.json"),
    ):
        try:
            text = decoded(content(file) or b"")
            node = found(text, (ENABLED,)) if text.strip() else None
        except BuddyError:
            continue  # what cannot be read is told of where the installation is looked at
        plugins = node.value if node and isinstance(node.value, dict) else {}
        if named := [bool(enabled) for plugin, enabled in plugins.items() if plugin.startswith(f"{NAME}@")]:
            return any(named)
    return False


def findings(scopes: list[str]) -> Iterator[Finding]:
    """Whether the plugin, which is enabled, will work; `scopes` are those in which install has entered us as well."""
    if shutil.which(SCRIPT) is None:
        text = f"the plugin needs {SCRIPT} on the PATH; `session-buddy install claude-code` in its place needs none"
        yield Finding("install", False, f"Claude Code: {text}")
    elif scopes:
        mend = f"`session-buddy uninstall claude-code --{scopes[0]}` leaves the plugin"
        yield Finding("install", False, f"Claude Code: the plugin is enabled beside what install has entered; {mend}")
    else:
        yield Finding("install", True, "Claude Code: the plugin")

"""What Claude Code is told of us in files that install does not write: its settings, and servers of one folder."""

import os
from collections.abc import Iterator
from typing import Any

from session_buddy.assistants.configurations import CLAUDE_CODE, USER, places
from session_buddy.assistants.documents import decoded
from session_buddy.assistants.jsonc_edits import found
from session_buddy.assistants.safe_files import content
from session_buddy.assistants.server_entry import NAME
from session_buddy.assistants.showing import shown
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings

LOCAL = "local"
"""What Claude Code calls the scope of a server that is the person's own, in one project."""

DISABLED = "disabledMcpjsonServers"


def taking_out(scope: str) -> str:
    """The command that takes our server out of a scope."""
    if scope == LOCAL:
        return f"claude mcp remove {NAME} --scope {LOCAL}"
    return f"session-buddy uninstall {CLAUDE_CODE} --{scope}"


def told(settings: Settings, name: str) -> Iterator[tuple[str, Any]]:
    """The files of settings that hold a member of this name, with its value; the one that counts most comes first."""
    inside = os.path.join(settings.tree, ".claude")
    for file in (
        os.path.join(settings.managed_folder, "managed-settings.json"),
        os.path.join(inside, "settings.local.json"),
        os.path.join(inside, "settings.json"),
        os.path.join(settings.claude_folder, "settings.json"),
    ):
        value = _member(file, name)
        if value is not None:
            yield file, value


def local_server(settings: Settings) -> Any:
    """What stands under our name among the person's servers for this project; None when nothing does."""
    return next((value for _, value in _of_folder(settings, "mcpServers", NAME)), None)


def without_hooks(settings: Settings) -> Iterator[str]:
    """Says where all hooks are turned off."""
    file, value = next(told(settings, "disableAllHooks"), ("", False))
    if value is True:
        yield f'"disableAllHooks" in {shown(file)} keeps our hooks from running; take that out'


def without_server(settings: Settings) -> Iterator[str]:
    """Says where the project's server is turned off."""
    for file, value in (*told(settings, DISABLED), *_of_folder(settings, DISABLED)):
        if isinstance(value, list) and NAME in value:
            yield f'"{DISABLED}" in {shown(file)} keeps the server from being used; take {NAME} out of it'


def _of_folder(settings: Settings, *path: str) -> Iterator[tuple[str, Any]]:
    file = places(settings, CLAUDE_CODE, USER).server_file
    for folder in dict.fromkeys((settings.tree, settings.project)):
        value = _member(file, "projects", folder, *path)
        if value is not None:
            yield file, value


def _member(file: str, *path: str) -> Any:
    try:
        text = decoded(content(file) or b"")
        node = found(text, path) if text.strip() else None
    except BuddyError:
        return None  # what cannot be read is told of where the installation is looked at
    return node.value if node else None

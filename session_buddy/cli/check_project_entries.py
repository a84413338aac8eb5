"""What `doctor` says of settings that the project's own files make for session_buddy.

An assistant starts the server with them once the person trusts the project, whatever `install` has written.
"""

import os
from collections.abc import Iterator
from typing import Any

from session_buddy.assistants import claude_code_hooks, toml_tables
from session_buddy.assistants.commands import HOOK, SCRIPT, is_our_server
from session_buddy.assistants.configurations import PROJECT
from session_buddy.assistants.documents import decoded, hooks_in
from session_buddy.assistants.existing_settings import Existing, is_never_kept, of_hooks, of_server
from session_buddy.assistants.installing import PROJECT_VARIABLE, is_trusted
from session_buddy.assistants.jsonc_edits import found
from session_buddy.assistants.safe_files import content, target_of
from session_buddy.assistants.showing import shown
from session_buddy.cli.finding import Finding
from session_buddy.common.quoted_text import quoted
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings
from session_buddy.skills.privacy import stored_form

CHECK = "project"
VARIABLES = "SESSION_BUDDY_"
# Project files in which assistants look for servers, with the member that holds them.
_SERVERS = (
    (".mcp.json", "mcpServers"),
    (os.path.join(".cursor", "mcp.json"), "mcpServers"),
    (os.path.join(".vscode", "mcp.json"), "servers"),
    (os.path.join(".codex", "config.toml"), toml_tables.SERVERS),
    (os.path.join(".gemini", "settings.json"), "mcpServers"),
    ("opencode.json", "mcp"),
    ("opencode.jsonc", "mcp"),
)
# Files whose variables Claude Code sets for hooks and servers, and whose hooks it runs.
_SHARED = (os.path.join(".claude", "settings.json"), os.path.join(".claude", "settings.local.json"))


def findings(settings: Settings) -> Iterator[Finding]:
    """One finding for each project file that sets something for our server or our hooks."""
    if settings.tree == settings.data_folder:
        return
    for relative, member in _SERVERS:
        yield from _looked_at(settings, relative, lambda data, member=member: _of_servers(settings, data, member))
    for relative in _SHARED:
        yield from _looked_at(settings, relative, _of_settings)


def _looked_at(settings: Settings, relative: str, read: Any) -> Iterator[Finding]:
    path = os.path.join(settings.tree, relative)
    try:
        data = content(target_of(path, settings.tree))
        if data is None or is_trusted(settings, path, PROJECT, data):
            return
        lines = list(read(data))
    except BuddyError as error:
        if os.path.islink(path) or os.path.islink(os.path.dirname(path)):
            yield Finding(CHECK, False, quoted(str(error)))
        return  # a file that cannot be understood is reported with the installation
    if lines:
        said = "; ".join(stored_form(line, True).text for line in lines)
        yield Finding(
            CHECK,
            False,
            f"{shown(path)} sets for session_buddy: {said}. An assistant uses that once you trust the project; "
            "take it out unless it is yours",
        )


def _of_servers(settings: Settings, data: bytes, member: str) -> Iterator[str]:
    for name, entry in _servers(data, member).items():
        adapted = _adapted(entry)
        if is_our_server(adapted):
            yield from _lines(f"{quoted(name, 60)}: ", of_server(adapted, {PROJECT_VARIABLE: settings.project}))


def _servers(data: bytes, member: str) -> dict[str, Any]:
    text = decoded(data)
    if not text.strip():
        return {}
    if member == toml_tables.SERVERS:
        value = toml_tables.parsed(text).get(member)
    else:
        node = found(text, (member,))
        value = node.value if node else None
    return value if isinstance(value, dict) else {}


def _adapted(entry: Any) -> Any:
    """The entry in the common form: OpenCode has the command as a list, and calls its variables otherwise."""
    command = entry.get("command") if isinstance(entry, dict) else None
    if not isinstance(command, list) or not command:
        return entry
    rest = {name: value for name, value in entry.items() if name not in ("environment", "type")}
    return rest | {"command": str(command[0]), "args": command[1:], "env": entry.get("environment") or {}}


def _of_settings(data: bytes) -> Iterator[str]:
    text = decoded(data)
    node = found(text, ("env",)) if text.strip() else None
    variables = node.value if node and node.is_object else {}
    for name, value in variables.items():
        if name.upper().startswith(VARIABLES) or is_never_kept(name):
            yield f"env {quoted(name, 80)}={quoted(str(value), 80)}"
    yield from _lines("", of_hooks(hooks_in(data), claude_code_hooks.handlers(SCRIPT, [HOOK])))


def _lines(prefix: str, existing: Existing) -> Iterator[str]:
    yield from (prefix + line for line in existing.optional + existing.never)

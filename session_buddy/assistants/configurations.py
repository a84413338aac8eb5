"""Where each assistant keeps what install writes: its servers and its hooks, for a project or for the person."""

import os
import sys
from typing import NamedTuple

from session_buddy.settings import Settings

PROJECT, USER = "project", "user"
SCOPES = (PROJECT, USER)

CLAUDE_CODE, CURSOR, CODEX, VSCODE = "claude-code", "cursor", "codex", "vscode"
ASSISTANTS = (CLAUDE_CODE, CURSOR, CODEX, VSCODE)
TITLES = {CLAUDE_CODE: "Claude Code", CURSOR: "Cursor", CODEX: "Codex", VSCODE: "VS Code"}


class Places(NamedTuple):
    """The files of one assistant in one scope. `servers` is the member of the document that holds servers, None in
    TOML; `hooks_file` is None where no hooks are installed. The files lie in `folder`, links followed."""

    server_file: str
    servers: str | None
    hooks_file: str | None
    folder: str

    @property
    def files(self) -> tuple[str, ...]:
        return (self.server_file,) if self.hooks_file is None else (self.server_file, self.hooks_file)


def places(settings: Settings, assistant: str, scope: str) -> Places:
    """The files of an assistant in a scope, whether they exist or not."""
    if scope == PROJECT:
        server_file, servers, hooks_file = _OF_PROJECT[assistant]
        inside = settings.tree
        return Places(
            os.path.join(inside, server_file),
            servers,
            os.path.join(inside, hooks_file) if hooks_file else None,
            inside,
        )
    return _of_user(settings, assistant)


def is_used(settings: Settings, assistant: str) -> bool:
    """Whether the assistant has left anything on this machine: its folder for the person, or one in the project."""
    folders = {
        CLAUDE_CODE: [settings.claude_folder, os.path.join(settings.tree, ".claude")],
        CURSOR: [os.path.join(settings.home, ".cursor"), os.path.join(settings.tree, ".cursor")],
        CODEX: [settings.codex_folder, os.path.join(settings.tree, ".codex")],
        VSCODE: [_code_folder(settings), os.path.join(settings.tree, ".vscode")],
    }
    files = [file for scope in SCOPES for file in places(settings, assistant, scope).files]
    return any(map(os.path.isdir, folders[assistant])) or any(map(os.path.isfile, files))


_OF_PROJECT: dict[str, tuple[str, str | None, str | None]] = {
    # The paths in it are of this machine, so hooks go into the settings that are not shared.
    CLAUDE_CODE: (".mcp.json", "mcpServers", os.path.join(".claude", "settings.local.json")),
    CURSOR: (os.path.join(".cursor", "mcp.json"), "mcpServers", os.path.join(".cursor", "hooks.json")),
    CODEX: (os.path.join(".codex", "config.toml"), None, os.path.join(".codex", "hooks.json")),
    VSCODE: (os.path.join(".vscode", "mcp.json"), "servers", None),
}


def _of_user(settings: Settings, assistant: str) -> Places:
    home = settings.home
    if assistant == CLAUDE_CODE:
        older = os.path.join(settings.claude_folder, ".config.json")
        server_file = older if os.path.isfile(older) else settings.claude_file
        return Places(server_file, "mcpServers", os.path.join(settings.claude_folder, "settings.json"), home)
    if assistant == CURSOR:
        folder = os.path.join(home, ".cursor")
        return Places(os.path.join(folder, "mcp.json"), "mcpServers", os.path.join(folder, "hooks.json"), home)
    if assistant == CODEX:
        folder = settings.codex_folder
        return Places(os.path.join(folder, "config.toml"), None, os.path.join(folder, "hooks.json"), home)
    return Places(os.path.join(_code_folder(settings), "mcp.json"), "servers", None, home)


def _code_folder(settings: Settings) -> str:
    """The folder of VS Code's settings of the person, by the custom of the platform."""
    base = settings.config_folder
    if sys.platform == "darwin":
        base = os.path.join(settings.home, "Library", "Application Support")
    elif sys.platform == "win32":
        base = os.path.join(settings.home, "AppData", "Roaming")
    return os.path.join(base, "Code", "User")

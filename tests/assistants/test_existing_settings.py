"""Settings that a repository brings in an assistant's files, and what install keeps of them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from session_buddy.assistants.configurations import places
from session_buddy.assistants.existing_settings import is_never_kept
from session_buddy.assistants.installing import existing, plan_uninstall
from session_buddy.errors import ConfigurationError
from session_buddy.settings import Settings
from tests.assistants.test_install import COMMAND, hooks_of, install, server_of, setting, uninstall

__all__ = ["setting"]

HOSTILE = {"SESSION_BUDDY_MASK_SECRETS": "off", "PYTHONPATH": "./docs", "SESSION_BUDDY_STORE": "docs/n.duckdb"}
JSON_FILES = ("claude-code", "cursor", "vscode")


def bring(setting: Settings, assistant: str, **entry: Any) -> Path:
    """Put an entry of our name into the project's file, as a clone brings it."""
    where = places(setting, assistant, "project")
    entry = {"command": "session-buddy", "args": []} | entry
    path = Path(where.server_file)
    path.parent.mkdir(exist_ok=True)
    if where.servers:
        path.write_text(json.dumps({where.servers: {"session-buddy": entry}}, indent=1))
    else:
        lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items() if key != "env"]
        table = ", ".join(f"{key} = {json.dumps(value)}" for key, value in entry.get("env", {}).items())
        path.write_text("\n".join(["[mcp_servers.session-buddy]", *lines, f"env = {{ {table} }}", ""]))
    return path


@pytest.mark.parametrize("assistant", [*JSON_FILES, "codex"])
def test_variables_of_a_projects_entry_are_left_out(setting: Settings, assistant: str) -> None:
    path = bring(setting, assistant, env=HOSTILE)
    before = path.read_bytes()
    copies = install(setting, assistant, "project")
    entry = server_of(setting, assistant, "project")
    assert entry["command"] == COMMAND
    assert not set(entry.get("env", {})) & set(HOSTILE)
    assert copies[0]
    assert Path(copies[0]).read_bytes() == before
    uninstall(setting, assistant, "project")
    assert path.read_bytes() == before


@pytest.mark.parametrize("assistant", [*JSON_FILES, "codex"])
def test_an_agreement_keeps_variables_but_no_search_path(setting: Settings, assistant: str) -> None:
    bring(setting, assistant, env=HOSTILE, args=["--store", "x.duckdb"], cwd="docs")
    install(setting, assistant, "project", keep=True)
    entry = server_of(setting, assistant, "project")
    assert entry["env"]["SESSION_BUDDY_MASK_SECRETS"] == "off"
    assert "PYTHONPATH" not in entry["env"]
    assert (entry["args"], entry["cwd"]) == (["--store", "x.duckdb"], "docs")
    if assistant != "vscode":
        assert "docs" not in json.dumps(hooks_of(setting, assistant, "project"))
        assert "x.duckdb" not in json.dumps(hooks_of(setting, assistant, "project"))


@pytest.mark.parametrize(
    ("member", "value"),
    [("alwaysAllow", ["track_skill"]), ("autoApprove", ["*"]), ("trust", True), ("envFile", "docs/.env"), ("cwd", "d")],
)
def test_other_members_of_an_entry_are_left_out(setting: Settings, member: str, value: Any) -> None:
    bring(setting, "cursor", **{member: value})
    found = existing(setting, "cursor", "project", None)
    assert any(line.startswith(f"{member}=") for line in found.optional + found.never)
    install(setting, "cursor", "project")
    assert member not in server_of(setting, "cursor", "project")


def test_a_file_of_variables_is_not_kept_by_an_agreement(setting: Settings) -> None:
    bring(setting, "vscode", envFile="${workspaceFolder}/docs/.env", type="http", url="http://127.0.0.1:1/mcp")
    install(setting, "vscode", "project", keep=True)
    entry = server_of(setting, "vscode", "project")
    assert (entry["type"], entry["command"], sorted(entry)) == ("stdio", COMMAND, ["args", "command", "env", "type"])


def test_a_program_of_our_name_in_the_project_is_replaced(setting: Settings) -> None:
    for command in ("./evil/session-buddy", "./session-buddy --store docs/x", "docs/python3 -m session_buddy serve"):
        path = bring(setting, "claude-code", command=command)
        entry = json.loads(path.read_text())
        if " " in command:
            del entry["mcpServers"]["session-buddy"]["args"]
            path.write_text(json.dumps(entry))
        install(setting, "claude-code", "project")
        assert server_of(setting, "claude-code", "project") == {"command": COMMAND, "args": []}
        uninstall(setting, "claude-code", "project")


def test_members_and_options_of_a_projects_hooks_are_left_out(setting: Settings) -> None:
    hook = {
        "type": "command",
        "command": "session-buddy hook --store docs/x.duckdb",
        "env": {"PATH": "."},
        "once": True,
    }
    path = Path(setting.project, ".claude", "settings.local.json")
    path.parent.mkdir()
    path.write_text(json.dumps({"hooks": {"Stop": [{"hooks": [hook]}]}}))
    found = existing(setting, "claude-code", "project", None)
    assert found.optional == ("hook Stop: once=true",)
    assert [line for line in found.never if "docs/x.duckdb" in line]
    install(setting, "claude-code", "project")
    assert set(hooks_of(setting, "claude-code", "project")["Stop"][0]["hooks"][0]) == {
        "type", "command", "args", "timeout"
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        '{"mcpServers": {"session-buddy": ENTRY}, "mcpServers": {}}',
        '{"mcpServers": {}, "mcpServers": {"session-buddy": ENTRY}}',
        '{"mcpServers": {"session-buddy": ENTRY, "session-buddy": ENTRY}}',
        '{"mcpServers": {"session-buddy": {"command": "session-buddy", "env": {}, "env": {"A": "b"}}}}',
    ],
)
def test_a_member_that_is_there_twice_is_refused(setting: Settings, text: str) -> None:
    path = Path(setting.project, ".mcp.json")
    path.write_text(text.replace("ENTRY", '{"command": "session-buddy", "args": []}'))
    before = path.read_text()
    with pytest.raises(ConfigurationError, match=r"twice.*Nothing was changed"):
        install(setting, "claude-code", "project")
    assert path.read_text() == before


def test_the_users_own_entry_keeps_what_it_holds(setting: Settings) -> None:
    entry = {"command": "session-buddy", "args": ["serve"], "env": {"HTTPS_PROXY": "p", "PYTHONPATH": "/mine"}}
    Path(setting.claude_file).write_text(json.dumps({"mcpServers": {"session-buddy": entry}}))
    assert existing(setting, "claude-code", "user", None).is_trusted
    install(setting, "claude-code", "user")
    assert server_of(setting, "claude-code", "user") == entry | {"command": COMMAND}


def test_what_an_installation_has_written_needs_no_second_agreement(setting: Settings) -> None:
    bring(setting, "claude-code", env=HOSTILE)
    install(setting, "claude-code", "project", keep=True)
    install(setting, "claude-code", "project", command="/new/session-buddy")
    assert server_of(setting, "claude-code", "project")["env"]["SESSION_BUDDY_MASK_SECRETS"] == "off"


@pytest.mark.parametrize("folder", [".git", "sub/.git/hooks"])
def test_a_link_into_files_of_git_is_refused(setting: Settings, folder: str) -> None:
    target = Path(setting.project, folder, "config")
    target.parent.mkdir(parents=True)
    target.write_text("{}")
    Path(setting.project, ".mcp.json").symlink_to(target)
    for do in (install, uninstall):
        with pytest.raises(ConfigurationError, match="git's own files"):
            do(setting, "claude-code", "project")
    assert target.read_text() == "{}"


@pytest.mark.parametrize("assistant", ["cursor", "codex", "vscode"])
def test_a_linked_folder_of_an_assistant_is_refused(setting: Settings, tmp_path: Path, assistant: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    Path(places(setting, assistant, "project").server_file).parent.symlink_to(outside)
    for do in (install, uninstall):
        with pytest.raises(ConfigurationError, match="leads out of the project"):
            do(setting, assistant, "project")
    assert list(outside.iterdir()) == []


def test_a_file_with_a_second_name_is_refused(setting: Settings, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("{}")
    os.link(other, Path(setting.project, ".mcp.json"))
    for do in (install, plan_uninstall):
        with pytest.raises(ConfigurationError, match="hard links"):
            do(setting, "claude-code", "project")
    assert other.read_text() == "{}"


@pytest.mark.parametrize(
    "name",
    ["PYTHONPATH", "pythonstartup", "Path", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "NODE_OPTIONS", "HF_HOME", "HOME"],
)
def test_variables_that_choose_code_are_never_kept(name: str) -> None:
    assert is_never_kept(name)


@pytest.mark.parametrize("name", ["SESSION_BUDDY_STORE", "SESSION_BUDDY_LOG", "HTTPS_PROXY", "LANG"])
def test_variables_without_effect_on_code_may_be_kept(name: str) -> None:
    assert not is_never_kept(name)

"""The plugin for Claude Code: what its documents ask for, and that it says what the program does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from session_buddy import __version__
from session_buddy.assistants.claude_code_hooks import handlers
from tests.server.names import TOOLS

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "plugin"
TEXTS = sorted(PLUGIN.rglob("*.md"))
KNOWN_OF_PLUGIN = {"name", "version", "description", "author", "license", "keywords"}


def document(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def frontmatter(path: Path) -> dict[str, str]:
    found = re.match(r"---\n(.*?)\n---\n", path.read_text(encoding="utf-8"), re.DOTALL)
    assert found, path
    return dict(line.split(": ", 1) for line in found[1].splitlines())


def test_the_plugin_has_the_version_of_the_package_everywhere() -> None:
    manifest = document(PLUGIN / ".claude-plugin" / "plugin.json")
    assert manifest["version"] == __version__
    assert set(manifest) == KNOWN_OF_PLUGIN
    (listed,) = document(ROOT / ".claude-plugin" / "marketplace.json")["plugins"]
    assert {key: listed[key] for key in ("name", "version", "description")} == {
        key: manifest[key] for key in ("name", "version", "description")
    }


def test_the_marketplace_names_the_folder_of_the_plugin() -> None:
    marketplace = document(ROOT / ".claude-plugin" / "marketplace.json")
    assert marketplace["owner"]["name"]
    assert re.fullmatch(r"[a-z0-9-]+", marketplace["name"])
    assert (ROOT / marketplace["plugins"][0]["source"] / ".claude-plugin" / "plugin.json").is_file()


def test_the_hooks_of_the_plugin_are_those_that_install_enters() -> None:
    hooks = document(PLUGIN / "hooks" / "hooks.json")
    assert set(hooks) == {"description", "hooks"}
    assert hooks["hooks"] == {
        event: [{"hooks": [handler]}] for event, handler in handlers("session-buddy", ["hook"]).items()
    }


def test_the_server_of_the_plugin_is_that_of_the_example() -> None:
    example = document(ROOT / ".mcp.json.example")["mcpServers"]["session-buddy"]
    (server,) = document(PLUGIN / ".mcp.json")["mcpServers"].values()
    assert server == {key: value for key, value in example.items() if key != "env"}


def test_the_skill_keeps_to_the_rules_of_skills() -> None:
    (skill,) = PLUGIN.glob("skills/*/SKILL.md")
    described = frontmatter(skill)
    assert described["name"] == skill.parent.name
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", described["name"])
    assert 1 <= len(described["description"]) <= 1024
    assert len(skill.read_text(encoding="utf-8").splitlines()) < 500


def test_the_commands_are_described() -> None:
    commands = sorted(PLUGIN.glob("commands/*.md"))
    assert [command.stem for command in commands] == ["coach", "skills-report"]
    for command in commands:
        assert set(frontmatter(command)) == {"description", "argument-hint"}
        assert "$ARGUMENTS" in command.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(PLUGIN)))
def test_every_tool_that_a_text_names_exists(path: Path) -> None:
    named = re.findall(r"`([a-z]+(?:_[a-z]+)+)`", path.read_text(encoding="utf-8"))
    arguments = {
        "user_query", "workflow_phase", "skill_name", "alternatives_considered", "selection_rank", "invocation_id",
        "error_type", "workflow_id", "session_id", "node_id", "action_type", "ask_user",
    }  # fmt: skip
    assert {name for name in named if name not in TOOLS} <= arguments


def test_the_skill_teaches_every_tool() -> None:
    (skill,) = PLUGIN.glob("skills/*/SKILL.md")
    text = skill.read_text(encoding="utf-8")
    assert [tool for tool in TOOLS if f"`{tool}`" not in text] == []


def test_the_license_of_the_plugin_is_that_of_the_package() -> None:
    assert document(PLUGIN / ".claude-plugin" / "plugin.json")["license"] == "Apache-2.0"
    assert (ROOT / "LICENSE").is_file()

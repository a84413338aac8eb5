"""The documents are checked against the code: what they name exists, and what exists is named."""

import asyncio
import importlib.metadata
import json
import re
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from session_buddy.cli.main import build_parser
from session_buddy.server import apps
from session_buddy.server.mcp_server import build
from session_buddy.skills.reporting import Reporter
from session_buddy.store.access import Access
from session_buddy.store.store import Store

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "session_buddy").rglob("*.py"), *(ROOT / "benchmarks").glob("*.md")])


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    code = (ROOT / "session_buddy" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"(SESSION_BUDDY_\w+)"', code))
    assert set(re.findall(r"SESSION_BUDDY_\w+", README)) == read


def test_every_command_is_documented_and_every_documented_one_exists() -> None:
    parser = build_parser()
    commands = {name for action in parser._subparsers._group_actions for name in (action.choices or ())}  # type: ignore[union-attr]
    documented = set(re.findall(r"`session-buddy ([a-z]+)", README))
    assert documented == commands


def every_command(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    """The commands of a parser, and the actions of each."""
    for action in parser._subparsers._group_actions if parser._subparsers else ():
        choices: Any = action.choices or {}
        for command in choices.values():
            yield command
            yield from every_command(command)


def test_every_option_of_every_command_has_help() -> None:
    for command in every_command(build_parser()):
        for option in command._actions:
            assert option.help or option.choices, f"{command.prog} {option.dest}"


def test_every_action_of_a_command_is_in_its_row_of_the_table() -> None:
    actions = [command.prog.split()[1:] for command in every_command(build_parser()) if command.prog.count(" ") == 2]
    assert ["workflows", "promote"] in actions
    for command, action in actions:
        row = re.findall(rf"^\| `session-buddy {command}` .*$", README, re.MULTILINE)
        assert re.search(rf"`{action}[ `]", "".join(row)), (command, action)


def test_every_tool_resource_and_prompt_is_documented_and_every_documented_tool_exists(tmp_path: Path) -> None:
    store = Store.open(str(tmp_path / "store.duckdb"))
    server = build(Reporter(Access(store), 1.0))
    tools = {tool.name for tool in asyncio.run(server.list_tools())}
    resources = {str(one.uri) for one in asyncio.run(server.list_resources())} - {apps.URI}
    templates = {one.uri_template for one in asyncio.run(server.list_resource_templates())}
    prompts = {one.name for one in asyncio.run(server.list_prompts())}
    store.close()
    assert {name for name in resources | templates | prompts if f"`{name}`" not in README} == set()
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", README, re.MULTILINE)
    documented = set(re.findall(r"[a-z_]+", " ".join(rows)))
    assert tools <= documented
    assert {name for name in documented if name.endswith(("_skill", "_skills", "_metrics", "_report"))} <= tools


def test_every_dependency_says_why_it_and_not_another() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=]", one)[0] for one in wanted}
    explained = set(re.findall(r"`([\w-]+)`", "".join(re.findall(r"^\| `.*?\|", CONTRIBUTING, re.MULTILINE))))
    assert {name for name in names if not name.startswith("types-")} <= explained


def test_every_make_target_the_documents_name_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"^make ([a-z-]+)", README + CONTRIBUTING, re.MULTILINE)) <= targets


def test_the_first_screen_of_the_readme_has_exactly_the_two_commands() -> None:
    block = README.split("```")[1].strip().splitlines()
    assert [line.split("#")[0].strip() for line in block] == ["make demo", "make test"]


def test_the_example_configuration_is_the_one_in_the_readme_and_runs_the_installed_command() -> None:
    example = json.loads((ROOT / ".mcp.json.example").read_text(encoding="utf-8"))
    assert example == json.loads(re.findall(r"```json\n(\{\n.*?)```", README, re.DOTALL)[0])
    scripts = {entry.name for entry in importlib.metadata.entry_points(group="console_scripts")}
    assert example["mcpServers"]["session-buddy"]["command"] in scripts


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_tells_anyone_to_run_a_program_of_somebody_else(path: Path) -> None:
    assert "uvx " not in path.read_text(encoding="utf-8")


def test_the_import_examples_in_the_readme_are_lines_that_import_takes() -> None:
    from session_buddy.skills.records import parse_line

    block = re.findall(r"```json\n(\{\"skill_name.*?)```", README, re.DOTALL)[0]
    lines = block.strip().splitlines()
    assert len(lines) == 3
    for line in lines:
        parse_line(line.encode())

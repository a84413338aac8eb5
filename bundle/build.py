"""Build dist/session-buddy-<version>.mcpb: a bundle that desktop clients install with a click, and start with uv."""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from bundle import locked
from session_buddy import __version__
from session_buddy.server.mcp_server import build
from session_buddy.skills.reporting import Reporter
from session_buddy.store.access import Access
from session_buddy.store.store import Store
from tests.system.node_programs import MCPB, command, environment

ROOT = Path(__file__).parents[1]
BUNDLED = ("session_buddy", "README.md", "LICENSE", "pyproject.toml")
UNUSED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
LONGEST = 100


def main(folder: Path = ROOT / "dist") -> Path:
    """Build the bundle in a folder and return its path."""
    folder.mkdir(exist_ok=True)
    target = folder / f"session-buddy-{__version__}.mcpb"
    with tempfile.TemporaryDirectory() as name:
        stage = Path(name) / "session-buddy"
        stage.mkdir()
        _fill(stage)
        _mcpb("validate", stage / "manifest.json")
        _mcpb("pack", stage, target)
    return target


def manifest() -> dict[str, Any]:
    """The bundle's manifest: what it is comes from pyproject.toml, what it offers from the server itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # A desktop client has no project: with the home folder as one, the store lies in the data folder of the person.
    # Frozen: uv installs what uv.lock lists, with its hashes, and resolves nothing.
    started = ["run", "--frozen", "--directory", "${__dirname}", "--no-dev", "session-buddy"]
    return {
        "manifest_version": "0.4",
        "name": "session-buddy",
        "display_name": "session_buddy",
        "version": __version__,
        "description": project["description"],
        "author": {"name": "session_buddy contributors"},
        "license": project["license"],
        "keywords": project["keywords"],
        "server": {
            "type": "uv",
            "entry_point": "session_buddy/__main__.py",
            "mcp_config": {"command": "uv", "args": started, "env": {"SESSION_BUDDY_PROJECT": "${HOME}"}},
        },
        "tools": _tools(),
        "prompts_generated": True,
        "compatibility": {"platforms": ["darwin", "linux"], "runtimes": {"python": project["requires-python"]}},
    }


def _fill(stage: Path) -> None:
    for name in BUNDLED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, stage / name, ignore=UNUSED)
        else:
            shutil.copy(source, stage / name)
    with (stage / "pyproject.toml").open("a", encoding="utf-8") as file:
        lines = (f"{name} = {json.dumps(values, indent=4)}\n" for name, values in locked.settings(ROOT).items())
        file.write(f"\n[tool.uv]\n{''.join(lines)}")
    locked.lock(stage, ROOT)
    (stage / "manifest.json").write_text(json.dumps(manifest(), indent=2) + "\n", encoding="utf-8")


def _tools() -> list[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(str(Path(folder) / "store.duckdb"))
        tools = asyncio.run(build(Reporter(Access(store), 1.0)).list_tools())
        store.close()
    return [{"name": tool.name, "description": _short(tool.description or "")} for tool in tools]


def _short(text: str) -> str:
    """The first sentence, on one line."""
    first = " ".join(text.split()).split(". ")[0].rstrip(".")
    return first if len(first) <= LONGEST else first[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _mcpb(*arguments: str | Path) -> None:
    done = subprocess.run(
        [*command(MCPB), *map(str, arguments)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        sys.exit(f"mcpb {arguments[0]} refused the bundle:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    print(main())

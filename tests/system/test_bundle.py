"""The bundle for desktop clients: it is built and validated by its own tool, and holds what its manifest names."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from bundle import locked
from bundle.build import main
from session_buddy import __version__
from tests.server.names import TOOLS
from tests.system.node_programs import MCPB, command, environment
from tools.lock.project import ROOT, Inputs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_bundle_holds_what_its_manifest_names(tmp_path: Path) -> None:
    built = main(tmp_path / "dist")
    assert built.name == f"session-buddy-{__version__}.mcpb"
    unpacked = tmp_path / "unpacked"
    done = subprocess.run(
        [*command(MCPB), "unpack", str(built), str(unpacked)],
        env=environment(), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    manifest = json.loads((unpacked / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["version"] == __version__
    assert [tool["name"] for tool in manifest["tools"]] == TOOLS
    assert (unpacked / manifest["server"]["entry_point"]).is_file()
    project = tomllib.loads((unpacked / "pyproject.toml").read_text(encoding="utf-8"))
    assert manifest["server"]["mcp_config"]["args"][-1] in project["project"]["scripts"]
    assert "duckdb==2.0.0" in project["tool"]["uv"]["constraint-dependencies"]
    assert "--frozen" in manifest["server"]["mcp_config"]["args"]
    lock = (unpacked / locked.NAME).read_text(encoding="utf-8")
    assert locked.foreign(lock, Inputs.read().versions) is None
    assert set(re.findall(r"sha256:([0-9a-f]{64})", lock)) <= locked.allowed(ROOT)
    assert (unpacked / "session_buddy" / "store" / "migrations" / "0001_initial.sql").is_file()
    assert list(unpacked.rglob("*.pyc")) == []

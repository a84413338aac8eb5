"""Builds what the page and the app take from npm, with the Node that comes from PyPI. `python -m` with the package's
folder puts it there."""

import subprocess
import sys
from pathlib import Path

from tests.system.node_programs import environment, install, node

FOLDER = Path(__file__).parents[2] / "page"
VENDORED = Path("web") / "static" / "vendor"
APP = Path("server") / "app.html"
SECONDS = 120


def build(package: Path) -> None:
    """Write the vendored libraries and the app below this folder, as they lie in the package."""
    install(FOLDER)
    command = [str(node()), str(FOLDER / "build.js"), str(package / VENDORED), str(package / APP)]
    (package / APP).parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(command, env=environment(), check=True, timeout=SECONDS)


if __name__ == "__main__":
    build(Path(sys.argv[1]).absolute())

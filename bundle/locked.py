"""The lock of the bundle: uv's lock file, reduced to the files whose hashes the project's lock has."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.lock import files
from tools.lock.project import Inputs

NAME = "uv.lock"
TIMEOUT = 300
_HASH = re.compile(r'hash = "sha256:([0-9a-f]{64})"')


def settings(root: Path) -> dict[str, Any]:
    """What [tool.uv] of the bundle's pyproject.toml says: versions of all packages and of the build backend's."""
    inputs = Inputs.read(root)
    build = files.read(root, "build").entries.values()
    return {
        "environments": ["sys_platform == 'darwin'", "sys_platform == 'linux'"],
        "constraint-dependencies": [f"{name}=={version}" for name, version in inputs.versions.items()],
        "build-constraint-dependencies": [f"{entry.name}=={entry.version}" for entry in build],
    }


def lock(stage: Path, root: Path) -> None:
    """Write the lock file into the bundle's folder.

    Exits with a message if uv cannot lock, or if it locked a package that the project's lock does not have.
    """
    _uv("lock", "--project", str(stage), "--python", sys.executable)
    place = stage / NAME
    place.write_text(reduced(place.read_text(encoding="utf-8"), allowed(root)), encoding="utf-8")
    if problem := foreign(place.read_text(encoding="utf-8"), Inputs.read(root).versions):
        sys.exit(f"The bundle was not built: {problem} Run `make lock`.")
    _uv("export", "--project", str(stage), "--frozen", "--no-dev", "--quiet")  # reads what was written


def allowed(root: Path) -> set[str]:
    """The hashes of all files that the project's lock has."""
    locks = [files.read(root, group) for group in files.GROUPS]
    return {sha256 for one in locks for entry in one.entries.values() for sha256 in entry.hashes}


def reduced(text: str, hashes: set[str]) -> str:
    """uv's lock file without the files of other hashes. uv writes each file on a line of its own."""
    lines = (line for line in text.splitlines(keepends=True) if not (found := _HASH.search(line)) or found[1] in hashes)
    return "".join(lines)


def foreign(text: str, versions: dict[str, str]) -> str | None:
    """What in a lock file is not in the project's lock: the first package of another version or without a file."""
    for package in tomllib.loads(text)["package"]:
        name, version = package["name"], package.get("version", "")
        if "registry" not in package["source"]:
            if package["source"] == {"editable": "."}:
                continue
            return f"{name} comes from {package['source']}."
        known = versions.get(canonicalize_name(name))
        if known is None or Version(known) != Version(version):
            return f"uv chose {name} {version}, the project's lock has {known or 'none'}."
        if not package.get("wheels") and not package.get("sdist"):
            return f"no file of {name} {version} is in the project's lock."
    return None


def _uv(*arguments: str) -> None:
    # Configuration files of uv on this machine could name another index or other versions.
    environment = os.environ | {"UV_NO_CONFIG": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "uv", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if done.returncode:
        sys.exit(f"uv {arguments[0]} failed:\n{done.stderr}")

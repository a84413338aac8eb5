"""The lock files: requirements files with hashes, one for each group of packages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

FOLDER = "requirements"
GROUPS = {
    "core": "Dependencies of session_buddy without the embedding model.",
    "model": "The embedding model and its libraries, without PyTorch.",
    "torch": "PyTorch: the builds of the index, and local builds of the same version.",
    "cuda": "What the index's build of PyTorch for Linux needs; local CPU builds do not.",
    "dev": "What tests, linters and the bundle need.",
    "build": "The build backend and its dependencies.",
}
_HEAD = """# {title}
# Made by `make lock` from constraints.txt and pyproject.toml; do not edit.
# Inputs: sha256:{digest}
"""
_OPTIONS = "--require-hashes\n"
_ENTRY = re.compile(r"([A-Za-z0-9][\w.-]*)==([\w.!]+)(?: ; (.+?))? ((?:--hash=sha256:[0-9a-f]{64} ?)+)")
_BUILT = re.compile(r"# Built from its source archive on: (.+)")
_LOCAL = re.compile(r"# Local build: (\S+\.whl) sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Entry:
    """A package in a lock file."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    local: dict[str, str] = field(default_factory=dict)
    """SHA-256 of local builds by file name; they are among the hashes too."""
    built: tuple[str, ...] = ()
    """Platforms without a wheel, where pip builds the package from its source archive."""


@dataclass(frozen=True)
class Lock:
    """A lock file: the digest of what it was made from, and its packages by normalised name."""

    digest: str
    entries: dict[str, Entry]


def path(root: Path, group: str) -> Path:
    """The lock file of a group."""
    return root / FOLDER / f"{group}.txt"


def text(group: str, digest: str, entries: Iterable[Entry]) -> str:
    """The content of a lock file."""
    lines = [_HEAD.format(title=GROUPS[group], digest=digest), _OPTIONS]
    for entry in sorted(entries, key=lambda entry: canonicalize_name(entry.name)):
        lines += [f"# Local build: {name} sha256:{sha256}\n" for name, sha256 in sorted(entry.local.items())]
        lines += [f"# Built from its source archive on: {', '.join(entry.built)}\n"] if entry.built else []
        marker = f" ; {entry.marker}" if entry.marker else ""
        hashes = "".join(
            f" \\\n    --hash=sha256:{sha256}" for sha256 in sorted({*entry.hashes, *entry.local.values()})
        )
        lines.append(f"{entry.name}=={entry.version}{marker}{hashes}\n")
    return "".join(lines)


def parse(content: str) -> Lock:
    """Read a lock file.

    Raises:
        ValueError: a line is not one that `text` writes.
    """
    digest = re.search(r"^# Inputs: sha256:([0-9a-f]{64})$", content, re.MULTILINE)
    entries: dict[str, Entry] = {}
    local: dict[str, str] = {}
    built: tuple[str, ...] = ()
    for line in content.replace(" \\\n    ", " ").splitlines():
        if found := _LOCAL.fullmatch(line):
            local[found[1]] = found[2]
        elif found := _BUILT.fullmatch(line):
            built = tuple(found[1].split(", "))
        elif line.startswith("#") or line in _OPTIONS.splitlines():
            continue
        elif not (match := _ENTRY.fullmatch(line)):
            raise ValueError(f"{line[:80]!r} is not a line of a lock file.")
        else:
            hashes = tuple(re.findall(r"[0-9a-f]{64}", match[4]))
            entries[canonicalize_name(match[1])] = Entry(match[1], match[2], match[3] or "", hashes, local, built)
            local, built = {}, ()
    return Lock(digest[1] if digest else "", entries)


def read(root: Path, group: str) -> Lock:
    """Read the lock file of a group; it is empty if there is no file."""
    place = path(root, group)
    return parse(place.read_text(encoding="utf-8")) if place.is_file() else Lock("", {})

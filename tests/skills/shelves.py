"""Skills in folders, as they are installed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from session_buddy.skills.installed import SKILL, Found, Installed

DESCRIPTION = "Does what its name says"


def skill_text(name: str, body: str = "# How\n", **fields: Any) -> str:
    """The text of a SKILL.md with these fields in its frontmatter."""
    fields = {"name": name, "description": DESCRIPTION} | fields
    head = "".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items())
    return f"---\n{head}---\n\n{body}"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Files below a folder, by their paths there."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def install(folder: Path, called: str = "", **fields: Any) -> Installed:
    """A skill whose files lie in a folder; `called` is what the assistant calls it, if not as the folder."""
    fields.setdefault("name", folder.name)
    if not (folder / "SKILL.md").is_symlink() and not (folder / "SKILL.md").exists():
        write(folder, {"SKILL.md": skill_text(**fields)})
    fields.setdefault("description", DESCRIPTION)
    return Installed(
        called or folder.name, SKILL, fields["description"], str(folder / "SKILL.md"), "personal", ("any",), fields
    )


def found(*installed: Installed) -> Found:
    return Found(tuple(sorted(installed, key=lambda one: one.name)))

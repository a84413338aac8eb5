"""A home, a project and an enterprise's folder, with whatever a test installs in them."""

import json
from pathlib import Path
from typing import Any

import yaml

from session_buddy import settings
from session_buddy.assistants.scanning import scan
from session_buddy.settings import Settings
from session_buddy.skills.installed import Found, Installed


class Ground:
    def __init__(self, folder: Path) -> None:
        self.home, self.project, self.managed = (
            folder / "home",
            folder / "home" / "work" / "project",
            folder / "managed",
        )
        for one in (self.home, self.project / ".git", self.managed):
            one.mkdir(parents=True)
        self.settings = settings_of(self.home, self.project, self.managed)

    def skill(self, folder: Path | str, name: str, description: str | None = "Does it", **fields: Any) -> Path:
        """A skill in a folder of the project (or an absolute one); fields have _ in the place of -."""
        head = {"name": name, "description": description} | fields
        return self.document(self.project / folder / name / "SKILL.md", **head)

    def document(self, path: Path, text: str = "What to do.", **fields: Any) -> Path:
        """A file with a frontmatter of these fields; without any when there are none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {name.replace("_", "-"): value for name, value in fields.items() if value is not None}
        head = f"---\n{yaml.safe_dump(kept)}---\n" if kept else ""
        path.write_text(f"{head}{text}\n", encoding="utf-8")
        return path

    def json(self, path: Path, value: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")

    def found(self) -> Found:
        return scan(self.settings, str(self.project))

    def names(self) -> list[str]:
        return [one.name for one in self.found().installed]

    def one(self, name: str) -> Installed:
        (found,) = [one for one in self.found().installed if one.name == name]
        return found

    def reasons(self) -> list[str]:
        return [one.reason for one in self.found().problems]


def settings_of(home: Path, project: Path, managed: Path) -> Settings:
    """The settings of somebody whose home this is."""
    return settings.read({"SESSION_BUDDY_PROJECT": str(project), "SESSION_BUDDY_EMBEDDER": "off"})._replace(
        home=str(home),
        claude_folder=str(home / ".claude"),
        codex_folder=str(home / ".codex"),
        config_folder=str(home / ".config"),
        data_folder=str(home / ".local" / "share" / "session-buddy"),
        managed_folder=str(managed),
    )

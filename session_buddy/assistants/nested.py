"""Folders below a project that have an assistant's folder of their own, as packages of a large repository do."""

import os
from collections.abc import Iterator

from session_buddy.assistants.sight import Sight

DEEPEST = 5
MOST = 2_000
# What tools put there may be huge and is nobody's own.
_LEFT_OUT = {"node_modules", "venv", "env", "target", "dist", "build", "out", "vendor", "site-packages", "__pycache__"}


def folders_with(project: str, name: str, sight: Sight) -> Iterator[str]:
    """The folders below the project in which there is a folder `name`, as paths relative to the project. The first two
    thousand folders are looked into, those near the project's root before others; links and hidden folders are not."""
    level, looked = [""], 0
    for depth in range(DEEPEST + 1):
        below: list[str] = []
        for relative in level:
            if looked == MOST:
                return
            looked += 1
            entries = sight.entries(os.path.join(project, relative) if relative else project)
            folders = [one.name for one in entries if one.is_folder]
            if depth and name in folders:
                yield relative
            below += [os.path.join(relative, one) for one in folders if one[0] != "." and one not in _LEFT_OUT]
        level = below

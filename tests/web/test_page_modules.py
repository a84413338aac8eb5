"""The page's modules: each import leads somewhere, and the first view is loaded without one waiting for another."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.web.pages import FOLDER

IMPORT = re.compile(r"""(?:^(?:import|export)\b[^;]*?\bfrom\s*|\bimport\()"(\.[^"]+)\"""", re.MULTILINE | re.DOTALL)
STATIC = re.compile(r"""^(?:import|export)\b[^;]*?\bfrom\s*"(\.[^"]+)\"""", re.MULTILINE | re.DOTALL)
MODULES = [path for path in sorted(FOLDER.rglob("*.js")) if "vendor" not in path.parts]


def imported(module: Path, pattern: re.Pattern[str] = IMPORT) -> Iterator[Path]:
    for found in pattern.findall(module.read_text(encoding="utf-8")):
        yield Path(os.path.normpath(module.parent / found))


def reached(*begin: str) -> set[str]:
    """The modules that these need, with themselves, by their place in the folder."""
    waiting, found = [FOLDER / one for one in begin], set()
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += imported(module, STATIC)
    return {one.relative_to(FOLDER).as_posix() for one in found}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_import_leads_to_a_file(module: Path) -> None:
    assert [one for one in imported(module) if not one.is_file()] == []


def test_the_page_loads_all_that_its_first_view_needs_at_once() -> None:
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'rel="modulepreload" href="/static/([^"]+)"', page)
    assert named == sorted(reached("main.js", "views/now.js") - {"main.js"})


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in [*MODULES, FOLDER / "index.html", FOLDER / "page.css", FOLDER / "icon.svg"]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", text) == [], path

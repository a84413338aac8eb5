"""What is kept of the page's libraries and of the app is what is built from their sources."""

from pathlib import Path

import pytest

import session_buddy
from tests.system.page_build import APP, VENDORED, build

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PACKAGE = Path(session_buddy.__file__).parent


def test_what_is_kept_is_what_is_built(tmp_path: Path) -> None:
    build(tmp_path)
    for part in (APP, VENDORED / "preact.js", VENDORED / "LICENSES.txt"):
        assert (tmp_path / part).read_bytes() == (PACKAGE / part).read_bytes(), f"{part} is old: run make page"

"""The parts of the page that need no browser, tested where they run: in JavaScript, by Node's own test runner."""

import subprocess
from pathlib import Path

import pytest

from tests.system.node_programs import environment, node

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "page"
FILES = sorted(FOLDER.glob("*.test.js"))
SECONDS = 120


def test_there_are_tests_of_the_page() -> None:
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_helpers_of_the_page_do_what_their_own_tests_say(file: Path) -> None:
    # Files of the page name no kind of module: a browser needs none.
    program = [str(node()), "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", str(file)]
    done = subprocess.run(program, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

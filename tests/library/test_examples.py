"""The examples in README and docstrings do what they say."""

import ast
import doctest
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from session_buddy.library import (
    async_coached_workflow,
    async_tracker,
    coached_workflow,
    coaching_metrics,
    coaching_persistence,
    decision_record,
    records,
    session_state,
    tracker,
)
from tests.system.processes import Place

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

COACHING = [coaching_persistence, coaching_metrics, coached_workflow, async_coached_workflow]
COACHING += [decision_record, session_state]


@pytest.mark.parametrize("module", [tracker, async_tracker, records], ids=lambda module: str(module.__name__))
def test_the_examples_of_docstrings_are_right(here: Place, module: ModuleType) -> None:
    failed, tried = doctest.testmod(module, raise_on_error=False)
    assert tried
    assert not failed


@pytest.mark.parametrize("module", COACHING, ids=lambda module: str(module.__name__))
def test_the_examples_of_coaching_are_right(shared: Place, module: ModuleType) -> None:
    failed, tried = doctest.testmod(module, raise_on_error=False)
    assert tried
    assert not failed


def test_the_examples_of_the_readme_run(here: Place) -> None:
    assert BLOCKS
    for block in BLOCKS:
        done = subprocess.run(
            [sys.executable, "-c", block], env=here.environment, cwd=here.project, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_nothing_of_the_library() -> None:
    program = "import session_buddy, sys; print([name for name in sys.modules if name.startswith('session_buddy')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == ["session_buddy"]


def test_a_name_that_is_not_there_is_said_to_be_missing() -> None:
    import session_buddy

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        session_buddy.nothing  # noqa: B018

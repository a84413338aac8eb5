"""What `session_buddy.coaching` offers to programs, and what it costs to import it."""

import ast
import subprocess
import sys

import pytest

import session_buddy.coaching
from tests.test_rooms import HEAVY

LISTED = "import sys; import session_buddy.coaching as coaching; {}; print(list(sys.modules))"


def loaded(then: str = "") -> set[str]:
    program = LISTED.format(then or "pass")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return set(ast.literal_eval(done.stdout))


def test_every_name_is_there_and_documented() -> None:
    for name in session_buddy.coaching.__all__:
        found = getattr(session_buddy.coaching, name)
        assert found.__name__ == name
        assert found.__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        session_buddy.coaching.nothing  # noqa: B018


def test_importing_it_loads_nothing_else() -> None:
    own = {name for name in loaded() if name.startswith("session_buddy")}
    assert own == {"session_buddy", "session_buddy.coaching"}


def test_no_name_but_the_async_ones_needs_anything_heavy() -> None:
    names = [name for name in session_buddy.coaching.__all__ if not name.startswith("Async")]
    assert {name.split(".")[0] for name in loaded(f"[getattr(coaching, name) for name in {names}]")} & HEAVY == set()
    everything = loaded("[getattr(coaching, name) for name in coaching.__all__]")
    assert {name.split(".")[0] for name in everything} & (HEAVY - {"asyncio", "typing_extensions"}) == set()

"""Long series of calls from two windows, in any order, against a model in plain Python."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from session_buddy.store.ids import new_id
from session_buddy.store.store import Store
from tests.coaching.room import Room
from tests.coaching.windows import Step, Windows

QUICK, LONG = 3, 6
CALLS = {"start": 1, "suggest": 16, "decide": 20, "outcome": 5, "undo": 3, "pause": 1, "resume": 4, "end": 1}
CALLS |= {"promote": 3, "demote": 1, "switch_item": 4, "resend": 6, "batch": 2}
# Every remainder of 2 to 8 is as likely as the others.
chance = st.sampled_from(range(840))
step = st.tuples(
    st.sampled_from([name for name, weight in CALLS.items() for _ in range(weight)]), chance, chance, chance, chance
)
LIMITS: dict[str, Any] = {
    "deadline": None,
    "phases": [Phase.reuse, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("series")


@pytest.mark.slow
@settings(max_examples=QUICK, **LIMITS)
@given(steps=st.lists(step, min_size=40, max_size=40))
def test_two_windows_get_the_answers_of_the_model_in_any_order(
    folder: Path, empty_store: Path, steps: list[Step]
) -> None:
    live_through(folder, empty_store, steps)


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=LONG, **LIMITS)
@given(steps=st.lists(step, min_size=80, max_size=80))
def test_two_windows_get_the_answers_of_the_model_over_thousands_of_calls(
    folder: Path, empty_store: Path, steps: list[Step]
) -> None:
    live_through(folder, empty_store, steps)


def live_through(folder: Path, empty_store: Path, steps: list[Step]) -> None:
    path = folder / f"{new_id()}.duckdb"
    shutil.copy(empty_store, path)
    store = Store.open(str(path))
    try:
        Windows(Room(store)).live(steps)
    finally:
        store.close()

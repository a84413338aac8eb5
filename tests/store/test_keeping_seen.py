"""What was seen and what was reported instead, when a store is damaged or a text is forgotten."""

import shutil
from pathlib import Path

import pytest

from session_buddy.skills import tracking
from session_buddy.skills.forgetting import select_for
from session_buddy.skills.tracking import Ending
from session_buddy.store import served
from session_buddy.store.forgetting import Choice
from session_buddy.store.recovery.recovery import recover
from session_buddy.store.rewriting import copy_remaining
from session_buddy.store.store import Store
from session_buddy.store.tables import counts
from session_buddy.store.times import now
from tests.skills.watching import Session
from tests.store.damage import HEADERS
from tests.store.filling import rows, write

TABLES = ("seen", "overridden", "reported", "completion", "invocation")


def filled(store: Store) -> Session:
    """Two sessions; in one of them an inferred end gave way to a reported one."""
    session = Session(store, begin=now())
    session.prompt("the parser of project Zebra crashes")
    session.skill("debugging", "toolu_1")
    session.step("Edit")
    session.step("Bash", "zebra deploy")
    session.stop()
    ending = Ending(str(session.invocation()), error_type="TestsStillRed")
    write(store, lambda cursor: tracking.complete(cursor, ending))
    other = Session(store, "other", begin=now())
    other.prompt("something else")
    other.skill("planning", "toolu_2")
    write(store, lambda cursor: served.put(cursor, "window", "other"))
    write(store, lambda cursor: served.put(cursor, "window", "session"))
    return session


@pytest.mark.slow
@pytest.mark.parametrize("with_log", [True, False])
def test_all_of_it_comes_back_from_a_damaged_store(tmp_path: Path, with_log: bool) -> None:
    path = tmp_path / "store.duckdb"
    store = Store.open(str(path))
    filled(store)
    expected = {name: count for name, count in store.read(counts).items() if name in TABLES}
    if with_log:
        shutil.copytree(tmp_path, tmp_path / "copy")
        store.close()
        path = tmp_path / "copy" / "store.duckdb"
    else:
        store.close()
        data = bytearray(path.read_bytes())
        data[:HEADERS] = bytes(HEADERS)
        path.write_bytes(data)
    recover(str(path), str(tmp_path / "new.duckdb"))
    again = Store.open(str(tmp_path / "new.duckdb"))
    found = {name: count for name, count in again.read(counts).items() if name in TABLES}
    again.close()
    assert found == expected
    assert expected["completion"] == 2


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        (Choice(sessions=["session"]), {"other"}),
        (Choice(skills=["debugging"]), {"session", "other"}),
        (Choice(texts=["zebra"]), {"session", "other"}),
    ],
)
def test_what_is_forgotten_is_forgotten_of_what_was_seen_too(path: Path, choice: Choice, left: set[str]) -> None:
    store = Store.open(str(path), draft=f"{path}.draft")
    filled(store)
    cursor = store.cursor()
    copy_remaining(cursor, select_for(cursor, choice), lambda done, total: None)
    cursor.close()
    store.close()
    remaining = Store.open(f"{path}.draft")
    assert {row[0] for row in rows(remaining, "SELECT session_id FROM seen")} == left
    texts = rows(remaining, "SELECT text FROM query") + rows(remaining, "SELECT coalesce(action, '') FROM seen")
    assert choice.sessions or choice.skills or not any("zebra" in text.lower() for (text,) in texts)
    if choice.skills:
        assert rows(remaining, "SELECT * FROM seen WHERE skill_name = 'debugging'") == []
        assert rows(remaining, "SELECT * FROM overridden") == []
    if choice.texts:
        assert ("private",) in rows(remaining, "SELECT action FROM seen")
    remaining.close()

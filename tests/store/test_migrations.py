"""How a store comes to the newest layout, and which files are refused."""

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from session_buddy import __version__
from session_buddy.errors import StoreError
from session_buddy.store.migrations import Migration, shipped
from session_buddy.store.store import Store
from tests.store.filling import rows, used

SHIPPED = shipped()
FIRST = SHIPPED[:1]
NEXT = Migration(9001, "CREATE TABLE added (a INTEGER); ALTER TABLE project ADD COLUMN colour VARCHAR;")
BROKEN = Migration(9002, "CREATE TABLE half (a INTEGER); INSERT INTO half VALUES (1); SELECT no_such_column FROM half;")

MIGRATE_AND_DIE = """
import os, signal, sys
from session_buddy.store.migrations import Migration, shipped
from session_buddy.store.store import Store
number, sql = int(sys.argv[2]), sys.argv[3]
Store.open(sys.argv[1], known=[*shipped(), Migration(number, sql)] if number else shipped())
os.kill(os.getpid(), signal.SIGKILL)
"""
WRITE_AND_DIE = """
import os, signal, sys
from session_buddy.store.migrations import Migration, shipped
from session_buddy.store.store import Store
store = Store.open(sys.argv[1], known=[*shipped(), Migration(9001, "CREATE TABLE added (a INTEGER)")])
store.write(lambda cursor: bool(cursor.execute("INSERT INTO added VALUES (1)"))).result()
os.kill(os.getpid(), signal.SIGKILL)
"""
FOREIGN = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE TABLE invoice AS SELECT range AS amount FROM range(1000)")
connection.close()
"""

Snapshot = dict[str, bytes]


def snapshot(folder: Path) -> Snapshot:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def make(path: Path, known: list[Migration]) -> None:
    """A closed store of a program that knows these migrations, with one use in it."""
    store = Store.open(str(path), known=known)
    used(store, "debugging", "the build fails", "completed")
    store.close()


def reopened(path: Path, known: list[Migration] | None = None) -> dict[str, int]:
    """Open the store once more: each table with the number of its rows."""
    store = Store.open(str(path), known=known)
    try:
        names = rows(store, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store'")
        return {name: int(rows(store, f"SELECT count(*) FROM {name}")[0][0]) for (name,) in names}
    finally:
        store.close()


def refusal(path: Path, known: list[Migration] | None = None) -> str:
    with pytest.raises(StoreError) as refused:
        Store.open(str(path), known=known)
    return str(refused.value)


def run(program: str, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-c", program, *arguments], check=False, timeout=60).returncode


def test_the_migrations_are_numbered_without_a_gap() -> None:
    assert [step.number for step in SHIPPED] == list(range(1, len(SHIPPED) + 1))


def test_no_migration_uses_a_default() -> None:
    """Stores with defaults, computed columns or constraints are rejected as foreign."""
    assert [step.number for step in SHIPPED if re.search(r"\b(DEFAULT|CHECK|AS)\s*\(?", step.sql)] == []


def test_no_migration_uses_what_a_shared_store_cannot_hold() -> None:
    unportable = r"\b(sequence|nextval|references|foreign\s+key|primary\s+key|unique|install|load)\b"
    assert [step.number for step in SHIPPED if re.search(unportable, step.sql, re.IGNORECASE)] == []


def test_a_new_store_records_every_migration_and_the_program_that_made_it(path: Path) -> None:
    store = Store.open(str(path))
    recorded = rows(store, "SELECT number, program FROM store_migration ORDER BY number")
    store.close()
    assert recorded == [(step.number, __version__) for step in SHIPPED]


def test_opening_a_store_again_applies_no_migration_twice(path: Path) -> None:
    make(path, SHIPPED)
    assert reopened(path)["store_migration"] == len(SHIPPED)
    assert reopened(path)["store_migration"] == len(SHIPPED)


def test_an_older_store_gets_the_missing_layout_and_keeps_its_rows(path: Path) -> None:
    make(path, FIRST)
    found = reopened(path)
    assert (found["invocation"], found["completion"], found["query"]) == (1, 1, 1)
    assert {"recommendation", "classifier"} <= set(found)
    assert not {"word", "indexed_query"} & set(found)


def test_a_copy_of_an_older_store_is_kept_before_it_is_migrated(path: Path) -> None:
    make(path, FIRST)
    before = path.read_bytes()
    reopened(path)
    copy = Path(f"{path}.before-0001")
    assert copy.read_bytes() == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert reopened(copy, FIRST)["invocation"] == 1


def test_a_copy_that_was_kept_earlier_is_not_overwritten(path: Path) -> None:
    make(path, FIRST)
    copy = Path(f"{path}.before-0001")
    copy.write_bytes(b"kept earlier")
    reopened(path)
    assert copy.read_bytes() == b"kept earlier"


def test_no_copy_is_made_where_nothing_is_migrated(path: Path) -> None:
    make(path, SHIPPED)
    reopened(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_store_of_which_no_copy_can_be_kept_is_not_migrated(path: Path) -> None:
    make(path, FIRST)
    before = path.read_bytes()
    Path(f"{path}.before-0001", path.name).mkdir(parents=True)  # the copy cannot be written over a folder
    message = refusal(path)
    assert "copy" in message
    assert str(path) in message
    assert path.read_bytes() == before


def test_a_failed_migration_leaves_nothing_of_itself_and_the_store_still_opens(path: Path) -> None:
    make(path, SHIPPED)
    message = refusal(path, [*SHIPPED, BROKEN])
    assert str(path) in message
    found = reopened(path, SHIPPED)
    assert found["invocation"] == 1
    assert "half" not in found
    assert found["store_migration"] == len(SHIPPED)


def test_the_migrations_before_a_failed_one_stay(path: Path) -> None:
    make(path, SHIPPED)
    refusal(path, [*SHIPPED, NEXT, BROKEN])
    found = reopened(path, [*SHIPPED, NEXT])
    assert "added" in found
    assert "half" not in found
    assert found["store_migration"] == len(SHIPPED) + 1


def test_a_new_store_whose_migration_fails_can_be_opened_later(path: Path) -> None:
    refusal(path, [BROKEN])
    assert reopened(path)["store_migration"] == len(SHIPPED)


def test_a_store_of_a_newer_program_is_refused_and_not_touched(path: Path) -> None:
    make(path, [*SHIPPED, NEXT])
    before = snapshot(path.parent)
    message = refusal(path)
    assert str(path) in message
    assert "Update session_buddy" in message
    assert snapshot(path.parent) == before


def test_a_store_of_a_newer_program_that_was_killed_is_not_touched_either(path: Path) -> None:
    assert run(WRITE_AND_DIE, str(path)) == -signal.SIGKILL
    before = snapshot(path.parent)
    assert len(before) == 2  # the store and DuckDB's log of what was committed last
    assert "Update session_buddy" in refusal(path)
    assert snapshot(path.parent) == before


def test_a_duckdb_file_of_another_program_is_refused_and_not_touched(path: Path) -> None:
    assert run(FOREIGN, str(path)) == 0
    before = snapshot(path.parent)
    message = refusal(path)
    assert "another program" in message
    assert str(path) in message
    assert snapshot(path.parent) == before


def test_a_file_of_another_program_keeps_its_permissions(path: Path) -> None:
    assert run(FOREIGN, str(path)) == 0
    path.chmod(0o644)
    refusal(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize("damage", ["empty", "text", "one byte", "only a header", "half", "garbage header", "flip"])
def test_a_damaged_file_is_refused_with_the_way_to_recover_and_not_touched(path: Path, damage: str) -> None:
    make(path, SHIPPED)
    path.write_bytes(damaged(path.read_bytes(), damage))
    path.chmod(0o600)
    before = snapshot(path.parent)
    message = refusal(path)
    assert str(path) in message
    assert "session-buddy recover" in message
    assert snapshot(path.parent) == before


def damaged(whole: bytes, damage: str) -> bytes:
    middle = len(whole) // 2
    return {
        "empty": b"",
        "text": b"these are the notes of a person\n" * 500,
        "one byte": b"x",
        "only a header": whole[:4096],
        "half": whole[:middle],
        "garbage header": bytes(range(256)) * 48 + whole[256 * 48 :],
        "flip": whole[:13_000] + bytes(255 - byte for byte in whole[13_000:13_500]) + whole[13_500:],
    }[damage]


def test_a_store_opens_after_its_process_was_killed_right_after_migrating_it(path: Path) -> None:
    make(path, FIRST)
    assert run(MIGRATE_AND_DIE, str(path), "0", "") == -signal.SIGKILL
    found = reopened(path)
    assert found["invocation"] == 1
    assert found["store_migration"] == len(SHIPPED)


def test_a_store_opens_after_its_process_was_killed_right_after_adding_a_column(path: Path) -> None:
    make(path, SHIPPED)
    assert run(MIGRATE_AND_DIE, str(path), str(NEXT.number), NEXT.sql) == -signal.SIGKILL
    found = reopened(path, [*SHIPPED, NEXT])
    assert found["invocation"] == 1
    assert "added" in found


def test_a_store_opens_after_its_process_was_killed_right_after_making_it(path: Path) -> None:
    assert run(MIGRATE_AND_DIE, str(path), "0", "") == -signal.SIGKILL
    assert reopened(path)["store_migration"] == len(SHIPPED)


def test_a_migrated_store_needs_no_log_of_duckdb(path: Path) -> None:
    store = Store.open(str(path))
    try:
        assert not os.path.exists(f"{path}.wal") or os.path.getsize(f"{path}.wal") == 0
    finally:
        store.close()
    with duckdb.connect(str(path), read_only=True) as alone:
        assert alone.execute("SELECT max(number) FROM store_migration").fetchall() == [(SHIPPED[-1].number,)]

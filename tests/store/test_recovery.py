"""What comes back from a damaged store, and that nothing else does."""

import random
import shutil
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from session_buddy.errors import StoreError
from session_buddy.store.recovery.recovery import Report, recover
from session_buddy.store.store import Store
from tests.store import damage
from tests.store.damage import BLOCK, HEADERS, KINDS, Contents

pytestmark = pytest.mark.slow

# Damage that lies outside of all tables: nothing may be lost by it.
HARMLESS = ["nothing", "main header", "first database header", "second database header", "all headers"]


class Original(NamedTuple):
    """A store as a killed hub left it."""

    file: bytes
    log: bytes
    stored: Contents
    before_log: Contents


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    path = tmp_path_factory.mktemp("original") / "store"
    damage.make(path, 3_000, 200)
    log = Path(f"{path}.wal").read_bytes()
    stored = damage.contents(path)
    file = path.read_bytes()
    Path(f"{path}.wal").unlink()
    return Original(file, log, stored, damage.contents(path))


def recovered(folder: Path, original: Original, file: bytes, log: bytes) -> tuple[Report, Contents] | None:
    """Recover a store of these bytes; None when nothing of it could be read. What is always true is checked."""
    store, out = folder / "store", folder / "out"
    store.write_bytes(file)
    Path(f"{store}.wal").write_bytes(log)
    refusal, report = "It was not changed", None
    try:
        report = recover(str(store), str(out))
    except StoreError as error:
        refusal = str(error)
    assert "It was not changed" in refusal
    assert store.read_bytes() == file
    assert Path(f"{store}.wal").read_bytes() == log
    assert {path.name for path in folder.iterdir()} == {"store", "store.wal"} | ({"out"} if report else set())
    if report is None:
        return None
    found = damage.contents(out)
    assert damage.false_rows(found, original.stored, original.before_log) == []
    assert {one.name: one.read for one in report.tables if one.read} == {
        name: len(rows) for name, rows in found.items() if rows
    }
    Store.open(str(out)).close()
    return report, found


@pytest.mark.parametrize("kind", HARMLESS)
def test_nothing_is_lost_by_damage_outside_of_the_tables(original: Original, tmp_path: Path, kind: str) -> None:
    file, log = KINDS[kind](original.file, original.log, random.Random(5))
    result = recovered(tmp_path, original, file, log)
    assert result
    assert result[0].complete
    assert result[1] == original.stored


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(HARMLESS)))
def test_only_what_was_stored_comes_back(original: Original, tmp_path: Path, kind: str) -> None:
    file, log = KINDS[kind](original.file, original.log, random.Random(7))
    recovered(tmp_path, original, file, log)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", KINDS)
def test_only_what_was_stored_comes_back_wherever_the_damage_lies(
    original: Original, tmp_path: Path, kind: str
) -> None:
    for seed in range(3):
        folder = tmp_path / str(seed)
        folder.mkdir()
        file, log = KINDS[kind](original.file, original.log, random.Random(seed))
        result = recovered(folder, original, file, log)
        assert kind not in HARMLESS or (result and result[1] == original.stored)
        shutil.rmtree(folder)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("begin", range(0, HEADERS, 2_048))
def test_every_part_of_the_headers_can_be_done_without(original: Original, tmp_path: Path, begin: int) -> None:
    for number, length in enumerate((1, 100, 2_048, HEADERS - begin)):
        folder = tmp_path / str(number)
        folder.mkdir()
        file = original.file[:begin] + bytes(length) + original.file[begin + length :]
        result = recovered(folder, original, file, original.log)
        assert result
        assert result[1] == original.stored


def test_the_other_tables_come_back_whole_when_one_is_destroyed(original: Original, tmp_path: Path) -> None:
    block = _block_of(original, tmp_path, "invocation")
    begin = HEADERS + block * BLOCK
    file = original.file[:begin] + bytes(BLOCK) + original.file[begin + BLOCK :]
    result = recovered(tmp_path, original, file, original.log)
    assert result
    report, found = result
    assert not report.complete
    assert {name for name, rows in found.items() if rows != original.stored[name]} == {"invocation"}
    lost = {one.name: one.lost for one in report.tables}
    assert lost["invocation"] == len(original.stored["invocation"]) - len(found["invocation"])
    assert found["invocation"].keys() >= original.stored["invocation"].keys() - original.before_log["invocation"].keys()


def test_texts_in_a_damaged_block_come_back_where_their_ids_prove_them(original: Original, tmp_path: Path) -> None:
    begin = HEADERS + _block_of(original, tmp_path, "query") * BLOCK + 90_000
    file = original.file[:begin] + bytes(1_000) + original.file[begin + 1_000 :]
    result = recovered(tmp_path, original, file, original.log)
    assert result
    assert 0.9 < len(result[1]["query"]) / len(original.stored["query"]) < 1


def test_a_log_whose_store_is_destroyed_gives_what_it_holds(original: Original, tmp_path: Path) -> None:
    result = recovered(tmp_path, original, original.file[:HEADERS], original.log)
    assert result
    new = original.stored["invocation"].keys() - original.before_log["invocation"].keys()
    assert result[1]["invocation"].keys() == new
    assert not result[0].complete


def test_calls_behind_a_damaged_one_in_the_log_come_back(original: Original, tmp_path: Path) -> None:
    middle = len(original.log) // 2
    log = original.log[:middle] + bytes(50) + original.log[middle + 50 :]
    result = recovered(tmp_path, original, original.file, log)
    assert result
    report, found = result
    assert 0 < report.log_left_out < len(log) / 10
    assert len(original.stored["invocation"]) - len(found["invocation"]) <= 10
    assert max(found["invocation"]) == max(original.stored["invocation"])


def test_deletions_that_are_not_certain_bring_back_no_second_description(original: Original, tmp_path: Path) -> None:
    log = bytes(200) + original.log[200:]
    result = recovered(tmp_path, original, original.file, log)
    assert result
    assert result[1]["skill"] == original.stored["skill"]


@pytest.mark.parametrize("data", [b"", b"hello\n" * 9_000, b"SQLite format 3\0" + bytes(50_000)])
def test_what_is_no_store_is_refused(original: Original, tmp_path: Path, data: bytes) -> None:
    assert recovered(tmp_path, original, data, b"") is None


def test_a_store_of_a_newer_program_is_refused(original: Original, tmp_path: Path) -> None:
    (tmp_path / "newer").write_bytes(original.file)
    with duckdb.connect(str(tmp_path / "newer")) as connection:
        connection.execute("INSERT INTO store_migration VALUES (9999, '99.0.0', NULL)")
    with pytest.raises(StoreError, match=r"session_buddy 99\.0\.0"):
        recover(str(tmp_path / "newer"), str(tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["newer"]


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "other")) as connection:
        connection.execute("CREATE TABLE theirs (a INTEGER)")
    with pytest.raises(StoreError, match="another program"):
        recover(str(tmp_path / "other"), str(tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_an_empty_store_is_recovered_as_one(path: Path, empty_store: Path, tmp_path: Path) -> None:
    shutil.copy(empty_store, path)
    report = recover(str(path), str(tmp_path / "out"))
    assert report.complete
    assert report.rows == 0


def _block_of(original: Original, folder: Path, table: str) -> int:
    """The block that the ids of a table's first rows lie in."""
    path = folder / "looked-at"
    path.write_bytes(original.file)
    with duckdb.connect() as connection:
        literal = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{literal}' AS store (READ_ONLY)")
        (row,) = connection.execute(
            f"SELECT block_id FROM pragma_storage_info('store.{table}') WHERE block_id >= 0 AND column_id = 0 LIMIT 1"
        ).fetchall()
    path.unlink()
    return int(row[0])

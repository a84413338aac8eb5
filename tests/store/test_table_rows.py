"""The tables of the store as exports see them."""

import json
from pathlib import Path

import duckdb
import pytest

from session_buddy.errors import BuddyError, StoreError
from session_buddy.store import table_rows as tables
from session_buddy.store.store import Store
from session_buddy.store.table_files import TableFiles
from session_buddy.store.table_rows import Table
from tests.store.filling import change, rows, used


def _table(store: Store, name: str) -> Table:
    return next(table for table in store.read(tables.exported) if table.name == name)


def _rows(store: Store, name: str, with_text: bool = False) -> list[dict[str, object]]:
    table = _table(store, name)
    batches = store.read(lambda cursor: list(tables.rows(cursor, table, with_text)))
    return [json.loads(row) for batch in batches for row in batch]


def test_what_is_made_anew_from_the_rest_is_not_exported(store: Store) -> None:
    change(store, "CREATE TABLE vector_1 (query_id UUID, vector FLOAT[3])")
    names = [table.name for table in store.read(tables.exported)]
    assert [name for name in names if not name.startswith("coaching_")] == [
        "completion",
        "invocation",
        "overridden",
        "project",
        "query",
        "recommendation",
        "reported",
        "seen",
        "session_event",
        "skill",
    ]


def test_a_table_that_comes_later_is_exported_as_it_is(store: Store) -> None:
    change(store, 'CREATE TABLE later ("what ""kind""" VARCHAR, moment TIMESTAMPTZ, data BLOB, many DOUBLE[])')
    change(store, "INSERT INTO later VALUES ('a', '2026-01-02T03:04:05.6+01:00', 'x\\x00'::BLOB, [1.5, NULL])")
    assert _table(store, "later").columns == ['what "kind"', "moment", "data", "many"]
    assert _rows(store, "later") == [
        {'what "kind"': "a", "moment": "2026-01-02T02:04:05.600000+00:00", "data": "eAA=", "many": [1.5, None]}
    ]


def test_a_text_comes_along_with_its_id_when_it_is_wanted(store: Store) -> None:
    used(store, "debugging", "why?")
    used(store, "debugging")
    assert [row["user_query"] for row in _rows(store, "invocation", with_text=True)] == ["why?", None]
    assert "user_query" not in _rows(store, "invocation")[0]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_holds_bytes_lists_and_times_of_any_table(store: Store, tmp_path: Path, kind: str) -> None:
    change(store, "CREATE TABLE later (name VARCHAR, moment TIMESTAMPTZ, data BLOB, many DOUBLE[])")
    change(store, "INSERT INTO later VALUES ('', '2026-01-02', 'x\\x00'::BLOB, []), (NULL, NULL, NULL, NULL)")
    table = _table(store, "later")
    source = tmp_path / "rows"
    source.write_text("".join(json.dumps(row) + "\n" for row in _rows(store, "later")), encoding="utf-8")
    files = TableFiles(kind)
    files.write(table, str(source), str(tmp_path / "out"))
    files.close()
    if kind == "csv":
        assert (tmp_path / "out").read_text(encoding="utf-8").splitlines() == [
            "name,moment,data,many", '"",2026-01-02T00:00:00.000000+00:00,eAA=,[]', ",,,",
        ]  # fmt: skip
    else:
        written = duckdb.execute(f"SELECT name, epoch_us(moment), data, many FROM read_parquet('{tmp_path / 'out'}')")
        stored = rows(store, "SELECT name, epoch_us(moment), data, many FROM later")
        assert written.fetchall() == stored


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows").touch()
    files = TableFiles("csv")
    with pytest.raises(BuddyError, match=r"query\.csv cannot be written"):
        files.write(Table("query", ["text"], ["VARCHAR"]), str(tmp_path / "rows"), str(tmp_path / "no" / "out"))
    files.close()


def test_a_stream_shows_the_store_as_it_was_at_its_beginning(store: Store) -> None:
    used(store, "debugging", "before")
    table = _table(store, "query")

    def texts(cursor: duckdb.DuckDBPyConnection):  # type: ignore[no-untyped-def]
        yield []
        yield from tables.rows(cursor, table)

    stream = store.stream(texts)
    assert next(stream) == []
    used(store, "debugging", "after")
    assert [json.loads(row)["text"] for batch in stream for row in batch] == ["before"]


def test_a_stream_that_cannot_be_read_says_what_to_do(store: Store) -> None:
    with pytest.raises(StoreError, match="session-buddy recover"):
        list(store.stream(lambda cursor: iter(cursor.execute("SELECT * FROM missing").fetchall())))

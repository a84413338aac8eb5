"""`export` in its four formats, and what an import makes of it."""

import csv
import json
import stat
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.system.processes import Place, Window, run

pytestmark = pytest.mark.slow

LINES: list[dict[str, Any]] = [
    {"skill": {"name": "release-notes", "description": "Write what changed,\nfor people"}},
    {"skill": {"name": "bare"}},
    {
        "skill_name": "debugging",
        "user_query": 'tests fail, "only" on CI \u2028 zażółć',
        "invoked_at": "2026-11-02T09:30:00.5+01:00",
        "completed": True,
        "duration_seconds": 312.5,
        "alternatives_considered": [],
        "follow_up_actions": ["git commit", "a, b"],
    },
    {"skill_name": "debugging", "completed": False, "error_type": "Timeout", "invoked_at": "2026-11-02T10:00:00Z"},
    {"skill_name": "refactoring", "completed": None, "invoked_at": "2026-11-02T11:00:00Z"},
]


@pytest.fixture
def filled(place: Place) -> Place:
    """A store with skills, uses and a recommendation that was given."""
    text = "".join(json.dumps(line) + "\n" for line in LINES)
    assert run(place, "import", "-", stdin=text).returncode == 0
    with Window(place) as window:
        window.initialize()
        window.call("recommend_skills", user_query="red tests")
    return place


def _export(place: Place, kind: str, out: str, *more: str) -> str:
    done = run(place, "export", "--format", kind, "--out", out, *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _import_elsewhere(place: Place, file: str, tmp_path: Path) -> str:
    """Import a file into a new store, and export that as lines."""
    other = tmp_path / "other.duckdb"
    try:
        done = run(place, "import", file, "--store", str(other))
        assert ", 0 bad lines" in done.stdout, done.stderr
        return run(place, "export", "--store", str(other)).stdout
    finally:
        run(place, "hub", "stop", "--store", str(other))


def test_lines_hold_the_catalogue_by_name_and_then_the_uses_oldest_first(filled: Place) -> None:
    lines = [json.loads(line) for line in _export(filled, "jsonl", "-").splitlines()]
    assert lines[0] == {"skill": {"name": "bare"}}
    assert lines[1] == {"skill": {"name": "release-notes", "description": "Write what changed, for people"}}
    assert [line.get("error_type") for line in lines[2:]] == [None, "Timeout", None]
    assert lines[2]["alternatives_considered"] == []
    assert "alternatives_considered" not in lines[3]


@pytest.mark.parametrize("kind", ["jsonl", "json"])
def test_what_was_exported_makes_the_same_store_again(filled: Place, tmp_path: Path, kind: str) -> None:
    before = _export(filled, "jsonl", "-")
    _export(filled, kind, str(tmp_path / "out"))
    assert _import_elsewhere(filled, str(tmp_path / "out"), tmp_path) == before


def test_a_document_holds_the_lines_and_what_lines_cannot_say(filled: Place) -> None:
    lines = [json.loads(line) for line in _export(filled, "jsonl", "-").splitlines()]
    document = json.loads(_export(filled, "json", "-"))
    assert list(document)[:4] == ["exported_at", "program", "skills", "invocations"]
    assert document["skills"] == [line["skill"] for line in lines[:2]]
    assert document["invocations"] == lines[2:]
    (recommendation,) = document["recommendations"]
    assert recommendation["user_query"] == "red tests"
    assert recommendation["recommended_at"].endswith("+00:00")
    assert len(document["projects"]) == 1
    assert not {"vectors", "models", "classifiers", "store_migrations", "querys"} & set(document)


def test_a_document_on_one_line_or_on_many_is_imported_too(filled: Place, tmp_path: Path) -> None:
    before = _export(filled, "jsonl", "-")
    document = json.loads(_export(filled, "json", "-"))
    for indent in (None, 2):
        (tmp_path / "out.json").write_text(json.dumps(document, indent=indent), encoding="utf-8")
        (tmp_path / str(indent)).mkdir()
        assert _import_elsewhere(filled, str(tmp_path / "out.json"), tmp_path / str(indent)) == before


def test_csv_has_a_file_for_each_table_that_any_reader_of_csv_reads(filled: Place, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "tables"
    _export(filled, "csv", str(folder))
    names = {path.name for path in folder.iterdir()}
    assert {name for name in names if not name.startswith("coaching_")} == {
        f"{name}.csv"
        for name in (
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
        )
    }
    assert {"coaching_session.csv", "coaching_suggestion.csv", "coaching_decision.csv"} <= names
    with (folder / "query.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    assert 'tests fail, "only" on CI zażółć' in texts
    with (folder / "completion.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert json.loads(rows[0]["follow_up_actions"]) == ["git commit", "a, b"]
    assert rows[0]["ended_at"] == "2026-11-02T08:35:13.000000+00:00"
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_parquet_keeps_the_types_and_values_of_the_store(filled: Place, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    _export(filled, "parquet", str(folder))
    run(filled, "hub", "stop")
    with duckdb.connect() as connection:
        quoted = str(filled.store).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS store (READ_ONLY)")
        for path in folder.iterdir():
            table = f"store.{path.stem}"
            types = connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
            assert connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall() == types
            left = connection.execute(f"SELECT * FROM {table} EXCEPT ALL SELECT * FROM '{path}'").fetchall()
            right = connection.execute(f"SELECT * FROM '{path}' EXCEPT ALL SELECT * FROM {table}").fetchall()
            assert (left, right) == ([], [])


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "parquet"])
def test_an_empty_store_can_be_exported(place: Place, tmp_path: Path, kind: str) -> None:
    _export(place, kind, str(tmp_path / "out"))
    assert (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "parquet"])
def test_what_is_there_already_is_replaced_only_when_that_is_wanted(filled: Place, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    _export(filled, kind, str(out))
    file = out / f"query.{kind}" if out.is_dir() else out
    file.write_text("mine", encoding="utf-8")
    refused = run(filled, "export", "--format", kind, "--out", str(out))
    assert refused.returncode == 1
    assert "exists already. Nothing was written" in refused.stderr
    assert file.read_text(encoding="utf-8") == "mine"
    _export(filled, kind, str(out), "--force")
    assert file.read_bytes() != b"mine"
    assert [path.name for path in (*tmp_path.glob(".*"), *out.glob(".*"))] == []


def test_tables_on_standard_output_are_wrong_usage(place: Place) -> None:
    for kind in ("csv", "parquet"):
        done = run(place, "export", "--format", kind)
        assert done.returncode == 2
        assert "give their folder with --out" in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "parquet"])
def test_a_place_that_cannot_be_written_is_named_and_left_as_it_was(filled: Place, tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    tables = kind in ("csv", "parquet")
    for out in (tmp_path / "file" / "below", tmp_path / ("file" if tables else "folder")):
        done = run(filled, "export", "--format", kind, "--out", str(out))
        assert done.returncode == 1
        assert str(out) in done.stderr
        assert "Nothing was written" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_device_is_written_to_and_not_replaced(filled: Place) -> None:
    _export(filled, "jsonl", "/dev/null")
    assert Path("/dev/null").is_char_device()

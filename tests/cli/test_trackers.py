"""Files of earlier trackers, as lines to import."""

import io
import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from session_buddy.cli.document import LINE, ROW, as_lines
from session_buddy.errors import BuddyError, InvalidRequestError
from session_buddy.skills.records import parse_line

COLUMNS = (
    "id INTEGER PRIMARY KEY, skill_name TEXT, invoked_at TEXT, session_id TEXT, workflow_path TEXT, completed BOOLEAN,"
    " duration_seconds REAL, user_query TEXT, alternatives_considered TEXT, selection_rank INTEGER,"
    " follow_up_actions TEXT, error_type TEXT, workflow_phase TEXT, embedding BLOB, invocation_id TEXT"
)
FULL: dict[str, Any] = {
    "skill_name": "debugging",
    "invoked_at": "2026-03-01T09:00:00",
    "session_id": "monday",
    "workflow_path": "fix",
    "completed": True,
    "duration_seconds": 12.5,
    "user_query": "why is it slow?",
    "alternatives_considered": ["review", "testing"],
    "selection_rank": 1,
    "follow_up_actions": ["git commit", "push"],
    "workflow_phase": "verify",
}
IN_TABLE = FULL | {
    "completed": 1,
    "alternatives_considered": "review, testing",
    "follow_up_actions": '["git commit", "push"]',
}


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two hours east of Greenwich."""
    monkeypatch.setenv("TZ", "XYZ-2")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def of_document(document: Any) -> list[dict[str, Any]]:
    lines = as_lines(io.BytesIO(json.dumps(document).encode()))
    assert lines.noun == ROW
    return [json.loads(line) for line in lines.file]


def table(path: Path, rows: list[dict[str, Any]], columns: str = COLUMNS) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE skill_invocation ({columns})")
        for row in rows:
            places = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO skill_invocation ({', '.join(row)}) VALUES ({places})", list(row.values()))
    connection.close()
    return path


def of_table(path: Path) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        lines = as_lines(file, str(path))
        assert lines.noun == ROW
        return [json.loads(line) for line in lines.file]


def refused(path: Path) -> str:
    with pytest.raises(BuddyError) as wrong:
        of_table(path)
    return str(wrong.value)


def test_a_document_with_invocations_is_read_and_naive_times_are_local() -> None:
    (line,) = of_document({"invocations": [FULL], "skills": {"debugging": {"total": 1}}, "version": 1})
    assert line.pop("invocation_id")
    assert line == FULL | {"invoked_at": "2026-03-01T07:00:00+00:00"}


def test_unknown_fields_nulls_and_blank_texts_are_left_out() -> None:
    odd = FULL | {"embedding": [0.1], "error_type": None, "user_query": "", "alternatives_considered": [None, "", "x"]}
    (line,) = of_document({"invocations": [odd | {"invocation_id": None}]})
    assert "embedding" not in line
    assert "user_query" not in line
    assert "error_type" not in line
    assert line["alternatives_considered"] == ["x"]
    parse_line(json.dumps(line).encode())


def test_a_table_is_read_with_its_lists_booleans_and_times(tmp_path: Path) -> None:
    path = table(tmp_path / "skills.db", [IN_TABLE])
    (line,) = of_table(path)
    assert line.pop("invocation_id")
    assert line == FULL | {"invoked_at": "2026-03-01T07:00:00+00:00"}


@pytest.mark.parametrize("moment", [1772355600, 1772355600.0, 1772355600000, "1772355600", "2026-03-01 09:00:00Z"])
def test_times_may_be_numbers(moment: Any) -> None:
    (line,) = of_document({"invocations": [{"skill_name": "x", "invoked_at": moment}]})
    assert line["invoked_at"] == "2026-03-01T09:00:00+00:00"


def test_the_same_past_has_the_same_ids_in_both_kinds_of_file_and_equal_rows_have_their_own(tmp_path: Path) -> None:
    rows = [IN_TABLE, IN_TABLE, {"skill_name": "other"}]
    from_table = [line["invocation_id"] for line in of_table(table(tmp_path / "skills.db", rows))]
    from_document = [
        line["invocation_id"] for line in of_document({"invocations": [FULL, FULL, {"skill_name": "other"}]})
    ]
    assert from_table == from_document
    assert len(set(from_table)) == 3


def test_an_id_does_not_depend_on_where_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    (here,) = of_document({"invocations": [FULL]})
    monkeypatch.setenv("TZ", "XYZ+7")
    time.tzset()
    (there,) = of_document({"invocations": [FULL]})
    assert here["invocation_id"] == there["invocation_id"]
    assert here["invoked_at"] != there["invoked_at"]


def test_a_uuid_is_kept_and_another_id_is_not() -> None:
    known = "01a1fbd6-7942-7d3e-b0d1-c7242642af9f"
    one, two = of_document({"invocations": [FULL | {"invocation_id": known}, FULL | {"invocation_id": "17"}]})
    assert one["invocation_id"] == known
    assert two["invocation_id"] != "17"


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"skill_name": None}, "skill_name"),
        ({"completed": "perhaps"}, "completed"),
        ({"completed": True, "error_type": "Timeout"}, "error_type"),
        ({"duration_seconds": "long"}, "duration_seconds"),
        ({"duration_seconds": -1}, "duration_seconds"),
        ({"selection_rank": 0}, "selection_rank"),
        ({"invoked_at": "yesterday"}, "invoked_at"),
        ({"invoked_at": 1e300}, "invoked_at"),
        ({"alternatives_considered": 7}, "alternatives_considered"),
        ({"follow_up_actions": "[broken"}, "follow_up_actions"),
        ({"user_query": {"no": "text"}}, "user_query"),
    ],
)
def test_what_is_not_understood_is_a_bad_row(bad: dict[str, Any], field: str) -> None:
    (line,) = of_document({"invocations": [FULL | bad]})
    with pytest.raises(InvalidRequestError, match=field):
        parse_line(json.dumps(line).encode())


@pytest.mark.parametrize("record", [None, 3, "x", [], [{}]])
def test_what_is_no_record_is_a_bad_row(record: Any) -> None:
    lines = as_lines(io.BytesIO(json.dumps({"invocations": [record]}).encode()))
    with pytest.raises(InvalidRequestError):
        parse_line(next(iter(lines.file)))


def test_lines_and_exports_are_read_as_before() -> None:
    one = json.dumps(FULL | {"invoked_at": "2026-03-01T09:00:00Z"}).encode()
    lines = as_lines(io.BytesIO(one + b"\n" + one))
    assert (lines.noun, [line.strip() for line in lines.file]) == (LINE, [one, one])
    document: dict[str, Any] = {
        "skills": [{"name": "x", "description": "y"}],
        "invocations": [{"skill_name": "x", "completed": None}],
        "recommendations": [],
    }
    lines = as_lines(io.BytesIO(json.dumps(document, indent=2).encode()))
    assert [json.loads(line) for line in lines.file] == [{"skill": document["skills"][0]}, document["invocations"][0]]


@pytest.mark.parametrize("skills", [[], [{"name": "x", "uses": 3}], {"x": {"total": 1}}])
def test_a_tracker_may_list_its_skills_beside_the_invocations(skills: Any) -> None:
    (line,) = of_document({"skills": skills, "invocations": [FULL | {"embedding": None}]})
    assert line["invoked_at"] == "2026-03-01T07:00:00+00:00"


def test_invocations_may_be_an_object_by_their_ids() -> None:
    by_id = of_document({"invocations": {"17": FULL, "18": {"skill_name": "other"}}})
    assert by_id == of_document({"invocations": [FULL, {"skill_name": "other"}]})
    assert of_document({"invocations": {}}) == []


def test_a_table_may_lie_in_a_file_whose_name_is_no_text(tmp_path: Path) -> None:
    path = table(tmp_path / "skills.db", [IN_TABLE]).rename(tmp_path / "sk\udcffills.db")
    assert [line["skill_name"] for line in of_table(path)] == ["debugging"]


def test_a_table_with_few_columns_is_read(tmp_path: Path) -> None:
    path = table(tmp_path / "a?b#c %41.db", [{"skill_name": "x"}], "skill_name TEXT PRIMARY KEY) WITHOUT ROWID --")
    assert [line["skill_name"] for line in of_table(path)] == ["x"]


def test_reading_leaves_the_file_and_its_folder_as_they_are(tmp_path: Path) -> None:
    path = table(tmp_path / "skills.db", [IN_TABLE])
    path.chmod(0o400)
    before = path.read_bytes(), path.stat().st_mtime_ns
    of_table(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]


def test_changes_that_are_still_in_a_log_are_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path / "skills.db", [IN_TABLE])
    (tmp_path / "skills.db-wal").write_bytes(b"x")
    assert len(of_table(path)) == 1
    assert "skills.db-wal holds changes" in capsys.readouterr().err


def test_a_foreign_file_is_refused_with_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "foreign.db"
    with sqlite3.connect(path) as connection:
        connection.execute('CREATE TABLE "book\x1b[31m" (title TEXT)')
    connection.close()
    message = refused(path)
    assert "without a table skill_invocation (it has book [31m)" in message
    assert "Nothing was imported" in message


def test_a_table_without_skill_names_is_refused(tmp_path: Path) -> None:
    assert "no column skill_name" in refused(table(tmp_path / "skills.db", [], "name TEXT"))


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS skill_name FROM n"


@pytest.mark.parametrize(
    "trap",
    [
        f"CREATE VIEW skill_invocation AS {ENDLESS}",
        "CREATE TABLE skill_invocation (a TEXT, skill_name TEXT AS (hex(zeroblob(5))))",
        "CREATE VIRTUAL TABLE skill_invocation USING fts5(skill_name)",
    ],
)
def test_what_would_be_computed_is_not_read(tmp_path: Path, trap: str) -> None:
    path = tmp_path / "trap.db"
    with sqlite3.connect(path) as connection:
        connection.execute(trap)
        if "a TEXT" in trap:
            connection.execute("INSERT INTO skill_invocation (a) VALUES ('x')")
    connection.close()
    assert "Nothing was imported" in refused(path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "skills.db", [FULL | {"alternatives_considered": "", "follow_up_actions": "x" * 200}] * 500)
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))
    assert "damaged SQLite file" in refused(path)
    path.write_bytes(data[:50])
    assert "Nothing was imported" in refused(path)


def test_a_table_cannot_come_from_standard_input() -> None:
    with pytest.raises(BuddyError, match="give its name"):
        as_lines(io.BytesIO(b"SQLite format 3\0..."))

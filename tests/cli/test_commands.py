"""The commands, as a person types them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.system.processes import Place, exported, run

pytestmark = pytest.mark.slow

LINES: list[dict[str, Any]] = [
    {
        "invocation_id": "01a1fbd6-7942-7d3e-b0d1-c7242642af9f",
        "skill_name": "debugging",
        "user_query": "tests fail only on CI",
        "session_id": "monday",
        "invoked_at": "2026-11-02T09:30:00.123456+01:00",
        "completed": True,
        "duration_seconds": 312.5,
        "workflow_path": "TDD",
        "workflow_phase": "verification",
        "alternatives_considered": ["code-review", "refactoring"],
        "selection_rank": 2,
        "follow_up_actions": ["git commit", "open a pull request"],
    },
    {"skill_name": "debugging", "completed": False, "error_type": "Timeout", "invoked_at": "2026-11-02T10:00:00Z"},
    {"skill_name": "refactoring", "user_query": "split this class", "completed": False},
    {"skill_name": "refactoring", "user_query": "still going on", "completed": None},
    {"skill": {"name": "release-notes", "description": "Write what changed for the people who use it"}},
]


def _write(place: Place, lines: list[dict[str, Any]], name: str = "history.jsonl") -> str:
    path = place.project / name
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def test_what_is_imported_is_exported_with_every_field(place: Place) -> None:
    done = run(place, "import", _write(place, LINES))
    assert done.returncode == 0
    assert done.stdout.startswith("4 invocations imported, 1 skills, 0 already stored, 0 bad lines")
    rows = {row["skill_name"] + str(row["completed"]) + row.get("error_type", ""): row for row in exported(place)}
    full = dict(LINES[0]) | {"invoked_at": "2026-11-02T08:30:00.123456+00:00"}
    assert rows["debuggingTrue"] == full
    assert rows["debuggingFalseTimeout"]["completed"] is False
    assert "error_type" not in rows["refactoringFalse"]
    assert rows["refactoringNone"]["completed"] is None


def test_importing_a_file_twice_changes_nothing(place: Place) -> None:
    path = _write(place, [*LINES, LINES[1], LINES[1]])
    run(place, "import", path)
    before = exported(place)
    again = run(place, "import", path)
    assert "0 invocations imported, 7 already stored" in again.stdout.replace("0 skills, ", "")
    assert exported(place) == before
    assert len(before) == 6


def test_an_export_imported_into_an_empty_store_exports_the_same(place: Place, tmp_path: Path) -> None:
    run(place, "import", _write(place, LINES))
    first = run(place, "export", "--out", str(place.project / "out.jsonl"))
    assert "4 invocations exported" in first.stderr
    other = tmp_path / "other.duckdb"
    try:
        assert run(place, "import", str(place.project / "out.jsonl"), "--store", str(other)).returncode == 0
        again = run(place, "export", "--store", str(other)).stdout
        assert again == (place.project / "out.jsonl").read_text(encoding="utf-8")
    finally:
        run(place, "hub", "stop", "--store", str(other))


def test_bad_lines_are_reported_by_number_and_the_rest_goes_in(place: Place) -> None:
    path = place.project / "history.jsonl"
    path.write_text(
        '{"skill_name": "debugging"}\n'
        "not json\n"
        '{"user_query": "no skill"}\n'
        '{"skill_name": "x", "selection_rank": 0}\n'
        '{"skill_name": "x", "user_qeury": "typo"}\n'
        '{"skill_name": "x", "completed": true, "error_type": "Timeout"}\n'
        '{"skill_name": "x", "invoked_at": "2026-11-02T10:00:00"}\n'
        "\n"
        '{"skill_name": "refactoring"}\n',
        encoding="utf-8",
    )
    done = run(place, "import", str(path))
    assert done.returncode == 0
    assert "2 invocations imported" in done.stdout
    assert "6 bad lines" in done.stdout
    for expected in (
        "line 2: this is not JSON",
        "line 3: skill_name is missing",
        "line 4: selection_rank",
        "line 5: user_qeury is not a known field",
        "line 6:",
        "line 7: invoked_at",
    ):
        assert expected in done.stderr
    assert "pydantic" not in done.stderr


def test_strict_refuses_a_file_with_one_bad_line_as_a_whole(place: Place) -> None:
    path = _write(place, [LINES[0], {"user_query": "no skill"}])
    done = run(place, "import", path, "--strict")
    assert done.returncode == 1
    assert "line 2: skill_name is missing" in done.stderr
    assert "Nothing was imported" in done.stderr
    assert exported(place) == []


def test_a_file_that_is_missing_is_said_in_one_line(place: Place) -> None:
    done = run(place, "import", "nowhere.jsonl")
    assert done.returncode == 1
    assert (
        done.stderr == "session-buddy: nowhere.jsonl cannot be read: No such file or directory. Nothing was imported.\n"
    )


def test_recommend_shows_a_list_for_a_person_and_json_for_a_script(place: Place) -> None:
    run(place, "import", _write(place, LINES))
    shown = run(place, "recommend", "the tests fail on CI")
    assert shown.stdout.splitlines()[0].startswith("1. debugging (")
    assert "used 2 times, for problems like 'tests fail only on CI', 50 % completed" in shown.stdout
    found = json.loads(run(place, "recommend", "the tests fail on CI", "--json").stdout)
    assert found["recommendations"][0]["skill_name"] == "debugging"


def test_a_skill_that_was_never_used_is_recommended_by_its_description(place: Place) -> None:
    run(place, "import", _write(place, LINES))
    found = json.loads(run(place, "recommend", "describe what changed for people", "--json").stdout)
    first = found["recommendations"][0]
    assert first["skill_name"] == "release-notes"
    assert first["invocations"] == 0
    assert first["completion_rate"] is None
    assert first["reason"].startswith("never used yet")


def test_a_batch_gives_one_line_for_each_query_in_order(place: Place) -> None:
    run(place, "import", _write(place, LINES))
    queries = [f"question {number}" for number in range(9)] + ["tests fail only on CI"]
    path = _write(place, [{"user_query": query} for query in queries], "queries.jsonl")
    done = run(place, "recommend", "--batch", path, "--json", "--limit", "1")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["user_query"] for line in lines] == queries
    assert lines[-1] == {
        "user_query": "tests fail only on CI",
        "recommendations": [{"skill_name": "debugging", "score": 1.0, "similarity_score": 1.0}],
        "confident": True,
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["recommend"],
        ["recommend", "x", "--limit", "0"],
        ["recommend", "x", "--min-similarity", "2"],
        ["import"],
        ["nonsense"],
        ["hub", "explode"],
        ["export", "--format", "xml"],
    ],
)
def test_wrong_usage_ends_with_two_and_one_line(place: Place, arguments: list[str]) -> None:
    done = run(place, *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not place.hub_runs()


def test_the_hub_shows_itself_and_stops_when_it_is_asked_to(place: Place) -> None:
    assert run(place, "hub", "status").stdout == f"No hub is running for {place.store}.\n"
    lingering = place.with_variables(SESSION_BUDDY_LINGER="60")
    run(lingering, "import", _write(place, LINES))
    status = run(place, "hub", "status").stdout
    assert f"PID {place.hub_pid()}" in status
    assert "4 invocations" in status
    assert run(place, "hub", "stop").returncode == 0
    assert not place.hub_runs()
    assert run(place, "hub", "stop").stdout == f"No hub is running for {place.store}.\n"


@pytest.mark.model
def test_the_doctor_has_a_line_for_each_check(place: Place, tmp_path: Path) -> None:
    (tmp_path / "home" / ".claude").mkdir(parents=True)
    done = run(place.with_variables(HOME=str(tmp_path / "home")), "doctor")
    assert done.returncode == 0
    checks = [line.split()[1] for line in done.stdout.splitlines()]
    assert checks[:8] == ["python", "versions", "duckdb", "model", "settings", "store", "hub", "hooks"]
    assert {"history", "install"} <= set(checks)


def test_the_doctor_says_when_the_running_hub_has_other_settings(place: Place) -> None:
    run(place.with_variables(SESSION_BUDDY_LINGER="60"), "export")
    done = run(place.with_variables(SESSION_BUDDY_LINGER="5"), "doctor")
    assert done.returncode == 1
    assert "linger is 60.0 there and 5.0 here" in done.stdout
    assert "hub stop" in done.stdout


def test_an_export_that_cannot_be_written_leaves_no_half_file(place: Place) -> None:
    run(place, "import", _write(place, LINES))
    done = run(place, "export", "--out", str(place.project / "missing" / "out.jsonl"))
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert not (place.project / "missing").exists()

"""`session-buddy skills`, as a person types it."""

import json
from typing import Any

import pytest

from tests.system.processes import Place, run

pytestmark = pytest.mark.slow

LINES: list[dict[str, Any]] = [
    {"skill": {"name": "release-notes", "description": "Write what changed for the people who use it. " * 9}},
    {"skill": {"name": "debugging", "description": "Find out why"}},
    {"skill_name": "debugging", "invoked_at": "2026-11-02T20:00:00Z", "completed": True, "selection_rank": 1},
    {
        "skill_name": "debugging",
        "invoked_at": "2026-11-02T19:00:00Z",
        "completed": False,
        "selection_rank": 2,
        "alternatives_considered": ["refactoring"],
    },
    {"skill_name": "debugging", "invoked_at": "2026-11-02T18:00:00Z"},
    {"skill_name": "refactoring", "invoked_at": "2026-11-01T18:00:00+01:00"},
]
REFACTORING = {
    "skill_name": "refactoring",
    "description": None,
    "invocations": 1,
    "completion_rate": None,
    "open": 1,
    "last_used_at": "2026-11-01T17:00:00+00:00",
    "shown": 1,
    "chosen": 0,
    "average_selection_rank": None,
    "first_choice_completion_rate": None,
    "first_choice_ended": 0,
    "kind": None,
    "place": None,
    "path": None,
    "model_may_use": None,
}


def _load(place: Place) -> None:
    done = run(place, "import", "-", stdin="".join(json.dumps(line) + "\n" for line in LINES))
    assert done.returncode == 0, done.stderr


def test_the_skills_are_listed_by_use_and_those_never_used_come_last(place: Place) -> None:
    _load(place)
    done = run(place, "skills")
    assert done.returncode == 0
    header, *rows = done.stdout.splitlines()
    assert header.split()[:3] == ["skill", "uses", "completed"]
    assert [row.split()[:2] for row in rows[:3]] == [["debugging", "3"], ["refactoring", "1"], ["release-notes", "0"]]
    assert "never used" in rows[2]
    assert rows[3:] == [
        "",
        "2 choices reported with the use itself; average rank 1.5; 100 % completed when the first was taken (n = 1).",
    ]


def test_the_day_of_the_last_use_is_that_of_the_person(place: Place) -> None:
    _load(place)
    assert "2026-11-02" in run(place.with_variables(TZ="UTC"), "skills").stdout.splitlines()[1]
    assert "2026-11-03" in run(place.with_variables(TZ="Asia/Tokyo"), "skills").stdout.splitlines()[1]


def test_a_pipe_gets_whole_descriptions_and_no_colour(place: Place) -> None:
    _load(place)
    shown = run(place, "skills").stdout
    assert LINES[0]["skill"]["description"].strip() in shown
    assert "\x1b" not in shown


def test_json_holds_every_figure_of_every_skill(place: Place) -> None:
    patient = place.with_variables(SESSION_BUDDY_ABANDONED_AFTER="1e9")  # so that the test does not depend on the day
    _load(patient)
    found = json.loads(run(patient, "skills", "--json").stdout)
    debugging, refactoring, notes = found["skills"]
    assert refactoring == REFACTORING
    assert debugging == {
        "skill_name": "debugging",
        "description": "Find out why",
        "invocations": 3,
        "completion_rate": 50.0,
        "open": 1,
        "last_used_at": "2026-11-02T20:00:00+00:00",
        "shown": 2,
        "chosen": 2,
        "average_selection_rank": 1.5,
        "first_choice_completion_rate": 100.0,
        "first_choice_ended": 1,
        "kind": None,
        "place": None,
        "path": None,
        "model_may_use": None,
    }
    assert notes["description"] == LINES[0]["skill"]["description"].strip()
    assert (notes["invocations"], notes["last_used_at"]) == (0, None)
    assert found["recommendations"]["reported"] == 2


def test_an_empty_store_says_what_fills_it(place: Place) -> None:
    done = run(place, "skills")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1
    assert "session-buddy import" in done.stdout
    assert json.loads(run(place, "skills", "--json").stdout)["skills"] == []

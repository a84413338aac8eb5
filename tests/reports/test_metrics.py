"""Metrics as a person reads them, over real stores."""

import pytest
from rich.cells import cell_len

from session_buddy.reports.metrics import HEAD, LEGEND, metrics_text
from session_buddy.skills import metrics
from session_buddy.skills.metrics import Page
from session_buddy.store.store import Store
from tests.skills.pasts import Use, asked, fill

SMALL = [
    *[Use("debugging", 1.2 + at / 100, "completed", seconds, "monday") for at, seconds in enumerate([10, 20, 60])],
    Use("debugging", 1.1, "failed", 5, "monday"),
    Use("debugging", 10, "abandoned", 5, "tuesday"),
    Use("debugging", 9, None, None, "tuesday"),
    Use("debugging", 0.2, None, None, "tuesday"),
    Use("planning", 40, "completed", 3_700, "tuesday", "plan"),
]


def of_everything(store: Store, width: int | None = None, page: Page | None = None) -> list[str]:
    job = asked(store, lambda cursor, scope: metrics.of_everything(cursor, scope, page or Page()))
    return metrics_text({"scope": "all", **job}, width).splitlines()


def of_skill(store: Store, name: str, session_id: str | None = None) -> list[str]:
    one = asked(store, lambda cursor, scope: metrics.of_skills(cursor, scope, [name])[0], session_id)
    return metrics_text({"scope": "skill", "session_id": session_id, "skill": one}).splitlines()


def of_session(store: Store, name: str) -> list[str]:
    one = asked(store, lambda cursor, scope: metrics.of_session(cursor, scope, name))
    return metrics_text({"scope": "session", "session": one}).splitlines()


def test_everything_is_told_in_totals_and_a_line_for_each_skill(store: Store) -> None:
    fill(store, SMALL)
    lines = of_everything(store)
    assert lines[:6] == [
        "Skills Metrics Report",
        "",
        "2 skills in 2 sessions: 8 uses: 4 completed, 1 failed, 2 abandoned (1 open for too long), 1 open",
        "completed: 57 % of the ended ones",
        "most used: debugging (7)",
        "",
    ]
    assert lines[6:9] == [
        "skill      uses  completed  failed  abandoned  open   rate    average     median       95 %  rank  as first",
        "debugging     7          3       1          2     1   50 %     30.0 s     20.0 s     56.0 s     –         –",
        "planning      1          1       0          0     0  100 %  1 h 1 min  1 h 1 min  1 h 1 min     –         –",
    ]
    assert lines[9] == "phases: plan (1)"
    assert "\n".join(lines[-2:]) == LEGEND


def test_every_head_that_does_not_speak_for_itself_is_explained() -> None:
    for head in ("rate", "average", "median", "95 %", "rank", "as first"):
        assert head in HEAD
        assert f"{head}" in LEGEND


@pytest.mark.parametrize(
    "name", ["debugging", "a-name-that-does-not-end" * 10, "調試與重構" * 50, "e" + "\u0301" * 250]
)
def test_no_line_of_the_table_is_wider_than_the_terminal(store: Store, name: str) -> None:
    fill(store, [Use(name, 1, "completed", 86_399.0), *[Use("planning", 1)] * 3])
    for width in (60, 80, 100, 120, 200):
        lines = of_everything(store, width)
        table = lines[6:9]
        assert all(cell_len(line) <= width for line in table), table
        assert len({cell_len(line) for line in table}) == 1
    assert "rate" in of_everything(store, 80)[6]
    assert "as first" in of_everything(store, 200)[6]


def test_what_there_was_no_room_for_is_named(store: Store) -> None:
    fill(store, SMALL)
    assert of_everything(store, 80)[6].endswith("open   rate    average     median")
    assert of_everything(store, 80)[9] == "(a wider terminal also shows 95 %, rank, as first)"
    assert not any("wider" in line for line in of_everything(store, 120))


def test_the_skills_that_are_not_listed_are_counted(store: Store) -> None:
    fill(store, [Use(f"skill-{number:02}", 1) for number in range(30)])
    assert "  … and 10 more skills (--limit, --offset)" in of_everything(store)
    last = of_everything(store, page=Page(20, 20))
    assert last[7].startswith("skill-20 ")
    assert not any("more skills" in line for line in last)
    assert not any("more skills" in line for line in of_everything(store, page=Page(20, 500)))


def test_a_skill_is_told_whole(store: Store) -> None:
    fill(store, SMALL)
    assert of_skill(store, "debugging") == [
        "debugging: 7 uses: 3 completed, 1 failed, 2 abandoned (1 open for too long), 1 open",
        "completed: 50 % of the ended ones",
        "time to completion: 30.0 s on average, median 20.0 s, 95 % within 56.0 s",
        "first used 2026-06-20, last 2026-06-30",
        "uses in each of the last four weeks, with completion rate: 0 (–), 0 (–), 2 (0 %), 5 (75 %)",
    ]


def test_a_skill_within_a_session_says_in_which(store: Store) -> None:
    fill(store, SMALL)
    assert of_skill(store, "debugging", "monday")[0].startswith("debugging in session monday: 4 uses: 3 completed,")
    assert of_skill(store, "planning", "monday") == ["planning in session monday was not used."]


def test_a_skill_that_was_never_used_is_told_in_a_line(store: Store) -> None:
    assert of_skill(store, "on-the-shelf") == ["on-the-shelf is known and was never used."]


def test_a_session_is_told_with_its_skills(store: Store) -> None:
    fill(store, SMALL)
    assert [line.split() for line in of_session(store, "tuesday")[2:]] == [["debugging", "3"], ["planning", "1"]]
    assert of_session(store, "tuesday")[:2] == [
        "Session tuesday: 2 skills, 4 uses: 1 completed, 0 failed, 2 abandoned (1 open for too long), 1 open",
        "time in skills: 1 h 1 min",
    ]
    fill(store, [Use(f"skill {number}", 1, session="long") for number in range(25)])
    assert of_session(store, "long")[-1] == "  … and 5 more skills"


def test_where_nothing_happened_that_is_said(store: Store) -> None:
    assert of_everything(store) == ["Skills Metrics Report", "", "Nothing has been tracked yet."]
    assert of_session(store, "quiet") == ["Session quiet: no skill was tracked in it."]


def test_no_name_can_move_the_cursor(store: Store) -> None:
    fill(store, [Use("red\x1b[31m\n\u202e", 1, "failed", 1.0, "\x1b[2J\r")])
    for lines in (of_everything(store), of_skill(store, "red\x1b[31m\n\u202e"), of_session(store, "\x1b[2J\r")):
        assert all(line.isprintable() for line in lines)

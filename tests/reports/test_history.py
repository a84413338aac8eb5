"""What a person is shown of their transcripts."""

from typing import Any

from session_buddy.reports.history import history_text

PASSED = dict.fromkeys(
    ("unchanged", "claiming", "of_others", "links", "unreadable", "long_lines", "bad_lines", "before"), 0
)


def found(**changes: Any) -> dict[str, Any]:
    skill = {"uses": 3, "completed": 1, "failed": 1, "abandoned": 0, "seen": 1, "inferred": 1, "unknown": 1}
    made: dict[str, Any] = {
        "folder": "/home/me/.claude/projects",
        "project": "/work/app",
        "transcripts": 4,
        "period": {"first": "2026-11-02T12:00:00+00:00", "last": "2026-11-19T12:00:00+00:00"},
        "sessions": 2,
        "uses": {"total": 3, "by_the_model": 2, "by_you": 1, "in_subagents": 0},
        "imported": 2,
        "already_stored": 1,
        "ends_added": 0,
        "weeks": [
            {"week": "2026-11-02", "uses": 2},
            {"week": "2026-11-09", "uses": 0},
            {"week": "2026-11-16", "uses": 1},
        ],
        "skills": [{"skill_name": "debugging"} | skill],
        "passed_over": PASSED,
    }
    return made | changes


def test_a_person_sees_period_weeks_and_skills() -> None:
    text = history_text(found())
    assert "2026-11-02 to 2026-11-19, /work/app" in text
    assert "2 sessions in 4 transcripts: 3 uses of 1 skill, 2 by the model, 1 by you, 0 in subagents" in text
    bars = [line.count("█") for line in text.splitlines() if "week of" in line]
    assert bars == [30, 0, 15]
    assert "seen of 1, inferred from what came after of 1, and is unknown of 1" in text
    assert "2 uses imported, 1 already stored." in text
    assert "Passed over" not in text


def test_what_was_passed_over_is_told_with_the_reason() -> None:
    text = history_text(found(passed_over=PASSED | {"claiming": 1, "long_lines": 2, "before": 5}))
    line = text.splitlines()[-1]
    assert line.startswith("Passed over: 1 transcript claiming to be of another project")
    assert "2 lines of more than 4 MB; 5 uses before the time given." in line


def test_where_only_other_projects_have_transcripts_the_command_is_named() -> None:
    nothing: dict[str, Any] = {"transcripts": 0, "period": None, "uses": {"total": 0}, "weeks": [], "skills": []}
    text = history_text(found(**nothing, passed_over=PASSED | {"of_others": 37}))
    assert "37 transcripts of other projects lie there" in text
    assert "--from claude-code --project all" in text


def test_nothing_new_is_one_line() -> None:
    again = found(uses={"total": 0}, passed_over=PASSED | {"unchanged": 4})
    assert history_text(again) == "Nothing new: 4 transcripts unchanged since they were read."


def test_names_cannot_move_the_cursor_or_fill_the_screen() -> None:
    skill = found()["skills"][0] | {"skill_name": "\x1b[2J\u202edebug" + "x" * 500}
    text = history_text(found(skills=[skill], project="/work/\x1b]0;x\x07"))
    assert not any(character in text for character in "\x1b\x07\u202e")
    assert max(len(line) for line in text.splitlines()) < 160


def test_a_long_past_is_shown_from_its_end() -> None:
    weeks = [{"week": f"2026-01-{day:02}", "uses": day} for day in range(1, 20)]
    text = history_text(found(weeks=weeks))
    assert "… and 3 earlier weeks" in text
    assert "2026-01-03" not in text
    assert "2026-01-19" in text

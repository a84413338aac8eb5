"""What is unusual and changing, in words."""

from typing import Any

import pytest

from session_buddy.reports.changes import changes_text

NOTHING: dict[str, Any] = {
    "windows": None,
    "tests": 0,
    "changed": [],
    "sessions": 0,
    "enough_sessions": False,
    "together": [],
    "never_used": [],
    "all_never_used": 0,
}
WINDOWS = {
    "begin": "2026-03-10T23:00:00+00:00",
    "cut": "2026-06-02T23:00:00+00:00",
    "end": "2026-06-30T23:00:00+00:00",
}
QUIET = NOTHING | {"windows": WINDOWS, "tests": 12, "sessions": 1234, "enough_sessions": True}
WORSE = {
    "skill_name": "debugging",
    "what": "completion_rate",
    "before": 90.0,
    "after": 25.0,
    "effect": -65.0,
    "n_before": 30,
    "n_after": 1_200,
    "p": 1e-7,
    "corrected_p": 1.2e-6,
}
SLOWER = WORSE | {"what": "duration", "before": 30.0, "after": 3_720.0, "effect": 124.0, "corrected_p": 0.0123}
PAIR = {
    "first": "a",
    "second": "b",
    "together": 12,
    "first_sessions": 14,
    "second_sessions": 15,
    "sessions": 60,
    "corrected_p": 0.001,
    "lift": 3.428571,
    "low": 2.1,
    "high": 111.4,
}


def lines(**found: Any) -> list[str]:
    return changes_text(QUIET | found).splitlines()


def test_an_empty_store_is_told_in_a_line() -> None:
    assert changes_text(NOTHING).splitlines() == ["Unusual and Changing", "  Nothing has been tracked yet."]


def test_what_there_is_too_little_of_is_said_with_what_is_needed() -> None:
    text = changes_text(NOTHING | {"windows": WINDOWS, "sessions": 9})
    assert "Changes: too little data. A skill is tested with five ended uses in the last four weeks" in text
    assert "Used together: too little data; ten sessions are needed, there are 9." in text


def test_where_nothing_is_significant_the_number_of_tests_is_told() -> None:
    assert lines()[1].endswith("none that is more than chance, in 12 tests.")
    assert lines()[2] == "  Used together more often than by chance: none, in 1,234 sessions."


def test_a_change_is_told_with_both_values_its_effect_and_the_numbers_behind_it() -> None:
    assert lines(changed=[WORSE, SLOWER])[2:4] == [
        "    debugging: 90 % to 25 % completed (-65 points; 30 uses before and 1,200 since, p < 0.001)",
        "    debugging: 30.0 s to 1 h 2 min (124 times as long; 30 uses before and 1,200 since, p = 0.012)",
    ]


def test_a_pair_is_told_with_lift_and_interval() -> None:
    assert "    a and b: in 12 sessions, 3.4 times as often as by chance (2.1 to 111)" in lines(together=[PAIR])


@pytest.mark.parametrize(("zone", "days"), [("UTC", ("06-02", "06-30")), ("Asia/Tokyo", ("06-03", "07-01"))])
def test_the_days_are_those_of_the_person(monkeypatch: pytest.MonkeyPatch, zone: str, days: tuple[str, str]) -> None:
    import time

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert f"from 2026-{days[0]} to 2026-{days[1]}" in lines()[1]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_skill_that_was_never_used_is_told_with_how_it_is_known() -> None:
    unused = [
        {"skill_name": "forgotten", "described": False, "recommended": 3},
        {"skill_name": "asked-for", "described": True, "recommended": 1},
        {"skill_name": "on-the-shelf", "described": True, "recommended": 0},
    ]
    told = changes_text(NOTHING | {"never_used": unused * 4, "all_never_used": 60}).splitlines()
    assert told[3:7] == [
        "  Never used, though installed or recommended:",
        "    forgotten: recommended 3 times",
        "    asked-for: described and recommended once",
        "    on-the-shelf: described",
    ]
    assert told[-1] == "  … and 50 more skills"


def test_long_lists_are_cut_and_no_name_can_move_the_cursor() -> None:
    wild = {"skill_name": "\x1b[2J\n" * 50}
    text = changes_text(QUIET | {"changed": [WORSE | wild] * 30, "together": [PAIR] * 30})
    assert "… and 20 more changes" in text
    assert "… and 20 more pairs" in text
    assert all(line.isprintable() for line in text.splitlines())

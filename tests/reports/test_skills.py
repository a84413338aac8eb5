"""Skills as a table for people."""

from typing import Any

from session_buddy.reports.skills import NONE_KNOWN, following_text, skills_text
from session_buddy.reports.text import recommendations_text

NOTHING_GIVEN: dict[str, Any] = {
    "given": 0,
    "answered": 0,
    "chosen": 0,
    "ignored": 0,
    "unanswered": 0,
    "reported": 0,
    "average_selection_rank": None,
    "first_choice_completion_rate": None,
    "first_choice_ended": 0,
}
GIVEN = NOTHING_GIVEN | {
    "given": 212,
    "answered": 150,
    "chosen": 120,
    "ignored": 30,
    "unanswered": 62,
    "average_selection_rank": 1.4,
    "first_choice_completion_rate": 91.3,
    "first_choice_ended": 80,
}
NEVER_USED: dict[str, Any] = {
    "skill_name": "release-notes",
    "description": "Write what changed, for the people who use it",
    "invocations": 0,
    "completion_rate": None,
    "open": 0,
    "last_used_at": None,
    "shown": 0,
    "chosen": 0,
    "average_selection_rank": None,
    "first_choice_completion_rate": None,
    "first_choice_ended": 0,
}
USED = NEVER_USED | {
    "skill_name": "debugging",
    "description": None,
    "invocations": 12,
    "completion_rate": 87.5,
    "open": 4,
    "last_used_at": "2026-11-02T12:00:00+00:00",
    "shown": 9,
    "chosen": 3,
    "average_selection_rank": 1.25,
    "first_choice_completion_rate": 100.0,
    "first_choice_ended": 2,
}


def lines(*skills: dict[str, Any], width: int | None = None) -> list[str]:
    return skills_text({"skills": list(skills), "recommendations": NOTHING_GIVEN}, width).splitlines()


def test_names_and_places_cannot_move_a_cursor() -> None:
    one = NEVER_USED | {"skill_name": "a\x1b[2J", "place": "plugin b\x07\u202e", "kind": "command"}
    assert not any(character in "\n".join(lines(one)) for character in "\x1b\x07\u202e")
    one = NEVER_USED | {"skill_name": "a\x1b[2J", "score": 1.0, "reason": "it fits"}
    said = recommendations_text({"recommendations": [one], "confident": True})
    assert said == "1. a [2J (1.00): it fits"


def test_every_skill_has_a_line_of_figures_and_what_is_unknown_is_a_dash() -> None:
    assert lines(USED, NEVER_USED) == [
        "skill          uses  completed  open    last use  chosen  rank  as first  description",
        "debugging        12       88 %     4  2026-11-02  3 of 9   1.2     100 %",
        "release-notes     0          –     0  never used       –     –         –  " + NEVER_USED["description"],
    ]


def test_a_description_is_cut_where_the_terminal_ends() -> None:
    for width in range(78, 130):
        assert all(len(line) <= width for line in lines(NEVER_USED, width=width)[1:])
    assert lines(NEVER_USED, width=90)[1].endswith("–  Write what chan…")
    assert lines(NEVER_USED, width=60)[1].endswith("–")


def test_wide_characters_keep_the_columns_in_line() -> None:
    header, wide, narrow = lines(USED | {"skill_name": "調試"}, USED | {"skill_name": "dbug"})
    assert wide.removeprefix("調試") == narrow.removeprefix("dbug")
    assert header.index("uses") + len("uses") == narrow.index("12") + len("12")


def test_a_very_long_name_stands_as_it_is() -> None:
    long = "a-skill-" * 20
    assert lines(USED | {"skill_name": long}, USED)[1].startswith(long + "  ")
    assert len(lines(USED | {"skill_name": long}, USED)[2]) < 100


def test_a_description_cannot_move_the_cursor_of_a_terminal() -> None:
    assert "\x1b" not in lines(NEVER_USED | {"description": "red \x1b[31m alert"})[1]


def test_without_any_skill_the_text_says_what_brings_them_in() -> None:
    assert lines() == [NONE_KNOWN]


def test_below_the_table_stands_how_recommendations_were_followed() -> None:
    text = skills_text({"skills": [USED], "recommendations": GIVEN})
    assert text.splitlines()[2:] == ["", following_text(GIVEN)]


def test_the_line_on_recommendations_tells_only_what_is_known() -> None:
    assert following_text(NOTHING_GIVEN) is None
    assert following_text(NOTHING_GIVEN | {"given": 1, "unanswered": 1}) == "1 list given, none answered yet."
    assert following_text(GIVEN) == (
        "212 lists given, 150 answered: chosen 120 (80 %), ignored 30; average rank 1.4; "
        "91 % completed when the first was taken (n = 80)."
    )
    assert following_text(NOTHING_GIVEN | {"reported": 1}) == "1 choice reported with the use itself."

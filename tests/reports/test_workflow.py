"""The workflow report as a person or an assistant reads it, over real stores."""

import unicodedata
from itertools import pairwise

import pytest
from rich.cells import cell_len

from session_buddy.reports.columns import short
from session_buddy.reports.workflow import LONGEST, workflow_text
from session_buddy.skills import workflow
from session_buddy.skills.paging import paged
from session_buddy.store.store import Store
from tests.skills.pasts import Use, asked, fill

HEADINGS = (
    "Workflow Correlation Report",
    "Skill Effectiveness by Workflow Phase",
    "Workflow Bottlenecks",
    "Workflow Phase Transitions",
    "Recommendations by Phase",
    "Skill Usage Heatmap by Workflow Phase",
    "Legend",
)
MONSTERS = {
    "long": "a-name-that-does-not-end" * 11,
    "wide": "調試與重構" * 51,
    "emoji": "🧑‍🚀👩🏽‍🔬" * 36,
    "marks": "e" + "\u0301" * 255,
    "bidi": "\u202eesrever\u2066\u200f" * 25,
    "control": "\x1b[31mred\r\n\t\x00\x9b" * 16,
    "surrogate-free astral": "𝒜𐍈" * 128,
}


def report(store: Store, page: int = 1, session_id: str | None = None) -> str:
    figures = paged(asked(store, workflow.figures_of, session_id), page)
    return workflow_text({"session_id": session_id, **figures})


def in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and all(one < other for one, other in pairwise(places))


@pytest.mark.parametrize("kind", MONSTERS)
def test_it_has_all_its_sections_in_6000_characters_whatever_the_names_are(store: Store, kind: str) -> None:
    """A thousand phases, each entered from the one before, ten skills in the first of them."""
    name = MONSTERS[kind]
    phases = [f"{number} {name}"[:256] for number in range(1000)]
    skills = [f"{number}{name}"[:256] for number in range(10)]
    fill(store, [Use(skills[at % 10], 9 - at / 1000, "failed", 5e7, "s", phase) for at, phase in enumerate(phases)])
    fill(store, [Use(skill, 8, "failed", 5e7, "t", phase) for phase in phases[:20] for skill in skills * 5])
    text = report(store, session_id=None)
    assert len(text) <= LONGEST
    assert in_order(text, *HEADINGS)
    assert "more phases" in text
    assert "more transitions" in text
    assert "Left out: " in text
    assert "other phases." in text
    for character in set(text) - {"\n"}:
        assert character.isprintable(), unicodedata.name(character, hex(ord(character)))


def test_a_small_report_tells_every_number(store: Store) -> None:
    fill(
        store,
        [
            *[Use("planning", 5 - at / 24, "completed", 60.0, f"session {at}", "plan") for at in range(3)],
            Use("debugging", 4.5, "completed", 30.0, "session 0", "build"),
            Use("debugging", 4.4, "failed", 90.0, "session 1", "build"),
            Use("debugging", 4.3, "abandoned", 10.0, "session 2", "build"),
            Use("debugging", 0.1, None, None, "session 2", "build"),
            Use("refactoring", 1, "completed", 5.0, "session 3"),
        ],
    )
    lines = report(store).splitlines()
    assert lines[: lines.index("Workflow Bottlenecks")] == [
        "Workflow Correlation Report",
        "",
        "Skill Effectiveness by Workflow Phase",
        "  build:  33 % of 3 completed, 30.0 s on average, 1 open",
        "    debugging                     33 % of 3 completed, 30.0 s on average, 1 open",
        "  plan: 100 % of 3 completed, 1 min 0 s on average",
        "    planning                     100 % of 3 completed, 1 min 0 s on average",
        "  (left out: 1 use without a phase)",
        "",
    ]
    text = "\n".join(lines)
    assert "build                        critical: 67 % of 3 ended ones lost (1 abandoned, 1 failed), 100 %" in text
    assert "score 0.67" in text
    assert "plan → build" in text
    assert "3, mostly with debugging (3)" in text
    assert "within the same phase: build 1" in text
    assert "plan                         planning: 100 % of 3 (44 to 100 %)" in text
    assert "build                        debugging: 33 % of 3 (6 to 79 %)" in text
    heatmap = lines[lines.index("Skill Usage Heatmap by Workflow Phase") + 1 :]
    assert [line.split() for line in heatmap[:3]] == [
        ["build", "plan"],
        ["debugging", "33", "%", "4"],
        ["planning", "100", "%", "3"],
    ]
    assert heatmap[2].index("100 %") > heatmap[1].index("33 %") + 10


def test_below_three_ended_uses_no_skill_is_recommended(store: Store) -> None:
    fill(store, [Use("debugging", 1, "completed", phase="build")] * 2 + [Use("debugging", 0.1, None, phase="build")])
    text = report(store)
    assert "build                        not enough data" in text
    fill(store, [Use("debugging", 1, "completed", phase="build")])
    assert "not enough data" not in report(store)


def test_what_is_cut_is_counted(store: Store) -> None:
    fill(store, [Use(f"skill {at}", 1, phase="build") for at in range(7)])
    fill(store, [Use("planning", 2 - at / 100, phase=f"phase {at:02}") for at in range(14)])
    text = report(store)
    assert "  … and 2 more skills" in text
    assert "  … and 3 more phases" in text
    assert "  … and 4 more transitions" in text


def test_without_losses_and_steps_it_says_so(store: Store) -> None:
    fill(store, [Use("planning", 1, phase="plan")])
    text = report(store)
    assert "none: no phase with three ended uses loses 20 % of them" in text
    assert "none: no session has two uses with a phase" in text


def test_an_empty_store_and_one_without_phases_are_told_in_a_line(store: Store) -> None:
    assert report(store).splitlines()[2:] == ["Nothing has been tracked yet."]
    fill(store, [Use("planning", 1)])
    assert report(store).splitlines()[2:] == ["1 use, none of them in a phase: pass workflow_phase to track_skill."]


def test_the_report_of_a_session_names_it(store: Store) -> None:
    monday = "monday\n\x1b[2J"
    fill(store, [Use("planning", 1, session=monday, phase="plan"), Use("planning", 1, session="tuesday")])
    assert report(store, session_id=monday).startswith("Workflow Correlation Report of session monday  [2J\n")
    assert "none of them in a phase" in report(store, session_id="tuesday")


def test_a_later_page_says_which_it_is_and_shows_what_is_on_it(store: Store) -> None:
    fill(store, [Use("planning", 2 - at / 100, "failed", phase=f"phase {at:02}") for at in range(25)] * 3)
    second, third = report(store, 2), report(store, 3)
    assert second.startswith("Workflow Correlation Report, page 2 of 2\n")
    assert in_order(second, *HEADINGS)
    assert "phase 20: " in second
    assert "phase 19: " not in second
    assert "more phases" not in second
    assert "none: " not in third
    assert "tracked yet" not in third
    assert "no use has a phase" not in third


@pytest.mark.parametrize("text", [*MONSTERS.values(), "", "a", "調", "e\u0301", "नमस्ते दुनिया"])
def test_a_shortened_text_keeps_to_its_room(text: str) -> None:
    for room in (2, 3, 10, 28, 300):
        shown = short(text, room)
        assert cell_len(shown) <= room
        assert len(shown) <= 2 * room + 1
        assert shown.isprintable()


def test_a_text_that_has_room_stays_as_it_is() -> None:
    for text in ("debugging", "調試", "e\u0301te\u0301", ""):
        assert short(text, 10) == text
    assert short("debugging", 6) == "debug…"


def test_a_skill_that_never_completed_anything_is_not_recommended(store: Store) -> None:
    fill(store, [Use("debugging", 1, "failed", 60, "s", "plan")] * 3)
    assert "nothing to recommend: no use of debugging was completed (n = 3)" in report(store)

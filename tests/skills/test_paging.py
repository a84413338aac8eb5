"""Long reports in pages."""

from typing import Any

from session_buddy.skills.paging import PAGE_SIZE, paged


def report(phases: int, transitions: int) -> dict[str, Any]:
    names = [f"phase {number}" for number in range(phases)]
    return {
        "total_invocations": 7,
        "effectiveness": [{"phase": name} for name in names],
        "transitions": [{"count": number} for number in range(transitions)],
        "heatmap": {
            "skills": ["a", "b"],
            "phases": names,
            "all_phases": phases,
            "cells": [{"phase": name, "skill_name": skill} for name in names for skill in ("a", "b")],
        },
    }


def test_all_pages_together_hold_everything_once_and_in_order() -> None:
    whole = report(45, 61)
    pages = [paged(whole, number) for number in range(1, 5)]
    for section in ("effectiveness", "transitions"):
        assert [one for page in pages for one in page[section]] == whole[section]
    for section in ("phases", "cells"):
        assert [one for page in pages for one in page["heatmap"][section]] == whole["heatmap"][section]
    assert all(len(page["transitions"]) <= PAGE_SIZE for page in pages)


def test_the_longest_list_says_how_many_pages_there_are_and_totals_are_of_all() -> None:
    for phases, transitions, pages in [(0, 0, 1), (1, 0, 1), (20, 20, 1), (21, 3, 2), (3, 40, 2), (3, 41, 3)]:
        found = paged(report(phases, transitions), 1)
        assert (found["page"], found["pages"]) == (1, pages)
        assert found["totals"] == {"effectiveness": phases, "transitions": transitions}
        assert found["heatmap"]["all_phases"] == phases
        assert found["total_invocations"] == 7


def test_a_page_after_the_last_is_empty() -> None:
    found = paged(report(5, 5), 2)
    assert (found["effectiveness"], found["transitions"], found["page"], found["pages"]) == ([], [], 2, 1)
    assert (found["heatmap"]["phases"], found["heatmap"]["cells"]) == ([], [])
    assert found["heatmap"]["skills"] == ["a", "b"]


def test_the_report_itself_stays_whole() -> None:
    whole = report(45, 61)
    paged(whole, 2)
    assert whole == report(45, 61)

"""A dashboard of a project in which nothing has happened yet says what brings something to each view."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, column, step, suggest
from tests.system.processes import Place, Window, run

pytestmark = pytest.mark.slow


def test_each_part_says_what_brings_something_to_it(window: Window, tab: Tab) -> None:
    tab.excused = ("status of 404",)
    page = tab.drawn()
    expect(page.get_by_role("region", name="Coaching")).to_contain_text("Nothing waits for you")
    expect(page.get_by_role("region", name="Coaching")).to_contain_text("coaching_start")
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("Nothing has happened yet")
    page.keyboard.press("a")
    page.keyboard.press("Backspace")
    page.keyboard.press("]")
    expect(page.locator(".announcer")).to_be_empty()
    page = tab.go("/learning")
    expect(page.get_by_role("main")).to_contain_text("No workflow was coached yet")
    page = tab.go("/learning/nothing%20like%20it")
    expect(page.get_by_role("alert")).to_contain_text("nothing like it")
    page = tab.go("/corrections")
    expect(page.get_by_role("main")).to_contain_text("Nothing was corrected yet")
    page = tab.go("/corrections/nothing%20like%20it")
    expect(page.get_by_role("main")).to_contain_text("nothing like it")
    page = tab.go("/")
    session = begin(window, tab)
    expect(page.get_by_role("region", name="Coaching")).to_contain_text("1 more under way, 0 paused")
    suggest(window, session, "first of all")
    step(page, "first of all")
    expect(column(page)).to_contain_text("none yet")
    page = tab.go("/learning/release")
    expect(page.get_by_role("main")).to_contain_text("No person has decided here yet")
    expect(page.get_by_role("main")).to_contain_text("No step was decided yet")


def test_a_history_that_is_imported_stands_at_its_own_time(place: Place, window: Window, tab: Tab) -> None:
    page = tab.page
    events = page.get_by_role("list", name="Events, the newest first").get_by_role("listitem")
    window.track("new as of now")
    expect(events.first).to_contain_text("new as of now")
    days_ago = datetime.now(UTC) - timedelta(days=3)
    uses = [
        {"skill_name": f"imported {one}", "invoked_at": (days_ago - one * timedelta(days=365)).isoformat()}
        | ({"completed": False} if one else {"completed": True, "duration_seconds": 40})
        for one in range(2)
    ]
    page.get_by_label("Show").select_option("Skills used")
    done = run(place, "import", "-", stdin="".join(json.dumps(one) + "\n" for one in uses))
    assert done.returncode == 0, done.stderr
    imported = events.filter(has_text="imported")
    expect(imported.first).to_contain_text(re.compile("completed.*imported 0 completed after 40 s"))
    for drawn in range(2):
        expect(events.first).to_contain_text("new as of now")
        expect(imported.first.get_by_role("time")).to_have_text(
            re.compile(rf"\b{days_ago.astimezone().day}\b.*\d\d:\d\d$")
        )
        expect(imported.last.get_by_role("time")).to_have_text(re.compile(rf"\b{days_ago.year - 1}\b"))
        expect(imported.last).to_contain_text("imported 1")
        if not drawn:
            page.reload()
            tab.drawn()
            page.get_by_label("Show").select_option("Skills used")

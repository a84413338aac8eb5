"""What happens in all windows stands on the page as it happens."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, called, step, suggest
from tests.system.processes import Place, Window

pytestmark = pytest.mark.slow


def events(page: Page) -> Locator:
    return page.get_by_role("list", name="Events, the newest first").get_by_role("listitem")


def complete(window: Window, invocation: str, **given: object) -> None:
    called(window, "complete_skill", invocation_id=invocation, **given)


def test_two_windows_are_told_as_they_work(place: Place, window: Window, tab: Tab) -> None:
    page = tab.page
    with Window(place) as other:
        other.initialize()
        first = window.track("debugging together")
        expect(events(page).first).to_contain_text("debugging together began")
        second = other.track("review together")
        expect(events(page).first).to_contain_text("review together began")
        complete(window, first)
        expect(events(page).first).to_contain_text(re.compile("completed.*debugging together completed"))
        complete(other, second, completed=False, error_type="Timeout")
        expect(events(page).first).to_contain_text(re.compile(r"failed.*review together failed.*\(Timeout\)"))
    together = events(page).filter(has_text="together")
    expect(together).to_have_count(4)
    page.reload()
    tab.drawn()
    expect(together).to_have_count(4)


def test_it_is_held_still_while_somebody_reads(window: Window, tab: Tab) -> None:
    page = tab.page
    window.track("before")
    expect(events(page).first).to_contain_text("before began")
    page.get_by_role("button", name="Hold still").click()
    timeline = page.get_by_role("region", name="Timeline")
    expect(timeline).to_contain_text("nothing new yet")
    window.track("meanwhile")
    expect(timeline).to_contain_text("1 new event")
    expect(events(page).first).to_contain_text("before began")
    page.get_by_role("button", name="Go on").click()
    expect(events(page).first).to_contain_text("meanwhile began")


def test_it_shows_one_kind_also_when_another_is_busy(window: Window, tab: Tab) -> None:
    page, session = tab.page, begin(window, tab)
    suggest(window, session, "quiet step")
    step(page, "quiet step").get_by_role("button", name="Skip").click()
    for number in range(110):
        window.track(f"busy {number}")
    expect(events(page).first).to_contain_text("busy 109 began")
    expect(events(page).filter(has_text="quiet step")).to_have_count(0)
    show = page.get_by_label("Show")
    show.select_option("Coaching")
    expect(events(page).first).to_contain_text("release: step quiet step skipped by a person")
    expect(events(page).filter(has_text="busy")).to_have_count(0)
    page.reload()
    tab.drawn()
    show.select_option("Coaching")
    expect(events(page).first).to_contain_text("quiet step skipped")
    show.select_option("session_buddy itself")
    expect(page.get_by_text("None of these lately")).to_be_visible()

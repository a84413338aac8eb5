"""That something waits is told while the page is out of sight."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, step, suggest
from tests.system.processes import Window, until

pytestmark = pytest.mark.slow

# A browser without a window shows no notifications; this notes them.
_NOTED = """window.noted = [];
window.Notification = class extends Notification {
  constructor(title, options) { super(title, options); window.noted.push([title, options.body]); }
};"""
_SIGHT = """hidden => {
  Object.defineProperty(document, "hidden", {configurable: true, value: hidden});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def put_out_of_sight(page: Page, hidden: bool = True) -> None:
    """As a browser tells a page whose tab goes behind another; without a window it tells none."""
    page.evaluate(_SIGHT, hidden)


def test_the_title_counts_what_waits_while_the_page_is_out_of_sight(window: Window, tab: Tab) -> None:
    page, session = tab.page, begin(window, tab)
    suggest(window, session, "lint")
    step(page, "lint")
    expect(page).to_have_title("Now · session_buddy")
    put_out_of_sight(page)
    expect(page).to_have_title("(1) Now · session_buddy")
    made = suggest(window, session, "test")
    expect(page).to_have_title("(2) Now · session_buddy")
    window.call("coaching_decide", session_id=session, suggestion_id=made, decision="accept")
    expect(page).to_have_title("(1) Now · session_buddy")
    window.call("pause_session", session_id=session)
    expect(page).to_have_title("Now · session_buddy")
    window.call("resume_session", session_id=session)
    expect(page).to_have_title("(1) Now · session_buddy")
    put_out_of_sight(page, False)
    expect(page).to_have_title("Now · session_buddy")


def test_the_time_in_which_a_step_was_out_of_sight_is_not_counted(window: Window, tab: Tab) -> None:
    page = tab.page
    page.clock.install()
    page.reload()
    tab.drawn()
    session = begin(window, tab)
    suggest(window, session, "lint")
    shown = step(page, "lint")
    page.clock.fast_forward(2_000)
    put_out_of_sight(page)
    page.clock.fast_forward("10:00")
    put_out_of_sight(page, False)
    page.clock.fast_forward(2_000)
    with page.expect_response("**/api/decisions") as answer:
        shown.get_by_role("button", name="Accept").click()
    assert 4 <= answer.value.json()["decision"]["decision_seconds"] < 300


def test_a_person_is_notified_who_wants_to_be(window: Window, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(permissions=["notifications"])
    page = tab.page
    page.add_init_script(_NOTED)
    page.reload()
    tab.drawn()
    session = begin(window, tab)
    put_out_of_sight(page)
    suggest(window, session, "lint")
    step(page, "lint")
    assert page.evaluate("noted") == []
    page.get_by_role("button", name="Notify me").click()
    expect(page.get_by_role("button", name="Notifications on")).to_have_attribute("aria-pressed", "true")
    suggest(window, session, "test")
    noted = until(lambda: page.evaluate("noted"), bool)
    assert noted == [["A step waits for you", "release: test. 2 steps wait."]]
    page.reload()
    tab.drawn()
    page.get_by_role("button", name="Notifications on").click()
    expect(page.get_by_role("button", name="Notify me")).to_have_attribute("aria-pressed", "false")


def test_a_browser_that_does_not_allow_it_is_no_secret(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Notify me").click()
    said = tab.page.get_by_role("status").filter(has_text="The browser does not let this page notify you.")
    expect(said).to_be_visible()
    expect(tab.page.get_by_role("button", name="Notify me")).to_have_attribute("aria-pressed", "false")

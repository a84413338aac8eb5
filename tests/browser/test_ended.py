"""A page whose dashboard was ended keeps what it shows, and says how it is opened again."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Tab
from tests.system.processes import Place, Window, run

pytestmark = pytest.mark.slow


def test_a_page_without_its_dashboard_says_what_to_do(place: Place, window: Window, tab: Tab) -> None:
    tab.excused = ("ERR_CONNECTION_REFUSED",)
    page = tab.page
    page.clock.install()
    page.reload()
    tab.drawn()
    window.track("seen before")
    timeline = page.get_by_role("region", name="Timeline")
    expect(timeline).to_contain_text("seen before began")
    assert run(place, "dashboard", "--stop").returncode == 0
    expect(page.locator(".connection")).to_contain_text("Reconnecting…")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.fast_forward(11_000)
    expect(page.get_by_role("alert")).to_contain_text("If it was ended: Run session-buddy dashboard again")
    expect(timeline).to_contain_text("seen before began")

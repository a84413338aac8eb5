"""A browser whose key is no longer valid is told so, and how it comes in again."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Tab

pytestmark = pytest.mark.slow

HOW = "session-buddy dashboard"


def test_an_open_page_says_that_its_link_has_expired(tab: Tab) -> None:
    tab.excused = ("status of 401",)
    page, sockets = tab.page, []
    page.route_web_socket("**/api/events*", lambda socket: sockets.append((socket, socket.connect_to_server())))
    page.reload()
    tab.drawn().wait_for_load_state("networkidle")  # until all views are at hand
    page.context.clear_cookies()
    page.get_by_role("link", name="Learning").click()
    expect(page.get_by_role("alert")).to_contain_text(HOW)
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    sockets[0][0].close(code=1012)
    expect(page.locator(".connection")).to_have_text("This link has expired")
    expect(page.get_by_role("alert").first).to_contain_text("a link that is no longer valid")
    page.reload()
    expect(page.locator("body")).to_contain_text(HOW)
    page.goto(tab.url)
    tab.drawn()

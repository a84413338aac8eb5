"""The hub, or the network, goes away while the page is open: nothing is lost, and nothing has to be loaded anew."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from session_buddy.bridge.lock import HubLock
from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, column, decided, decisions, step, suggest, wait
from tests.system.processes import Place, Window, eventually

pytestmark = pytest.mark.slow


def kill_hub(place: Place) -> None:
    pid = place.hub_pid()
    os.kill(pid, signal.SIGKILL)


@contextmanager
def without_hub(place: Place) -> Iterator[None]:
    """Kill the hub, and let no other begin meanwhile."""
    path = f"{place.store}.lock"

    def taken() -> HubLock | None:
        kill_hub(place)
        return HubLock.take(path)

    lock = eventually(taken)
    try:
        yield
    finally:
        lock.release()


def marked(tab: Tab) -> Page:
    """The page, which is the same one as long as the mark is there."""
    tab.page.evaluate("window.mark = 'the same page'")
    return tab.page


def connection(page: Page, text: str) -> None:
    expect(page.locator(".connection")).to_have_text(text, timeout=30_000)


def test_a_page_goes_on_when_the_hub_was_killed(place: Place, window: Window, tab: Tab) -> None:
    page, session = marked(tab), begin(window, tab)
    waiting = wait(window, session, "lint")
    step(page, "lint").get_by_label("Why (optional)").fill("typed before")
    with without_hub(place):
        connection(page, "Waiting for the hub…")
        expect(step(page, "lint").get_by_label("Why (optional)")).to_have_value("typed before")
    connection(page, "Live")
    step(page, "lint").get_by_role("button", name="Accept").click()
    made = decided(window, waiting)
    assert (made["decision"], made["feedback"]) == ("accept", "typed before")
    suggest(window, session, "test")
    step(page, "test")
    assert page.evaluate("window.mark") == "the same page"


def test_a_decision_pressed_while_the_hub_is_away_is_made_once(place: Place, window: Window, tab: Tab) -> None:
    page, session = marked(tab), begin(window, tab)
    waiting = wait(window, session, "lint")
    step(page, "lint")
    with without_hub(place):
        step(page, "lint").get_by_role("button", name="Reject").click()
        expect(step(page, "lint").get_by_role("status")).to_contain_text("Sending…")
        expect(step(page, "lint").get_by_role("button", name="Accept")).to_be_disabled()
    made = decided(window, waiting)
    assert made["decision"] == "reject"
    expect(column(page)).to_contain_text("Nothing waits here now.")
    assert [one["decision_id"] for one in decisions(tab, session)] == [made["decision_id"]]
    assert page.evaluate("window.mark") == "the same page"


def test_what_cannot_be_sent_is_sent_again_or_stopped(window: Window, tab: Tab) -> None:
    tab.excused = ("ERR_INTERNET_DISCONNECTED",)
    page, session = tab.page, begin(window, tab)
    waiting = wait(window, session, "lint")
    shown = step(page, "lint")
    page.context.set_offline(True)
    shown.get_by_role("button", name="Reject").click()
    told = shown.get_by_role("status")
    expect(told).to_contain_text("Not sent yet. The dashboard cannot be reached. Nothing was lost")
    told.get_by_role("button", name="Stop sending").click()
    expect(column(page).get_by_role("alert")).to_contain_text("The dashboard cannot be reached.")
    column(page).get_by_role("button", name="Understood").click()
    shown.get_by_role("button", name="Accept").click()
    expect(told).to_contain_text("Not sent yet.")
    page.context.set_offline(False)
    assert decided(window, waiting)["decision"] == "accept"
    assert [one["decision"] for one in decisions(tab, session)] == ["accept"]


def test_a_correction_that_cannot_be_sent_stays_in_its_editor_until_it_is(window: Window, tab: Tab) -> None:
    tab.excused = ("ERR_INTERNET_DISCONNECTED",)
    page, session = tab.page, begin(window, tab)
    waiting = wait(window, session, "lint", command="ruff")
    step(page, "lint").get_by_role("button", name="Correct…").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("Parameters (JSON)")
    field.fill('{"command": "mypy"}')
    page.context.set_offline(True)
    field.press("Control+Enter")
    expect(dialog).to_contain_text("Not sent yet.")
    expect(field).to_have_value('{"command": "mypy"}')
    page.context.set_offline(False)
    assert decided(window, waiting)["correction"] == {"command": "mypy"}
    expect(dialog).to_have_count(0)


def test_a_connection_that_was_cut_comes_back_and_tells_what_was_missed(window: Window, tab: Tab) -> None:
    sockets = []
    tab.page.route_web_socket("**/api/events*", lambda socket: sockets.append((socket, socket.connect_to_server())))
    tab.page.reload()
    page = tab.drawn()
    page.route("**/api/events/recent*", lambda route: route.abort())
    page.route_web_socket("**/api/events*", lambda socket: socket.close(code=1012))
    tab.excused = ("ERR_FAILED",)
    sockets[0][0].close(code=1012)
    connection(page, "Reconnecting…now")
    window.track("missed meanwhile")
    page.route_web_socket("**/api/events*", lambda socket: sockets.append((socket, socket.connect_to_server())))
    page.get_by_role("button", name="now").click()
    connection(page, "Live")
    expect(page.get_by_role("list", name="Events, the newest first")).to_contain_text("missed meanwhile began")


def test_a_view_that_could_not_be_loaded_is_loaded_as_soon_as_it_can_be(tab: Tab) -> None:
    tab.excused = ("ERR_FAILED",)
    page = tab.page
    page.route("**/views/learning.js", lambda route: route.abort())
    page.clock.install()
    page.reload()
    page.get_by_role("link", name="Learning").click()
    expect(page.get_by_role("alert")).to_contain_text("This view cannot be loaded. Nothing was lost")
    page.unroute_all()
    page.clock.fast_forward(6_000)
    expect(page.get_by_role("heading", name="Learning", level=1)).to_be_visible()


def test_views_can_be_looked_at_while_the_dashboard_is_away(tab: Tab) -> None:
    tab.excused = ("ERR_INTERNET_DISCONNECTED",)
    page = tab.page
    with page.expect_response("**/views/corrections.js"):
        page.reload()
    tab.drawn()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("link", name="Corrections").click()
    expect(page.get_by_role("alert")).to_contain_text("The dashboard cannot be reached.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)

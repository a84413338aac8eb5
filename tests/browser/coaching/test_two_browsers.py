"""Two browsers show the same steps; one decides, and the other knows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, column, decided, decisions, step, suggest, wait
from tests.system.processes import Window

pytestmark = pytest.mark.slow


def test_what_one_decides_the_other_shows(window: Window, tab: Tab, open_tab: Callable[..., Tab]) -> None:
    other = open_tab()
    session = begin(window, tab)
    waiting = wait(window, session, "lint")
    step(other.page, "lint")
    step(tab.page, "lint").get_by_role("button", name="Reject").click()
    assert decided(window, waiting)["decision"] == "reject"
    expect(other.page.get_by_text("Nothing waits for you")).to_be_visible()
    expect(other.page.get_by_role("listitem").filter(has_text="release active")).to_contain_text("1 step decided")
    expect(other.page.get_by_role("list", name="Events, the newest first")).to_contain_text("lint rejected by a person")
    column(tab.page).get_by_role("button", name="Undo").click()
    step(other.page, "lint")
    expect(column(other.page)).to_contain_text("0 steps decided")


def test_a_second_decision_is_refused_and_names_the_first(
    window: Window, tab: Tab, open_tab: Callable[..., Tab]
) -> None:
    other = open_tab()
    other.excused = ("status of 400",)
    session = begin(window, tab)
    suggest(window, session, "lint", command="ruff")
    step(other.page, "lint").get_by_role("button", name="Correct…").click()
    dialog = other.page.get_by_role("dialog")
    field = dialog.get_by_label("Parameters (JSON)")
    field.fill('{"command": "mypy"}')
    step(tab.page, "lint").get_by_role("button", name="Accept").click()
    expect(dialog.get_by_role("alert")).to_contain_text("decided meanwhile")
    dialog.get_by_role("button", name="Save the correction").click()
    expect(dialog.get_by_role("alert").last).to_contain_text("accept")
    expect(field).to_have_value('{"command": "mypy"}')
    assert [one["decision"] for one in decisions(tab, session)] == ["accept"]

"""Reports that follow what happens, and lists that stay as they are while somebody reads them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import Tab, opened
from tests.browser.stores import keep, use
from tests.cli.coached import Coach, coached
from tests.system.processes import Window

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    with coached(tmp_path_factory.mktemp("live")) as coach:
        keep(coach.place, (use(number) for number in range(60)))
        yield coach


@pytest.fixture(scope="module")
def window(coach: Coach) -> Iterator[Window]:
    with Window(coach.place) as window:
        window.initialize()
        yield window


@pytest.fixture
def tab(browser: Browser, coach: Coach) -> Iterator[Tab]:
    with opened(browser, coach) as tab:
        yield tab


def test_new_uses_are_announced_and_the_list_stays_until_it_is_asked_for(tab: Tab, window: Window) -> None:
    page = tab.go("/uses")
    rows = page.locator("a.problem")
    expect(rows).to_have_count(50)
    before = [row.get_attribute("href") for row in rows.all()]
    rows.nth(30).scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    assert place > 0
    window.track("debugging", "what has just begun")
    window.track("debugging", "and this")
    expect(page.get_by_role("button", name="2 new uses: show")).to_be_in_viewport()
    assert [row.get_attribute("href") for row in rows.all()] == before
    assert page.evaluate("scrollY") == place
    page.get_by_role("button", name="2 new uses: show").click()
    expect(rows.first).to_have_text("and this")
    expect(rows.nth(1)).to_have_text("what has just begun")
    expect(page.get_by_role("button", name="new use")).to_have_count(0)


def test_only_what_belongs_to_a_narrowed_list_is_announced(tab: Tab, window: Window) -> None:
    page = tab.go("/uses?session=mine&skill=debugging")
    expect(page.locator(".empty-title, .trouble").first).to_be_visible()
    tab.trouble.clear()  # the browser notes the answer 404: nobody has used this session yet
    window.call("track_skill", skill_name="code-review", session_id="mine")
    window.call("track_skill", skill_name="debugging", session_id="other")
    window.call("track_skill", skill_name="debugging", session_id="mine", user_query="mine alone")
    page.get_by_role("button", name="1 new use: show").click()
    expect(page.locator("a.problem")).to_have_text(["mine alone"])


def test_a_use_in_the_list_and_its_details_follow_how_it_ends(tab: Tab, window: Window) -> None:
    made = window.track("refactoring", "ends while it is looked at")
    page = tab.go("/uses?skill=refactoring")
    row = page.get_by_role("row", name="ends while it is looked at")
    expect(row).to_contain_text("open")
    row.get_by_role("link", name="ends while").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("open")
    window.call("complete_skill", invocation_id=made, completed=False, error_type="Halted")
    expect(dialog).to_contain_text("Halted")
    page.keyboard.press("Escape")
    expect(row).to_contain_text("failed")


def test_figures_follow_what_happens(tab: Tab, window: Window) -> None:
    page = tab.go("/phases")
    grid = page.get_by_role("grid", name="Skills by phase")
    expect(grid).to_be_visible()
    window.call("track_skill", skill_name="code-review", workflow_phase="a new phase")
    expect(grid.get_by_role("columnheader", name="a new phase")).to_be_visible(timeout=15_000)
    expect(grid.get_by_role("link", name=re.compile("code-review.* in .*a new phase"))).to_contain_text("1, 1 open")


def test_new_recommendations_are_announced(tab: Tab, window: Window) -> None:
    page = tab.go("/why")
    window.call("recommend_skills", user_query="something has come up")
    page.get_by_role("button", name="1 new recommendation: show").click()
    expect(page.get_by_role("link", name="something has come up")).to_be_visible()

"""What is shown is narrowed by filters in the address, which are kept, shared and gone back to."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Tab, link_of, opened
from tests.browser.stores import SKILLS
from tests.cli.coached import Coach

pytestmark = pytest.mark.slow


@pytest.fixture
def tab(browser: Browser, everyday: Coach) -> Iterator[Tab]:
    with opened(browser, everyday) as tab:
        yield tab


def counted(coach: Coach, **filters: Any) -> int:
    """How many uses the hub lists with these filters."""
    return len(coach.client.ask("uses", {"limit": 500, **filters})["uses"])


def projects(coach: Coach) -> dict[str, str]:
    """The ids of the projects by the names of their folders."""
    found = coach.client.ask("projects", {})["projects"]
    return {one["path"].rpartition("/")[2]: one["project_id"] for one in found}


def skills_in(page: Page) -> dict[str, int]:
    """The used skills of the list and how often each was used."""
    rows = page.get_by_role("region", name="Used skills").get_by_role("row").all()[1:]
    return {row.locator(".skill-name a").inner_text(): int(row.get_by_role("cell").nth(1).inner_text()) for row in rows}


def test_a_filter_is_in_the_address_and_kept_by_reloads_and_links_and_gone_back_to(tab: Tab) -> None:
    page = tab.go("/skills")
    page.get_by_role("combobox", name="Time").select_option("30d")
    expect(page).to_have_url(re.compile(r"/skills\?since=30d$"))
    page.reload()
    expect(tab.drawn().get_by_role("combobox", name="Time")).to_have_value("30d")
    page.get_by_role("link", name="Phases", exact=True).click()
    expect(page).to_have_url(re.compile(r"/phases\?since=30d$"))
    page.get_by_label("Session", exact=True).fill("session-004")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/phases\?since=30d&session=session-004$"))
    page.get_by_role("link", name="Uses", exact=True).click()
    expect(page.get_by_text("4 uses; there are no older ones.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Phases", level=1)).to_be_visible()
    expect(page.get_by_label("Session", exact=True)).to_have_value("session-004")
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile(r"/phases$"))
    expect(page.get_by_role("combobox", name="Time")).to_have_value("")


def test_time_narrows_the_skills_to_what_the_hub_counts(tab: Tab, everyday: Coach) -> None:
    since = datetime.now(UTC) - timedelta(days=7)
    for address, filters in (("/skills", {}), ("/skills?since=7d", {"since": since.isoformat()})):
        page = tab.go(address)
        counts = {skill: counted(everyday, skill_name=skill, **filters) for skill in (*SKILLS, "deploying")}
        assert skills_in(page) == counts
        assert sum(counts.values()) > 10
    expect(page.get_by_text("Not used within these filters")).to_be_visible()


def test_the_days_from_and_to_belong_to_what_is_shown(tab: Tab, everyday: Coach) -> None:
    page = tab.go("/uses")
    page.get_by_role("combobox", name="Time").select_option("between")
    first, last = datetime.now() - timedelta(days=20), datetime.now() - timedelta(days=11)
    page.get_by_label("First day").fill(f"{first:%Y-%m-%d}")
    page.get_by_label("Last day").fill(f"{last:%Y-%m-%d}")
    expect(page).to_have_url(re.compile(rf"since={first:%Y-%m-%d}&until={last:%Y-%m-%d}"))
    begin = first.replace(hour=0, minute=0, second=0, microsecond=0).astimezone()
    end = (last + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone()
    count = counted(everyday, since=begin.isoformat(), until=end.isoformat())
    assert count == 20
    expect(page.get_by_text("20 uses; there are no older ones.")).to_be_visible()


def test_a_project_narrows_every_report_to_itself(tab: Tab, everyday: Coach) -> None:
    page = tab.go("/skills")
    page.get_by_label("Project").select_option(label="elsewhere")
    expect(page).to_have_url(re.compile(f"project={projects(everyday)['elsewhere']}"))
    expect(page.get_by_role("heading", name="1 used skill")).to_be_visible()
    assert skills_in(page) == {"deploying": 5}
    page.get_by_role("link", name="Phases", exact=True).click()
    grid = page.get_by_role("grid", name="Skills by phase")
    expect(grid.get_by_role("rowheader")).to_have_text(["deploying"])
    page.get_by_role("link", name="Uses", exact=True).click()
    expect(page.get_by_text("5 uses; there are no older ones.")).to_be_visible()
    page.locator("a.problem").first.click()
    expect(page.get_by_role("dialog").get_by_text("/elsewhere")).to_be_visible()


@pytest.mark.parametrize("filters", ["", "?since=30d", "?session=session-004", "?project="])
def test_a_cell_of_the_heatmap_leads_to_as_many_uses_as_it_tells(tab: Tab, everyday: Coach, filters: str) -> None:
    if filters == "?project=":
        filters += projects(everyday)["project"]
    page = tab.go(f"/phases{filters}")
    cells = page.locator("a.grid-cell")
    for place in {0, cells.count() // 2, cells.count() - 1}:
        told = int(cells.nth(place).locator("small").inner_text().partition(",")[0])
        cells.nth(place).click()
        text = "1 use;" if told == 1 else f"{told} uses;"
        expect(page.get_by_text(f"{text} there are no older ones.")).to_be_visible()
        assert page.locator("a.problem").count() == told
        page.go_back()
        expect(cells.first).to_be_visible()


def test_a_cell_is_reached_and_opened_by_keys_alone(tab: Tab) -> None:
    page = tab.go("/phases?since=90d")
    page.get_by_label("Session", exact=True).focus()
    focused = page.locator(":focus")
    while not focused.get_attribute("data-place"):
        page.keyboard.press("Tab")
    expect(focused).to_have_attribute("data-place", "0,0")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home", "ArrowRight"):
        page.keyboard.press(key)
    expect(focused).to_have_attribute("data-place", "1,1")
    told = int(focused.locator("small").inner_text().partition(",")[0])
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{told} uses; there are no older ones.")).to_be_visible()
    expect(page).to_have_url(re.compile("since=90d"))
    expect(page.get_by_role("heading", name="Uses", level=1)).to_be_focused()


def test_uses_are_narrowed_by_skill_phase_outcome_and_words(tab: Tab, everyday: Coach) -> None:
    page = tab.go("/uses")
    own = page.get_by_role("form", name="Which uses")
    own.get_by_label("Skill").select_option("debugging")
    own.get_by_label("Phase").select_option("build")
    own.get_by_label("Outcome").select_option("completed")
    asked = {"skill_name": "debugging", "workflow_phase": "build", "outcome": "completed"}
    expect(page.get_by_text(f"{counted(everyday, **asked)} uses; there are no older ones.")).to_be_visible()
    own.get_by_role("button", name="Every use").click()
    own.get_by_label("Phase").select_option(label="without phase")
    own.get_by_label("Problem").press_sequentially("PIPELINE")
    expect(page).to_have_url(re.compile("query=PIPELINE"))
    count = counted(everyday, workflow_phase="", query="pipeline")
    expect(page.get_by_text(f"{count} uses; there are no older ones.")).to_be_visible()
    own.get_by_label("Problem").fill("nobody ever wrote this")
    expect(page.get_by_text("No use fits these filters")).to_be_visible()
    page.get_by_role("link", name="Show every use").click()
    expect(page.get_by_role("button", name="Show older")).to_be_visible()


def test_what_a_filter_names_and_is_not_there_is_told(everyday: Coach, browser: Browser) -> None:
    context = browser.new_context()  # of which the browser itself notes the answer 404
    tab = Tab(context, link_of(everyday))
    page = tab.page
    page.goto(f"{tab.origin}/phases?session=nobody")
    expect(page.locator(".empty-title, .trouble").first).to_be_visible()
    expect(page.get_by_label("Session", exact=True)).to_have_value("nobody")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_role("grid", name="Skills by phase")).to_be_visible()
    context.close()

"""The reports: pictures with their tables, lists with their pages, and why a skill is recommended."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser import stores
from tests.browser.chromium import Tab, opened
from tests.cli.coached import Coach

pytestmark = pytest.mark.slow


@pytest.fixture
def tab(browser: Browser, everyday: Coach) -> Iterator[Tab]:
    with opened(browser, everyday) as tab:
        yield tab


def column(table: Locator, number: int) -> list[str]:
    """The texts of a column, from the top."""
    return table.locator(f"tbody td:nth-child({number})").all_inner_texts()


def test_the_picture_of_steps_is_walked_by_keys_and_tells_what_its_table_does(tab: Tab) -> None:
    page = tab.go("/phases")
    card = page.get_by_role("region", name="From phase to phase")
    bands = card.locator(".band")
    bands.first.focus()
    told = [card.locator(".flow-told").inner_text()]
    for _ in range(bands.count() - 1):
        page.keyboard.press("ArrowDown")
        told.append(card.locator(".flow-told").inner_text())
    expect(bands.last).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(bands.nth(bands.count() - 2)).to_be_focused()
    assert len(set(told)) == bands.count()
    card.get_by_role("button", name="Show as table").click()
    table = page.get_by_role("region", name="Steps from phase to phase")
    rows = zip(column(table, 1), column(table, 2), column(table, 3), strict=True)
    from_table = {f"{one} to {other}: {count} times" for one, other, count in rows}
    from_picture = {re.sub(r"[\u2068\u2069]", "", text).partition(",")[0] for text in told}
    assert from_picture <= from_table


def test_a_table_is_sorted_by_the_heading_that_is_pressed(tab: Tab) -> None:
    page = tab.go("/skills")
    table = page.get_by_role("region", name="Used skills")
    used = [int(text) for text in column(table, 2)]
    assert used == sorted(used, reverse=True)
    table.get_by_role("button", name="Uses").click()
    expect(table.get_by_role("columnheader", name="Uses")).to_have_attribute("aria-sort", "ascending")
    assert [int(text) for text in column(table, 2)] == sorted(used)
    heading = table.get_by_role("button", name="Skill")
    heading.focus()
    page.keyboard.press("Enter")
    names = table.locator(".skill-name a").all_inner_texts()
    assert names == sorted(names)
    page.keyboard.press("Enter")
    assert table.locator(".skill-name a").all_inner_texts() == sorted(names, reverse=True)


def test_durations_are_told_by_phase_and_by_skill_and_lead_to_their_uses(tab: Tab) -> None:
    page = tab.go("/phases")
    card = page.get_by_role("region", name="How long it takes")
    by_phase = card.get_by_role("list", name="Durations by phase")
    expect(by_phase.get_by_role("listitem")).to_have_count(4)
    card.get_by_role("button", name="By skill").click()
    by_skill = card.get_by_role("list", name="Durations by skill")
    expect(by_skill.get_by_role("listitem")).to_have_count(5)
    expect(by_skill.get_by_role("listitem").first).to_contain_text("p95")
    by_skill.get_by_role("link", name="debugging").click()
    expect(page).to_have_url(re.compile(r"/uses\?skill=debugging&outcome=completed$"))


def test_older_uses_are_shown_when_they_are_asked_for_each_once(tab: Tab) -> None:
    page = tab.go("/uses")
    rows = page.locator("a.problem")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Show older").click()
    expect(rows).to_have_count(100)
    page.get_by_role("button", name="Show older").click()
    expect(page.get_by_text(f"{stores.USES + stores.OTHERS} uses; there are no older ones.")).to_be_visible()
    addresses = [row.get_attribute("href") for row in rows.all()]
    assert len(set(addresses)) == stores.USES + stores.OTHERS


def test_a_use_opens_with_all_that_is_known_of_it_and_closes_where_it_was(tab: Tab) -> None:
    page = tab.go("/uses?session=session-002&outcome=failed")
    problem = page.locator("a.problem").first
    problem.click()
    dialog = page.get_by_role("dialog", name="A use")
    expect(dialog.locator("dt", has_text="Began")).to_be_visible()
    facts = dict(zip(dialog.locator("dt").all_inner_texts(), dialog.locator("dd").all_inner_texts(), strict=True))
    line = stores.use(9)
    assert facts["Skill"] == line["skill_name"]
    assert facts["Error"] == "TimeoutError"
    assert facts["Outcome"] == "failed"
    assert facts["Duration"] == "1 min 40 s"
    assert facts["Choice"] == "the first of what was recommended"
    expect(dialog.locator("pre")).to_have_text(line["user_query"])
    expect(page).to_have_url(re.compile("&use="))
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(problem).to_be_focused()
    page.go_back()
    page.reload()
    tab.drawn()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_use_has_an_address_of_its_own(tab: Tab) -> None:
    page = tab.go("/uses?outcome=abandoned")
    address = page.locator("a.problem").first.get_attribute("href")
    assert address
    page = tab.go(address)
    expect(page.get_by_role("dialog", name="A use").get_by_text("abandoned")).to_be_visible()
    page.get_by_role("link", name="Uses of this skill").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"skill="))


def test_why_shows_what_a_recommendation_rests_on(tab: Tab) -> None:
    page = tab.go("/why")
    page.get_by_label("Problem").fill("the total is off by one cent")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/why\?query=the\+total\+is\+off\+by\+one\+cent$"))
    first = page.get_by_role("list", name="Recommended skills").get_by_role("region").first
    parts = first.get_by_role("list", name="Parts of the value")
    expect(parts.locator(".signed-name").first).to_have_text("words")
    shown = [text.replace("−", "-") for text in parts.locator(".signed-value").all_inner_texts()]
    value = re.search(r"Its value, (\S+),", first.inner_text())
    assert value
    assert sum(map(float, shown)) == pytest.approx(float(value[1].replace("−", "-")), abs=0.01)
    past = first.locator("a.problem").first
    expect(past).to_have_text("the total is off by one cent")
    past.click()
    expect(page.get_by_role("dialog", name="A use").locator("pre")).to_have_text("the total is off by one cent")


def test_why_says_that_nothing_fits(tab: Tab) -> None:
    page = tab.go(f"/why?query={quote('qwertz uiop')}&phase=build")
    expect(page.get_by_text("Nothing fits well.")).to_be_visible()
    expect(page.locator("form.ask").get_by_label("Phase")).to_have_value("build")


def test_what_was_recommended_is_listed_with_what_was_chosen(tab: Tab) -> None:
    page = tab.go("/why")
    table = page.get_by_role("region", name="Recommendations, the newest first")
    row = table.get_by_role("row", name="why does the total differ?")
    expect(row.locator("ol.given li").first).to_contain_text("1. ")
    expect(row).to_contain_text("rank 1")
    expect(table.get_by_role("row", name="nobody took this")).to_contain_text("none of them")
    row.get_by_role("link").click()
    expect(page.get_by_label("Problem")).to_have_value("why does the total differ?")


def test_skills_that_nobody_uses_are_found(tab: Tab) -> None:
    page = tab.go("/phases")
    page.get_by_role("region", name="Never used").get_by_role("link", name="All 2").click()
    table = page.get_by_role("region", name="Skills without uses")
    expect(table.locator(".skill-name a")).to_have_text(["forgotten", "unused"])
    expect(page.get_by_role("region", name="Used skills")).to_have_count(0)
    page.get_by_label("Find").fill("forgot")
    expect(page).to_have_url(re.compile(r"find=forgot"))
    expect(table.locator(".skill-name a")).to_have_text(["forgotten"])
    table.get_by_role("link").click()
    expect(page.get_by_text("Never used", exact=True)).to_be_visible()

"""What others have written is shown as text, wherever that is: nothing of it runs, leads away or breaks the page."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import hostile
from tests.browser.chromium import Tab, opened
from tests.browser.test_accessible import trouble_of
from tests.cli.coached import Coach, coached

pytestmark = pytest.mark.slow

VIEWS = ("/", "/learning", "/corrections", "/skills", "/phases", "/uses", "/why")
OF_ONE = (
    "/learning/{}",
    "/corrections/{}",
    "/skills/{}",
    "/why?query={0}&phase={0}",
    "/uses?skill={0}&phase={0}&query={0}",
)
# What an element of the page may be that a text has made.
_FOREIGN = """() => [...document.querySelectorAll("script, img, iframe, object, embed, base, form[action], [onerror]")]
    .filter(one => !["/static/main.js", "/static/icon.svg"].includes(one.getAttribute("src")))
    .map(one => one.outerHTML)"""
_LINKS = """() => [...document.querySelectorAll("a[href], a[xlink\\\\:href]")]
    .map(one => one.href).filter(one => !one.startsWith(location.origin + "/"))"""


@pytest.fixture(scope="module")
def harmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    with coached(tmp_path_factory.mktemp("harmed"), hostile.FOLDER) as coach:
        hostile.filled(coach)
        yield coach


@pytest.fixture
def narrow(browser: Browser, harmed: Coach) -> Iterator[Tab]:
    with opened(browser, harmed) as tab:
        tab.page.set_viewport_size({"width": 360, "height": 900})
        yield tab


def is_harmless(tab: Tab) -> None:
    assert tab.page.evaluate(_FOREIGN) == []
    assert tab.page.evaluate(_LINKS) == []
    assert not tab.is_wider_than_its_window()
    assert tab.trouble == []


def unfold(page: Page) -> None:
    """Show what is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


@pytest.mark.parametrize("address", VIEWS)
def test_a_view_shows_every_text_as_it_is_and_runs_none(narrow: Tab, address: str) -> None:
    page = narrow.go(address)
    unfold(page)
    for text in (hostile.SCRIPT, hostile.IMAGE, hostile.LINK, hostile.INHERITED):
        expect(page.locator("main").get_by_text(text).first).to_be_attached()
    # What would turn the direction of a text is seen, and does not turn it.
    expect(page.locator("main").get_by_text("\\u202egnp.exe").first).to_be_attached()
    assert "\u202e" not in page.locator("main").inner_text()
    is_harmless(narrow)


@pytest.mark.parametrize(
    "name", hostile.NAMES, ids=["script", "image", "link", "turned", "address", "inherited", "endless"]
)
def test_what_has_such_a_name_has_its_views(narrow: Tab, name: str) -> None:
    for address in OF_ONE:
        page = narrow.go(address.format(quote(name, safe="")))
        unfold(page)
        expect(page.get_by_text("cannot be drawn")).to_have_count(0)
        is_harmless(narrow)


def test_a_use_with_such_texts_opens_and_leads_on(narrow: Tab) -> None:
    for number, name in enumerate(hostile.NAMES[::3]):
        page = narrow.go(f"/uses?skill={quote(name, safe='')}")
        page.locator("a.problem").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("Also considered")).to_be_visible()
        is_harmless(narrow)
        if number < 2:
            assert trouble_of(narrow) == []
            narrow.page.set_viewport_size({"width": 360, "height": 900})
        dialog.locator("dd", has_text="shows all its uses").get_by_role("link").click()
        expect(page.get_by_label("Session", exact=True)).to_have_value(name)
        expect(page.get_by_text("9 uses; there are no older ones.")).to_be_visible()
        is_harmless(narrow)


def test_a_skill_of_such_a_name_is_found_among_the_uses_of_its_phase(narrow: Tab) -> None:
    page = narrow.go("/phases")
    for place in range(3):
        cell = page.locator("a.grid-cell").nth(5 * place)
        uses = cell.locator("small").inner_text()
        cell.click()
        expect(page.get_by_text(f"{uses} uses; there are no older ones.")).to_be_visible()
        is_harmless(narrow)
        page.go_back()


def test_dialogs_of_coaching_show_such_texts(narrow: Tab) -> None:
    page = narrow.go("/")
    for button in ("Correct…", "End…", "History"):
        page.get_by_role("button", name=button).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(page.locator(".loading")).to_have_count(0)
        is_harmless(narrow)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_filters_of_such_names_are_applied_and_shown(narrow: Tab, harmed: Coach) -> None:
    (project,) = harmed.client.ask("projects", {})["projects"]
    assert project["path"].endswith(hostile.FOLDER)
    for name in hostile.NAMES[1::3]:
        page = narrow.go(f"/uses?session={quote(name, safe='')}&project={project['project_id']}")
        expect(page.get_by_text("9 uses; there are no older ones.")).to_be_visible()
        expect(page.get_by_label("Project").locator("option:checked")).to_contain_text("onerror=alert")
        is_harmless(narrow)

"""Every view for everybody: as axe judges it, in both themes and at two widths, and never wider than its window."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import stores
from tests.browser.chromium import Tab, opened
from tests.cli.coached import Coach, coached

pytestmark = pytest.mark.slow

VIEWS = ("/", "/learning", "/corrections", "/skills", "/phases", "/uses", "/why")
FULL = (
    *VIEWS,
    "/learning/release",
    "/corrections/release",
    "/skills/debugging",
    "/skills/unused",
    "/why?query=the+total",
)
LARGE = ("/skills", "/phases", "/uses", "/skills/skill-001", "/why?query=the+total")
BOTH: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1280), ("dark", 360))


def trouble_of(tab: Tab) -> list[Any]:
    """What is wrong with the page as it is, in each of these themes and widths."""
    found: list[Any] = []
    for theme, width in BOTH:
        tab.page.emulate_media(color_scheme=theme)
        tab.page.set_viewport_size({"width": width, "height": 900})
        found += [(theme, width, *one) for one in tab.violations()]
        if tab.is_wider_than_its_window():
            found.append((theme, width, "wider than its window"))
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    with coached(tmp_path_factory.mktemp("empty")) as coach:
        yield coach


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    with coached(tmp_path_factory.mktemp("large")) as coach:
        stores.large(coach)
        yield coach


@pytest.mark.parametrize("address", FULL)
def test_a_view_with_data_is_for_everybody(browser: Browser, everyday: Coach, address: str) -> None:
    with opened(browser, everyday) as tab:
        tab.go(address)
        assert trouble_of(tab) == []


def test_views_of_an_empty_store_are_for_everybody(browser: Browser, empty: Coach) -> None:
    with opened(browser, empty) as tab:
        for address in VIEWS:
            tab.go(address)
            assert (address, trouble_of(tab)) == (address, [])


def test_views_of_200_skills_in_12_phases_are_for_everybody(browser: Browser, large: Coach) -> None:
    with opened(browser, large) as tab:
        for address in LARGE:
            tab.go(address)
            assert (address, trouble_of(tab)) == (address, [])


def _use(page: Page) -> None:
    page.locator("a.problem").first.click()


def _press(name: str) -> Any:
    return lambda page: page.get_by_role("button", name=name).first.click()


@pytest.mark.parametrize(
    ("address", "opening", "title"),
    [
        ("/uses", _use, "A use"),
        ("/", _press("Keys"), "Keys"),
        ("/", _press("Correct…"), "Correct the parameters"),
        ("/", _press("End…"), "End release"),
        ("/", _press("History"), "Decisions in release"),
        ("/learning/release", _press("Promote"), "Promote"),
    ],
)
def test_an_open_dialog_is_for_everybody(
    browser: Browser, everyday: Coach, address: str, opening: Any, title: str
) -> None:
    with opened(browser, everyday) as tab:
        page = tab.go(address)
        opening(page)
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", name=title)).to_be_visible()
        expect(page.locator(".loading")).to_have_count(0)
        assert trouble_of(tab) == []

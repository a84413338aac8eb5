"""A browser for the tests of each file, and a dashboard with a window of an assistant for each."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import stores
from tests.browser.chromium import Tab, chromium, link, program
from tests.cli.coached import Coach, coached
from tests.system.processes import Place, Window


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Playwright holds the event loop of its thread, so no other file's tests run beside it."""
    if program() is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with chromium() as browser:
        yield browser


@pytest.fixture
def window(place: Place) -> Iterator[Window]:
    """A window of an assistant, through the handshake."""
    with Window(place) as window:
        window.initialize()
        yield window


@pytest.fixture
def address(place: Place) -> str:
    """The dashboard's link."""
    return link(place)


@pytest.fixture
def open_tab(browser: Browser, address: str) -> Iterator[Callable[..., Tab]]:
    """Opens the dashboard of the place, each time as another browser; nothing may go wrong in any of them."""
    opened = []

    def opening(**options: object) -> Tab:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)  # type: ignore[arg-type]
        tab = Tab(context, address)
        opened.append((context, tab))
        return tab

    yield opening
    trouble = [tab.trouble for _, tab in opened if tab.trouble]  # before closing cuts off what is under way
    for context, _ in opened:
        context.close()
    assert not trouble, trouble


@pytest.fixture
def tab(open_tab: Callable[..., Tab]) -> Tab:
    return open_tab()


@pytest.fixture(scope="session")
def everyday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    """A store of everyday work, which tests only look at."""
    with coached(tmp_path_factory.mktemp("everyday")) as coach:
        stores.everyday(coach)
        yield coach

"""A page whose server is away, or no longer lets it in, and addresses that lead nowhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect

from tests.browser.chromium import Tab, link_of
from tests.browser.stores import keep, use
from tests.cli.coached import Coach, coached
from tests.system.processes import Window, run, until

pytestmark = pytest.mark.slow

OUT = (
    "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e%2fapp.py", "/..%2f..%2fapp.py", "/static/..%5capp.py",
    "/static//app.py", "/static/%2fetc%2fpasswd", "/static/", "/app.py", "/nowhere",
)  # fmt: skip


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    with coached(tmp_path_factory.mktemp("away")) as coach:
        keep(coach.place, (use(number) for number in range(60)))
        yield coach


@pytest.fixture
def tab(browser: Browser, coach: Coach) -> Iterator[Tab]:
    """A tab whose browser may note that it does not reach something."""
    context = browser.new_context()
    yield Tab(context, link_of(coach))
    context.close()


# The other views are fetched when there is nothing else to do.
_FETCHED = (
    "performance.getEntriesByType('resource').filter(one => one.responseEnd).map(one => one.name.split('/').pop())"
)


def held(tab: Tab) -> list[WebSocketRoute]:
    """The page's connections, so that they can be cut; the latest is the last."""
    lines: list[WebSocketRoute] = []

    def between(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    tab.page.route_web_socket("**/api/events*", between)
    return lines


def test_a_page_whose_dashboard_has_ended_says_so_and_keeps_what_it_shows(tab: Tab, coach: Coach) -> None:
    page = tab.go("/uses")
    rows = page.locator("a.problem")
    expect(rows).to_have_count(50)
    until(lambda: page.evaluate(_FETCHED), lambda fetched: {"skills.js", "skill.js", "phases.js"} <= set(fetched))
    assert run(coach.place, "dashboard", "--stop").returncode == 0
    expect(page.locator(".connection")).to_contain_text("Reconnecting…")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Show older").click()
    trouble = page.get_by_role("alert").filter(has_text="The dashboard cannot be reached. Nothing was lost").first
    expect(trouble).to_be_visible()
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="Skills", exact=True).click()
    expect(page.get_by_role("heading", name="Skills", level=1)).to_be_visible()
    expect(trouble).to_be_visible()
    page.get_by_role("button", name="now").click()
    expect(page.locator(".connection")).to_contain_text("Reconnecting…")
    page.go_back()
    expect(page.get_by_role("heading", name="Uses", level=1)).to_be_visible()


def test_what_has_happened_while_the_line_was_cut_is_told_when_it_is_back(tab: Tab, coach: Coach) -> None:
    lines = held(tab)
    page = tab.go("/uses")
    expect(page.locator("a.problem")).to_have_count(50)
    lines[-1].close(code=1012)
    with Window(coach.place) as window:
        window.initialize()
        window.track("debugging", "while the line was cut")
    page.get_by_role("button", name="1 new use: show").click()
    expect(page.locator("a.problem").first).to_have_text("while the line was cut")
    expect(page.locator(".connection")).to_contain_text("Live")
    assert len(lines) > 1


def test_a_page_whose_link_has_expired_says_what_to_do(tab: Tab) -> None:
    lines = held(tab)
    page = tab.go("/uses")
    expect(page.locator("a.problem")).to_have_count(50)
    page.context.clear_cookies()
    lines[-1].close(code=1012)
    expect(page.locator(".connection")).to_contain_text("This link has expired")
    expect(page.get_by_role("alert").filter(has_text="session-buddy dashboard").first).to_be_visible()
    expect(page.locator("a.problem")).to_have_count(50)
    page.reload()
    expect(page.get_by_text("The token is missing, or is of another start.")).to_be_visible()


def test_an_address_out_of_the_page_leads_to_nothing(tab: Tab) -> None:
    for path in OUT:
        answer = tab.page.goto(tab.origin + path)
        assert answer
        assert (path, answer.status) == (path, 404)
        expect(tab.page.locator("body")).to_contain_text("There is nothing at this address.")
        assert "import" not in tab.page.content()
    answer = tab.page.goto(f"{tab.origin}/api/..%2fapp.py")
    assert answer
    assert answer.status == 401  # an address of the API needs the key, which no navigation sends
    assert "import" not in tab.page.content()

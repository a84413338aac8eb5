"""The sign-in of a browser: what a server on another port receives opens nothing, and tabs share the page key."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import Tab, link_of
from tests.cli.coached import Coach, coached
from tests.system.processes import eventually, run
from tests.web.serving import Page, Site

pytestmark = pytest.mark.slow

HOW = "session-buddy dashboard"
_LOADS = """async urls => {
    await fetch(urls[0], {credentials: "include"});
    await Promise.all(urls.slice(1).map(url => new Promise(resolve => {
        document.body.append(Object.assign(new Image(), {src: url, onload: resolve, onerror: resolve}));
    })));
}"""


class _Listening(BaseHTTPRequestHandler):
    """A server of another user, which notes everything that a browser sends."""

    received: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self.received.append((self.path, dict(self.headers.items())))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>other</title><body>")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def other_port() -> Iterator[int]:
    _Listening.received.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Listening) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    with coached(tmp_path_factory.mktemp("sessions")) as coach:
        coach.earn("release")
        yield coach


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def stored(tab: Tab) -> dict[str, str]:
    found: dict[str, str] = tab.page.evaluate("({...localStorage})")
    return found


def second_tab(context: BrowserContext, tab: Tab, address: str = "/") -> Tab:
    other = Tab(context, f"{tab.origin}/?")
    other.go(address)
    return other


def test_what_another_port_receives_opens_nothing(context: BrowserContext, coach: Coach, other_port: int) -> None:
    tab = Tab(context, link_of(coach))
    tab.drawn()
    site, key = Site.of(tab.url), stored(tab)["session_buddy.key"]
    other = context.new_page()
    origin = f"http://127.0.0.1:{other_port}"
    other.goto(f"{origin}/visited")
    other.evaluate(_LOADS, [f"{origin}/fetched", f"{origin}/image"])
    names = dict(_Listening.received)
    assert {"/visited", "/fetched", "/image"} <= set(names)
    for headers in names.values():
        assert headers["Cookie"].startswith(f"session_buddy_{site.port}=")
        assert not [secret for secret in (site.token, key) if secret in str(headers)]
        replayed = {"Cookie": headers["Cookie"]}
        for added in ({}, {"Origin": site.origin}, {"Sec-Fetch-Site": "same-origin", "Origin": site.origin}):
            for path in ("/api/workflows", "/api/status", "/api/packs/release/export", "/openapi.json"):
                assert site.send("GET", path, replayed | added).status == 401
            body = {"Content-Type": "application/json", "Origin": site.origin}
            for path in ("/api/link", "/api/link/file", "/api/workflows/release/demote", "/api/key"):
                assert site.send("POST", path, replayed | body | added, b"{}").status == 401
            for protocols in ([], ["session-buddy"]):
                with Page(site, headers=replayed | added, protocols=protocols) as page:
                    assert page.refusal() == 4401
        value = headers["Cookie"].partition("=")[2]
        for address in (f"/?token={value}", f"/?code={value}"):
            assert "#" not in site.send("GET", address, replayed).headers.get("location", "")


def test_the_storage_of_another_port_is_its_own(context: BrowserContext, coach: Coach, other_port: int) -> None:
    tab = Tab(context, link_of(coach))
    tab.drawn()
    assert list(stored(tab)) == ["session_buddy.key"]
    other = context.new_page()
    for host in ("127.0.0.1", "localhost"):
        other.goto(f"http://{host}:{other_port}/")
        assert other.evaluate("localStorage.length") == 0


def test_a_second_tab_and_a_reload_need_no_sign_in(context: BrowserContext, coach: Coach) -> None:
    tab = Tab(context, link_of(coach))
    page = tab.drawn()
    assert page.url == f"{tab.origin}/"
    page.reload()
    tab.drawn()
    other = second_tab(context, tab, "/learning")
    assert (tab.trouble, other.trouble) == ([], [])


def test_a_sign_in_with_another_link_keeps_other_tabs_connected(context: BrowserContext, coach: Coach) -> None:
    tab = Tab(context, link_of(coach))
    tab.drawn()
    site = Site.of(tab.url)
    for path in ("/api/link", "/api/link/file"):
        other = Tab(context, site.post(path)["url"])
        other.origin = tab.origin
        assert other.drawn().url == f"{tab.origin}/"
    tab.page.get_by_role("link", name="Learning").click()
    expect(tab.drawn().get_by_text("release").first).to_be_visible()
    assert tab.trouble == []


def test_an_address_with_a_wrong_ticket_changes_nothing(context: BrowserContext, coach: Coach) -> None:
    tab = Tab(context, link_of(coach))
    tab.drawn()
    before = stored(tab)
    for ticket in ("", "x", "x" * 43, "%00ü&code=x"):
        other = context.new_page()
        other.goto(f"{tab.origin}/#sign-in={ticket}")
        expect(other.locator(".connection")).to_contain_text("Live")
        assert (other.url, stored(tab)) == (f"{tab.origin}/", before)


def test_a_page_that_is_left_at_once_signs_in_later(context: BrowserContext, coach: Coach) -> None:
    tab = Tab(context, "about:blank")
    tab.origin = Site.of(link_of(coach)).origin
    tab.page.route("**/api/key", lambda route: route.abort(), times=1)
    tab.page.goto(link_of(coach))
    expect(tab.page.locator(".connection")).to_contain_text("This link has expired")
    tab.go("/learning")
    assert list(stored(tab)) == ["session_buddy.key"]


def test_cleared_storage_is_explained_and_another_tab_repairs_it(context: BrowserContext, coach: Coach) -> None:
    tab = Tab(context, link_of(coach))
    page = tab.drawn()
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator(".connection")).to_contain_text("This link has expired")
    expect(page.get_by_role("alert").first).to_contain_text(HOW)
    expect(page.get_by_text("The storage may have been cleared").first).to_be_visible()
    Tab(context, tab.url).drawn()
    tab.drawn()
    expect(page.get_by_text("The storage may have been cleared")).to_have_count(0)


def test_a_browser_that_stores_nothing_shows_the_page(context: BrowserContext, coach: Coach) -> None:
    context.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }")
    tab = Tab(context, link_of(coach))
    tab.drawn()
    assert stored(tab) == {}


def test_a_new_start_of_the_dashboard_needs_its_own_link(context: BrowserContext, coach: Coach) -> None:
    tab = Tab(context, link_of(coach))
    tab.drawn()
    assert run(coach.place, "dashboard", "--stop").returncode == 0
    expect(tab.page.locator(".connection")).to_contain_text("Reconnecting…")
    eventually(lambda: link_of(coach) != tab.url)
    late = Tab(context, link_of(coach))
    late.drawn()
    assert late.origin != tab.origin
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies(late.origin))
    headers = {"Cookie": cookies, "Session-Buddy-Key": stored(late)["session_buddy.key"]}
    assert Site.of(late.url).send("GET", "/api/status", headers).status == 200
    expect(tab.page.locator(".connection")).to_contain_text("Reconnecting…")

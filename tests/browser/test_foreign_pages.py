"""Pages of somebody else, in the same browser and with the dashboard's cookie: they read nothing and change nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Tab, link_of
from tests.cli.coached import Coach, coached

pytestmark = pytest.mark.slow

_ASKS = """async ([url, given]) => {
    try {
        const answer = await fetch(url, given);
        return [answer.type, (await answer.text()).length];
    } catch (error) {
        return ["refused", 0];
    }
}"""
_FOLLOWS = """url => new Promise(resolve => {
    const socket = new WebSocket(url);
    socket.onmessage = () => resolve("told something");
    socket.onclose = ({code}) => resolve(code);
})"""
_TAKES_IN = """([name, url]) => new Promise(resolve => {
    const one = document.createElement(name);
    one.onload = () => resolve("loaded");
    one.onerror = () => resolve("refused");
    one[name === "link" ? "href" : "src"] = url;
    one.rel = "stylesheet";
    document.head.append(one);
})"""
_SENDS = """([url, kind, name, value]) => {
    const form = Object.assign(document.createElement("form"), {method: "post", action: url, enctype: kind});
    form.append(Object.assign(document.createElement("input"), {name, value}));
    document.body.append(form);
    form.submit();
}"""


class _Foreign(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>foreign</title><body>")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    with coached(tmp_path_factory.mktemp("foreign")) as coach:
        coach.earn("release")
        yield coach


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of another page of this machine: to a browser, of the same site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Foreign) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def dashboard(browser: Browser, coach: Coach) -> Iterator[Tab]:
    """The dashboard, open in a browser that has its cookie."""
    context = browser.new_context()
    tab = Tab(context, link_of(coach))
    tab.drawn()
    assert [one["name"].startswith("session_buddy_") for one in context.cookies(tab.origin)] == [True]
    yield tab
    context.close()


@pytest.fixture(params=["127.0.0.1", "localhost"])
def foreign(request: pytest.FixtureRequest, dashboard: Tab, port: int) -> Page:
    page = dashboard.page.context.new_page()
    page.goto(f"http://{request.param}:{port}/")
    return page


def all_of(coach: Coach) -> list[Any]:
    """Everything that such a page might want to change."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("workflow", {"workflow_id": "release"}),
        ("statistics", {}),
        ("decisions", {"limit": 500}),
    )
    return [coach.ask(name, **given) for name, given in asked]


def test_nothing_is_read_and_nothing_changed_by_requests(dashboard: Tab, foreign: Page, coach: Coach) -> None:
    before = all_of(coach)
    with_cookie = {"credentials": "include"}
    posted = with_cookie | {"method": "POST", "body": "{}"}
    demote = "/api/workflows/release/demote"
    sent: list[tuple[str, dict[str, Any]]] = [
        ("/api/workflows", {}),
        ("/api/workflows", with_cookie | {"mode": "no-cors"}),
        ("/", with_cookie | {"mode": "no-cors"}),
        ("/api/link", with_cookie | {"method": "POST"}),
        (demote, posted | {"mode": "no-cors"}),
        (demote, posted | {"headers": {"Content-Type": "application/json"}}),
        ("/api/sessions/x", with_cookie | {"method": "DELETE"}),
    ]
    for path, given in sent:
        kind, length = foreign.evaluate(_ASKS, [dashboard.origin + path, given])
        assert (path, kind, length) in [(path, "refused", 0), (path, "opaque", 0)]
    assert all_of(coach) == before


def test_a_form_that_is_sent_from_there_is_refused_in_words(dashboard: Tab, foreign: Page, coach: Coach) -> None:
    before = all_of(coach)
    there = foreign.url
    for kind in ("application/x-www-form-urlencoded", "text/plain"):
        foreign.goto(there)
        url = f"{dashboard.origin}/api/workflows/release/demote"
        with foreign.expect_response(url) as answer:
            foreign.evaluate(_SENDS, [url, kind, '{"reason": "', '"}'])
        assert answer.value.status == 403
        expect(foreign.get_by_text("comes from another page")).to_be_visible()
    assert all_of(coach) == before


def test_live_events_are_not_told_there(dashboard: Tab, foreign: Page, coach: Coach) -> None:
    url = dashboard.origin.replace("http:", "ws:") + "/api/events"
    assert foreign.evaluate(_FOLLOWS, url) == 1006
    coach.start("release")
    expect(dashboard.page.get_by_text("release began to be coached").first).to_be_visible()


def test_the_page_is_shown_in_no_frame_and_its_files_are_taken_into_no_other_page(
    dashboard: Tab, foreign: Page
) -> None:
    foreign.evaluate(
        "url => document.body.append(Object.assign(document.createElement('iframe'), {src: url, id: 'inner'}))",
        dashboard.origin,
    )
    expect(foreign.frame_locator("#inner").locator("#page, .brand")).to_have_count(0)
    expect(foreign.frame_locator("#inner").locator("body")).to_be_attached()
    for name, path in (("script", "/static/main.js"), ("link", "/static/page.css"), ("img", "/static/icon.svg")):
        assert foreign.evaluate(_TAKES_IN, [name, dashboard.origin + path]) == "refused"


def test_a_window_that_is_opened_from_there_is_out_of_its_reach(dashboard: Tab, foreign: Page) -> None:
    with foreign.context.expect_page() as opened:
        foreign.evaluate("url => { window.other = window.open(url); }", f"{dashboard.origin}/uses")
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("window.opener") is None
    assert foreign.evaluate("(() => { try { return other.document.title } catch { return 'refused' } })()") in (
        None,
        "refused",
    )
    assert foreign.evaluate("other.closed") is True

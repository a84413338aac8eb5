"""Browsers that are signed in: the cookie and the page key open everything together, and no data alone."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from session_buddy.web import codes
from session_buddy.web.browser_sessions import MAX_COOKIES, BrowserSessions
from session_buddy.web.limits import Limits
from tests.system.processes import eventually
from tests.web.serving import Page, Reply, SignedIn, Site, served
from tests.web.test_limits import connect, rest_of

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("sessions") / "project") as found:
        yield found


@pytest.fixture(scope="module")
def browser(site: Site) -> SignedIn:
    return site.sign_in()


def forged(site: Site) -> list[dict[str, str]]:
    """What a program can add to a cookie, so that the request looks like a person's or like the page's."""
    origin = {"Origin": site.origin}
    return [
        {},
        origin | {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        origin | {"Host": f"localhost:{site.port}", "Referer": f"{site.origin}/"},
        origin | {"Session-Buddy-Key": ""},
    ]


def routes(site: Site) -> list[tuple[str, str]]:
    """Each method and path of the API, with names in place of parameters."""
    paths = site.get("/openapi.json")["paths"]
    return [(method.upper(), re.sub(r"\{\w+\}", "x", path)) for path, methods in paths.items() for method in methods]


def ways_in(site: Site, way: str) -> Reply:
    if way == "token":
        return site.send("GET", f"/?token={site.token}")
    if way == "code":
        return site.send("GET", site.post("/api/link")["url"].removeprefix(site.origin))
    path = Path(unquote(urlsplit(site.post("/api/link/file")["url"]).path))
    code = re.findall(r'name="code" value="([\w-]+)"', path.read_text(encoding="utf-8"))[0]
    return site.send("POST", "/open", FORM | {"Origin": "null"}, f"code={code}".encode())


@pytest.mark.parametrize("way", ["token", "code", "file"])
def test_no_sign_in_gives_the_token_to_a_browser(site: Site, way: str) -> None:
    found = ways_in(site, way)
    answer = str(found.headers) + found.body.decode()
    assert site.token not in answer
    tickets = re.findall(r"#sign-in=([\w-]{43})", answer)
    cookie = {"Cookie": found.headers["set-cookie"].partition(";")[0]}
    assert site.send_ticket(tickets[0], cookie).status == 200
    assert site.send("GET", "/openapi.json", cookie).status == 401


def test_a_cookie_alone_opens_no_route(site: Site, browser: SignedIn) -> None:
    found = routes(site)
    assert len(found) > 20
    more = [("GET", "/openapi.json"), ("HEAD", "/api/status"), ("GET", "/api/events"), ("GET", "/%61pi/status"),
            ("GET", "/api%2Fstatus"), ("GET", "/api/"), ("GET", "/api/nowhere"), ("GET", "/openapi%2ejson"),
            ("GET", "/api/packs/x/export?key=x"), ("OPTIONS", "/api/status"), ("POST", "/"),
            ("DELETE", "/learning")]  # fmt: skip
    for method, path in found + more:
        for added in forged(site):
            body = b"{}" if method in ("POST", "PUT", "PATCH", "DELETE") else None
            answer = site.send(method, path, browser.cookies | (JSON if body else {}) | added, body)
            refused = (401, 403) if body and "Origin" not in added else (401,)
            assert (method, path, answer.status in refused) == (method, path, True), answer


def test_a_cookie_alone_follows_no_events(site: Site, browser: SignedIn) -> None:
    for added in forged(site):
        for protocols in ([], ["session-buddy"], ["session-buddy", "session-buddy.key.x"], ["session-buddy.key."]):
            with Page(site, headers=browser.cookies | added, protocols=protocols) as page:
                assert page.refusal() == 4401


def test_cookie_and_key_open_the_api_and_the_events(site: Site, browser: SignedIn) -> None:
    assert site.send("GET", "/openapi.json", browser.headers).status == 200
    page = browser.headers | JSON | {"Origin": site.origin}
    assert site.send("POST", "/api/link", page).status == 200
    with Page(site, headers=browser.cookies | {"Origin": site.origin}, protocols=browser.protocols) as live:
        assert (live.status, live.protocol, live.next()["kind"]) == (101, "session-buddy", "hello")


def test_cookie_and_key_do_not_open_for_another_page(site: Site, browser: SignedIn) -> None:
    for added in ({"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}):
        assert site.send("GET", "/openapi.json", browser.headers | added).status == 403
        with Page(site, headers=browser.cookies | added, protocols=browser.protocols) as page:
            assert page.status == 403
    assert site.send("POST", "/api/link", browser.headers | JSON, b"{}").status == 403


def test_a_key_without_a_cookie_opens_nothing(site: Site, browser: SignedIn) -> None:
    own = browser.cookies["Cookie"].partition("=")[2]
    name = f"session_buddy_{site.port}"
    for headers in (
        {"Session-Buddy-Key": browser.key},
        {"Session-Buddy-Key": browser.key, "Cookie": f"{name}={browser.key}"},
        {"Session-Buddy-Key": browser.key, "Cookie": f"session_buddy_1={own}"},
        {"Session-Buddy-Key": own, "Cookie": f"{name}={own}"},
        {"Authorization": f"Bearer {browser.key}"},
        {"Authorization": f"Bearer {own}"},
    ):
        assert site.send("GET", "/openapi.json", headers).status == 401
        with Page(site, headers=headers) as page:
            assert page.refusal() == 4401
    for value in (own, browser.key):
        assert site.send("GET", f"/api/status?token={value}").status == 401
        assert site.send("GET", f"/?code={value}").status == 401


def test_a_wrong_key_opens_nothing(site: Site, browser: SignedIn) -> None:
    for key in ("", "x", "ü".encode().decode("latin-1"), browser.key[:-1], browser.key + "x", browser.key.swapcase()):
        sent = browser.cookies | {"Session-Buddy-Key": key}
        assert site.send("GET", "/openapi.json", sent).status == 401


def test_a_ticket_is_valid_with_a_cookie_only(site: Site) -> None:
    found = site.send("GET", f"/?token={site.token}")
    cookie = {"Cookie": found.headers["set-cookie"].partition(";")[0]}
    ticket = found.headers["location"].partition("#sign-in=")[2]
    for headers in ({}, {"Cookie": f"session_buddy_{site.port}=x"}, {"Cookie": f"session_buddy_{site.port}={ticket}"}):
        assert site.send_ticket(ticket, headers).status == 401
    for headers in (cookie | {"Origin": "http://127.0.0.1:1"}, cookie | {"Sec-Fetch-Site": "same-site"}):
        assert site.send_ticket(ticket, headers).status == 403
    assert site.send("POST", "/api/key", cookie | FORM, f"code={ticket}".encode()).status == 403
    assert site.send_ticket("x" * 43, cookie).status == 401
    assert site.send_ticket(ticket + "&code=x", cookie).status == 401
    assert site.send("GET", f"/api/key?code={ticket}", cookie).status == 401
    assert site.send_ticket(ticket, cookie).status == 200
    assert site.send("GET", "/openapi.json", cookie | {"Session-Buddy-Key": ticket}).status == 401
    for query in (f"?code={ticket}", f"?token={ticket}"):
        assert site.send("GET", f"/{query}").status == 401


def test_a_ticket_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "VALID", 0)

    async def expire() -> bool:
        sessions = BrowserSessions()
        cookie, ticket = sessions.sign_in([])
        while sessions.exchange([cookie], ticket):
            await asyncio.sleep(0)
        return sessions.is_known([cookie])

    assert asyncio.run(expire())


@pytest.mark.parametrize("value", ["x", "", "%00", "used"])
@pytest.mark.parametrize("name", ["token", "code"])
def test_a_cookie_gets_no_ticket_with_a_wrong_address(site: Site, browser: SignedIn, name: str, value: str) -> None:
    if value == "used":
        value = site.post("/api/link")["url"].partition("code=")[2]
        site.send("GET", f"/?code={value}")
    for added in forged(site):
        found = site.send("GET", f"/skills?{name}={value}&since=7d", browser.cookies | added)
        assert (found.status, found.headers["location"]) == (303, "/skills?since=7d")
        assert "set-cookie" not in found.headers
        body = f"code={value}".encode()
        assert site.send("POST", "/open", browser.cookies | FORM | {"Origin": "null"}, body).status == 401


def test_the_page_without_data_is_shown_to_the_cookie(site: Site, browser: SignedIn) -> None:
    for path in ("/", "/learning/x", "/static/main.js", "/static/lib/sign_in.js"):
        assert site.send("GET", path, browser.cookies).status == 200
        assert site.send("HEAD", path, browser.cookies).status == 200
        assert site.send("GET", path, {"Cookie": f"session_buddy_{site.port}=x"}).status == 401
    assert site.send("GET", "/nowhere", browser.cookies).status == 404


def test_the_answer_without_a_key_says_how_to_open_the_page(site: Site, browser: SignedIn) -> None:
    error = site.send("GET", "/api/status", browser.cookies).json["error"]
    assert "storage may have been cleared" in error
    assert "session-buddy dashboard" in error


@pytest.mark.parametrize(
    "line",
    ["{name}=x; {own}", "{own}; {name}=x", '{{"a":1}}; {own}', "a b=c; =; ;;{own}", '{name}="x; {own}', "ä=ö;{own}"],
)
def test_cookies_of_another_port_do_not_hide_the_right_one(site: Site, browser: SignedIn, line: str) -> None:
    sent = line.format(name=f"session_buddy_{site.port}", own=browser.cookies["Cookie"])
    headers = browser.headers | {"Cookie": sent.encode().decode("latin-1")}
    assert site.send("GET", "/openapi.json", headers).status == 200


def test_a_browser_that_signs_in_again_keeps_its_cookie(site: Site, browser: SignedIn) -> None:
    found = site.send("GET", f"/?token={site.token}", browser.cookies)
    assert found.headers["set-cookie"].partition(";")[0] == browser.cookies["Cookie"]
    other = site.sign_in()
    assert other.cookies != browser.cookies
    assert site.send("GET", "/openapi.json", other.cookies | {"Session-Buddy-Key": browser.key}).status == 200


def test_the_session_that_was_unused_for_longest_ends(tmp_path: Path) -> None:
    with served(tmp_path / "project") as site:
        first, second = site.sign_in(), site.sign_in()
        for _ in range(MAX_COOKIES - 2):
            site.sign_in()
        assert site.send("GET", "/openapi.json", first.headers).status == 200
        site.sign_in()
        statuses = [site.send("GET", "/openapi.json", browser.headers).status for browser in (first, second)]
        assert statuses == [200, 401]


def test_sessions_of_another_dashboard_are_unknown(site: Site, browser: SignedIn, tmp_path: Path) -> None:
    own = browser.cookies["Cookie"].partition("=")[2]
    with served(tmp_path / "project") as other:
        headers = browser.headers | {"Cookie": f"session_buddy_{other.port}={own}"}
        assert other.send("GET", "/openapi.json", headers).status == 401
        assert other.send("GET", "/", headers).status == 401


@pytest.mark.parametrize("hurried", [False, True])
def test_a_connection_with_a_cookie_only_stays_a_stranger(tmp_path: Path, hurried: bool) -> None:
    limits = Limits(admission_seconds=0.05) if hurried else Limits()
    with served(tmp_path / "project", limits=limits) as site:
        browser = site.sign_in()
        eventually(lambda: limits.admitted == 0)
        lines = ["GET /static/main.js HTTP/1.1", f"Host: 127.0.0.1:{site.port}", f"Cookie: {browser.cookies['Cookie']}"]
        with connect(site) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            if hurried:
                rest_of(connection)  # the server ends the connection
            else:
                assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
                assert (limits.strangers, limits.admitted) == (1, 0)
        eventually(lambda: limits.strangers == 0)

"""Who may ask, and who may not, over real sockets."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.serving import TOKEN, Page, Site, served

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
PATHS = [
    "/",
    "/static/index.html",
    "/learning",
    "/nowhere",
    "/openapi.json",
    "/api/status",
    "/api/sessions",
    "/api/nowhere",
]
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("guard") / "project") as found:
        yield found


def bearer(site: Site) -> dict[str, str]:
    return {"Authorization": f"Bearer {site.token}"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_answered(site: Site, method: str, path: str) -> None:
    found = site.send(method, path)
    assert found.status in ((401, 403) if method not in ("GET", "HEAD", "OPTIONS") else (401,))
    if method not in ("HEAD",):
        assert b"session-buddy dashboard" in found.body


@pytest.mark.parametrize(
    "token", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "ü", "%00", TOKEN + "%20", "\x7f" * 4_000]
)
def test_a_guessed_token_opens_nothing(site: Site, token: str) -> None:
    quoted = token.replace("\x7f", "%7f").replace("ü", "%C3%BC")
    assert site.send("GET", f"/api/status?token={quoted}").status == 401
    assert site.send("GET", f"/?token={quoted}").status == 401
    sent = token.encode().decode("latin-1")
    assert site.send("GET", "/openapi.json", {"Authorization": f"Bearer {sent} x"}).status in (400, 401)
    assert site.send("GET", "/openapi.json", {"Cookie": f"session_buddy_{site.port}={sent}x"}).status in (400, 401)
    with Page(site, f"/api/events?token={quoted}", headers={}) as page:
        assert page.refusal() == 4401


def test_the_token_opens_as_header_query_and_cookie(site: Site) -> None:
    assert site.send("GET", "/openapi.json", bearer(site)).status == 200
    assert site.send("GET", f"/openapi.json?token={site.token}").status == 200
    assert site.send("GET", "/openapi.json", {"Cookie": f"a=b; session_buddy_{site.port}={site.token}"}).status == 200
    for headers, query in (({}, f"?token={site.token}"), ({"Cookie": f"session_buddy_{site.port}={site.token}"}, "")):
        with Page(site, f"/api/events{query}", headers=headers) as page:
            assert page.status == 101


def test_a_cookie_of_another_port_opens_nothing(site: Site) -> None:
    assert site.send("GET", "/openapi.json", {"Cookie": f"session_buddy_1={site.token}"}).status == 401


def test_the_token_in_an_address_of_the_page_becomes_a_cookie_and_leaves_the_address(site: Site) -> None:
    found = site.send("GET", f"/learning/a%2Fb?since=7d&token={site.token}&x=%26")
    assert found.status == 303
    address, _, ticket = found.headers["location"].partition("#sign-in=")
    assert (address, bool(ticket)) == ("/learning/a%2Fb?since=7d&x=%26", True)
    name, *flags = found.headers["set-cookie"].split("; ")
    assert name.startswith(f"session_buddy_{site.port}=")
    assert site.token not in str(found.headers)
    assert set(flags) == {"HttpOnly", "SameSite=Strict", "Path=/"}
    assert found.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "///evil.example"])
def test_no_address_with_the_token_leads_to_another_machine(site: Site, path: str) -> None:
    found = site.send("GET", f"{path}?token={site.token}")
    assert not found.headers.get("location", "/").startswith(("//", "/\\", "http"))


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost", "[::1]:{port}",
             "0.0.0.0:{port}",             "127.0.0.1:{port}.evil.example", "LOCALHOST.:{port}", ""],
)  # fmt: skip
def test_a_name_that_leads_here_is_refused_whoever_asks_by_it(site: Site, host: str) -> None:
    told = {"Host": host.format(port=site.port)} | bearer(site)
    for path in ("/", "/api/status", "/openapi.json"):
        assert site.send("GET", path, told).status == 403
    assert site.send("POST", "/api/sessions", told | JSON, b"{}").status == 403
    if host:
        with Page(site, headers=told) as page:
            assert page.status == 403


def test_both_names_of_this_machine_are_answered(site: Site) -> None:
    for host in ("127.0.0.1", "localhost"):
        assert site.send("GET", "/openapi.json", {"Host": f"{host}:{site.port}"} | bearer(site)).status == 200


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://evil.example:{port}", "null", "http://127.0.0.1", "http://localhost:1",
               "https://127.0.0.1:{port}", "http://127.0.0.1:{port}.evil.example", "file://"],
)  # fmt: skip
def test_a_foreign_page_can_do_nothing_even_with_the_token(site: Site, method: str, origin: str) -> None:
    told = {"Origin": origin.format(port=site.port)} | bearer(site)
    found = site.send(method, "/api/sessions", told)
    assert found.status == 403
    assert not [name for name in found.headers if name.startswith("access-control")]
    with Page(site, headers=told) as page:
        assert page.status == 403


def test_no_origin_is_ever_allowed_to_read_across(site: Site) -> None:
    wish = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for origin in (site.origin, "https://evil.example"):
        for method in ("OPTIONS", "GET"):
            found = site.send(method, "/openapi.json", {"Origin": origin} | wish | bearer(site))
            assert not [name for name in found.headers if name.startswith("access-control")]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_form_of_another_page_changes_nothing_by_the_cookie(site: Site, method: str) -> None:
    cookie = {"Cookie": f"session_buddy_{site.port}={site.token}"}
    assert site.send(method, "/api/sessions", cookie | JSON, b"{}").status == 403
    assert site.send(method, f"/api/sessions?token={site.token}", JSON, b"{}").status == 403
    assert site.send(method, "/api/sessions", cookie | JSON | {"Origin": site.origin}, b"{}").status in (405, 422)


@pytest.mark.parametrize(("fetch", "status"), [
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
    ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, 403),
    ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
    ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}, 403),
    ({"Sec-Fetch-Site": "something"}, 403),
    ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"}, 200),
    ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, 200),
    ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
])  # fmt: skip
def test_a_browser_tells_where_a_request_comes_from(site: Site, fetch: dict[str, str], status: int) -> None:
    assert site.send("GET", "/", fetch | bearer(site)).status == status


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", [*PATHS, "/?token=wrong", "/api/sessions/x/pause"])
@pytest.mark.parametrize("known", [True, False])
def test_every_answer_tells_the_browser_to_be_careful(site: Site, method: str, path: str, known: bool) -> None:
    asks_hub = known and (method, path) in [
        ("GET", "/api/status"),
        ("GET", "/api/sessions"),
        ("POST", "/api/sessions/x/pause"),
    ]
    found = site.send("OPTIONS" if asks_hub else method, path, bearer(site) if known else {})
    assert {name: found.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    if path.startswith("/api"):
        assert found.headers["cache-control"] == "no-store"


def test_only_json_is_taken(site: Site) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""):
        found = site.send("POST", "/api/sessions", bearer(site) | {"Content-Type": kind}, b'{"workflow_id": "x"}')
        assert (found.status, found.json) == (
            415,
            {"error": "The body has to be application/json. Nothing was stored."},
        )


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_is_too_large_is_refused_and_told_why(site: Site, chunked: bool) -> None:
    size = 4 * 1024 * 1024 + 1
    body = b"x" * size
    headers = bearer(site) | JSON | ({"Transfer-Encoding": "chunked"} if chunked else {})
    sent = f"{size:x}\r\n".encode() + body + b"\r\n0\r\n\r\n" if chunked else body
    found = site.send("POST", "/api/sessions", headers, sent)
    assert found.status == 413
    assert "4 MB" in found.json["error"]


@pytest.mark.parametrize(
    "body", [b"", b"[", b"[" * 100_000, b"nul", b'{"workflow_id": NaN', b"\xff\xfe", b"1" * 10_000]
)
def test_a_body_that_is_no_json_is_answered_in_words(site: Site, body: bytes) -> None:
    found = site.send("POST", "/api/sessions", bearer(site) | JSON, body)
    assert found.status in (400, 422)
    assert set(json.loads(found.body)) == {"error"}


def test_a_socket_is_refused_at_any_other_address(site: Site) -> None:
    with Page(site, "/api/nowhere") as page:
        assert page.status == 403


def test_people_are_told_in_html_and_programs_in_json(site: Site) -> None:
    assert site.send("GET", "/").headers["content-type"].startswith("text/html")
    assert "session-buddy dashboard" in site.send("GET", "/api/status").json["error"]


def test_two_hosts_or_two_origins_are_none(site: Site, tmp_path: Path) -> None:
    import socket

    head = f"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nAuthorization: Bearer {site.token}\r\n"
    for more in ("Host: evil.example\r\n", f"Origin: {site.origin}\r\nOrigin: https://evil.example\r\n"):
        with socket.create_connection(("127.0.0.1", site.port), timeout=30) as line:
            line.sendall((head + more + "Connection: close\r\n\r\n").encode())
            assert line.recv(100).split()[1] in (b"400", b"403")


def test_a_code_opens_the_page_in_one_browser_and_nothing_else(site: Site) -> None:
    opening = site.post("/api/link")["url"].removeprefix(site.origin)
    assert site.token not in opening
    code = opening.partition("code=")[2]
    assert site.send("GET", f"/api/status?code={code}").status == 401
    found = site.send("GET", f"/skills?code={code}&since=7d")
    assert (found.status, found.headers["location"].partition("#")[0]) == (303, "/skills?since=7d")
    signed_in = site.exchange(found.headers["set-cookie"], found.headers["location"])
    assert site.send("GET", "/openapi.json", signed_in.headers).status == 200
    again = site.send("GET", opening)
    assert (again.status, "set-cookie" in again.headers) == (401, False)
    assert site.send("POST", "/api/link", {"Content-Type": "application/json"}).status == 403


def test_a_code_is_used_up_also_by_a_browser_that_has_the_cookie(site: Site) -> None:
    opening = site.post("/api/link")["url"].removeprefix(site.origin)
    cookie = {"Cookie": f"session_buddy_{site.port}={site.token}"}
    assert site.send("GET", opening, cookie).status == 303
    assert site.send("GET", opening).status == 401

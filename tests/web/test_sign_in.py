"""Signing in with a hand-over file: the one request that may come from a page without an origin."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.web.serving import TOKEN, Page, Site, served

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FROM_FILE = FORM | {
    "Origin": "null",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("sign_in") / "project") as found:
        yield found


def new_file(site: Site) -> Path:
    return Path(unquote(urlsplit(site.post("/api/link/file")["url"]).path))


def code_in(path: Path) -> str:
    (code,) = re.findall(r'name="code" value="([\w-]{43})"', path.read_text(encoding="utf-8"))
    return str(code)


def test_the_file_is_for_its_user_only(site: Site) -> None:
    before = os.umask(0)
    try:
        path = new_file(site)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert site.token not in path.read_text(encoding="utf-8")
    assert f'action="{site.origin}/open"' in path.read_text(encoding="utf-8")


def test_the_code_gives_the_cookie_once_and_the_file_is_removed(site: Site) -> None:
    path = new_file(site)
    body = f"code={code_in(path)}".encode()
    found = site.send("POST", "/open", FROM_FILE, body)
    assert found.status == 200
    (address,) = re.findall('content="0;url=(/#sign-in=[^"]+)"', found.body.decode())
    name, _, value = found.headers["set-cookie"].partition("=")
    assert (name, value.partition("; ")[2]) == (f"session_buddy_{site.port}", "HttpOnly; SameSite=Strict; Path=/")
    assert TOKEN not in value + address
    signed_in = site.exchange(found.headers["set-cookie"], address)
    assert site.send("GET", "/openapi.json", signed_in.headers).status == 200
    assert found.headers["cache-control"] == "no-store"
    assert not path.exists()
    again = site.send("POST", "/open", FROM_FILE, body)
    assert (again.status, "set-cookie" in again.headers) == (401, False)
    assert b"used already" in again.body


@pytest.mark.parametrize("origin", ["file://", None])
def test_a_browser_that_tells_less_signs_in_too(site: Site, origin: str | None) -> None:
    headers = FORM | ({"Origin": origin} if origin else {})
    assert site.send("POST", "/open", headers, f"code={code_in(new_file(site))}".encode()).status == 200


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1:{port}"},
    {"Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "same-site"},
    {"Content-Type": "application/json"},
    {"Content-Type": "text/plain"},
    {"Content-Type": "multipart/form-data; boundary=x"},
    {"Host": "evil.example:{port}"},
    {"Host": "127.0.0.1"},
])  # fmt: skip
def test_a_foreign_page_cannot_use_even_a_valid_code(site: Site, headers: dict[str, str]) -> None:
    path = new_file(site)
    sent = FROM_FILE | {name: value.format(port=site.port) for name, value in headers.items()}
    found = site.send("POST", "/open", sent, f"code={code_in(path)}".encode())
    assert (found.status, "set-cookie" in found.headers) == (403, False)
    assert path.exists()
    assert site.send("POST", "/open", FROM_FILE, f"code={code_in(path)}".encode()).status == 200


@pytest.mark.parametrize("body", [
    b"", b"code=", b"code=x", b"code=" + TOKEN.encode(), b"token=" + TOKEN.encode(), b"code=" + b"x" * 5_000,
    b"&" * 900, b"code=%00&code=%ff", b"\xff\xfe", b"x" * 300_000,
])  # fmt: skip
def test_without_a_code_there_is_no_cookie(site: Site, body: bytes) -> None:
    found = site.send("POST", "/open", FROM_FILE, body)
    assert (found.status, "set-cookie" in found.headers) == (401, False)


def test_two_codes_in_one_request_are_refused(site: Site) -> None:
    codes = [code_in(new_file(site)) for _ in range(2)]
    body = "&".join(f"code={code}" for code in codes).encode()
    assert site.send("POST", "/open", FROM_FILE, body).status == 401


@pytest.mark.parametrize(
    "target", ["/open/", "/open?x=1", "//open", "/OPEN", "/%6fpen", "/api/link", "/api/sessions", "/"]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET"])
def test_no_other_address_accepts_a_page_without_origin(site: Site, method: str, target: str) -> None:
    cookie = {"Cookie": f"session_buddy_{site.port}={site.token}"}
    body = f"code={code_in(new_file(site))}".encode()
    found = site.send(method, target, FROM_FILE | cookie, body)
    expected = 200 if (method, target) == ("POST", "/open?x=1") else 403
    assert (found.status, "set-cookie" in found.headers) == (expected, expected == 200)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_the_address_takes_no_other_method(site: Site, method: str) -> None:
    body = f"code={code_in(new_file(site))}".encode()
    found = site.send(method, "/open", FORM, body)
    assert found.status in (401, 403)
    assert "set-cookie" not in found.headers


def test_the_code_of_a_file_is_no_token(site: Site) -> None:
    code = code_in(new_file(site))
    for headers in ({"Authorization": f"Bearer {code}"}, {"Cookie": f"session_buddy_{site.port}={code}"}):
        assert site.send("GET", "/api/status", headers).status == 401
        with Page(site, headers=headers) as page:
            assert page.refusal() == 4401


def test_a_file_needs_the_token_and_no_foreign_origin(site: Site) -> None:
    assert site.send("POST", "/api/link/file").status in (401, 403)
    headers = {"Authorization": f"Bearer {site.token}", "Origin": "null"}
    assert site.send("POST", "/api/link/file", headers).status == 403


def test_files_left_by_a_killed_dashboard_are_removed(site: Site) -> None:
    folder = new_file(site).parent
    left, other = folder / "open-0123456789abcdef.html", folder / "mine.html"
    for path in (left, other):
        path.write_text("left", encoding="utf-8")
        os.utime(path, (0, 0))
    new_file(site)
    assert (left.exists(), other.exists()) == (False, True)


def test_the_files_go_when_the_dashboard_ends(tmp_path: Path) -> None:
    with served(tmp_path / "project") as site:
        path = new_file(site)
        assert path.exists()
    assert not path.exists()


@pytest.mark.parametrize("kind", ["link", "open to all", "file"])
def test_a_folder_that_is_not_private_is_not_used(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "project" / "handover"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    folder.parent.mkdir()
    if kind == "link":
        folder.symlink_to(elsewhere)
    elif kind == "file":
        folder.write_text("", encoding="utf-8")
    else:
        folder.mkdir()
        folder.chmod(0o777)
    with served(tmp_path / "project") as site:
        found = site.ask("POST", "/api/link/file")
        assert found.status == 400
        assert "Use the link" in found.json["error"]
    assert list(elsewhere.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root, for becoming another user")
def test_another_user_cannot_read_the_file(site: Site) -> None:
    path = new_file(site)
    for folder in path.parents:  # so that only our own folder and file are in the way
        if str(folder).startswith("/tmp/") and folder != path.parent:
            folder.chmod(folder.stat().st_mode | 0o011)
    program = "import os, sys; os.setgid(65534); os.setuid(65534); open(sys.argv[1]).read()"
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr

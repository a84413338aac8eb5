"""The page's files: all of them, and nothing else."""

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.web import pages
from tests.web.serving import Site, served

OUT = [
    "/../app.py", "/..%2fapp.py", "/%2e%2e/app.py", "/%2e%2e%2fapp.py", "/..%5capp.py", "/lib/../../app.py",
    "/./index.html", "//index.html", "/%2fetc/passwd", "//etc/passwd", "/....//app.py", "/%252e%252e/app.py",
    "/%c0%ae%c0%ae/app.py", "/static/index.html%00.js", "/index.html", "/static/index.html/",
    "/static/INDEX.HTML", "/static", "/static/", "/static/../app.py", "/static/..%2fapp.py",
    "/static/%2e%2e/app.py", "/static/%2e%2e%2fapp.py", "/static//index.html", "/static/..%5capp.py",
    "/static/%252e%252e/app.py", "/static/%c0%ae%c0%ae/app.py", "/static/%2fetc/passwd", "/lib/", "/lib", "/.",
    "/..", "/api/../index.html", "/api/%2e%2e/index.html", "/app.py", "/__init__.py", "/~/x", "/C:/x",
    "/file:///etc/passwd",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("pages") / "project") as found:
        yield found


@pytest.mark.parametrize("path", OUT)
def test_no_address_leads_out_of_the_folder_or_past_its_listing(site: Site, path: str) -> None:
    assert site.ask("GET", path).status == 404


@pytest.mark.parametrize(
    "path", ["/", "/learning", "/learning/a%2Fb", "/corrections/x/y", "/skills/..x", "/phases", "/why", "/uses"]
)
def test_every_address_of_the_page_is_answered_with_the_page(site: Site, path: str) -> None:
    found = site.ask("GET", path)
    assert found.status == 200
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert found.body == (pages.FOLDER / "index.html").read_bytes()


def test_every_file_of_the_page_has_its_address(site: Site) -> None:
    for path in pages.FOLDER.rglob("*"):
        if path.is_file():
            found = site.ask("GET", f"/static/{path.relative_to(pages.FOLDER).as_posix()}")
            assert (found.status, found.body) == (200, path.read_bytes())


def test_what_a_browser_has_already_is_not_sent_again(site: Site) -> None:
    found = site.ask("GET", "/")
    assert found.headers["cache-control"] == "no-cache"
    again = site.ask("GET", "/", **{"If-None-Match": f'"x", W/{found.headers["etag"]}'})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == found.headers["etag"]


def test_head_tells_what_get_would_send(site: Site) -> None:
    found = site.ask("HEAD", "/")
    assert (found.status, found.body) == (200, b"")
    assert int(found.headers["content-length"]) == len((pages.FOLDER / "index.html").read_bytes())


def test_a_listing_has_no_links_and_no_hidden_files_and_packs_what_shrinks(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "lib" / "api.js").write_text("let x = 1;\n" * 500, encoding="utf-8")
    (tmp_path / ".git" / "config").write_text("x", encoding="utf-8")
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    (tmp_path / "link.js").symlink_to("/etc/passwd")
    (tmp_path / "out").symlink_to("/etc")
    found = pages.listing(tmp_path)
    assert set(found) == {"/static/lib/api.js"}
    assert found["/static/lib/api.js"].kind == "text/javascript; charset=utf-8"
    assert gzip.decompress(found["/static/lib/api.js"].packed or b"") == found["/static/lib/api.js"].content


def test_other_methods_change_nothing(site: Site) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert site.ask(method, "/static/index.html").status == http.client.METHOD_NOT_ALLOWED

"""A browser that is started with a hand-over file signs in, and leaves nothing of the code behind."""

import contextlib
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import QUIET, Tab, program
from tests.cli.coached import typed
from tests.system.processes import Place, eventually, run, until
from tests.web.serving import Site

pytestmark = pytest.mark.slow


def handed_over(address: str) -> tuple[Site, str, Path]:
    """The site, the address of a new hand-over file, and its path."""
    site = Site.of(address)
    url: str = site.post("/api/link/file")["url"]
    return site, url, Path(unquote(urlsplit(url).path))


def test_a_hand_over_file_opens_the_page_once(browser: Browser, address: str) -> None:
    site, url, path = handed_over(address)
    code = re.findall(r'value="([\w-]{43})"', path.read_text(encoding="utf-8"))[0]
    first, second = browser.new_context(), browser.new_context()
    requests: list[str] = []
    first.on("request", lambda request: requests.append(f"{request.url} {request.headers}"))
    copy = path.with_name("copy.html")
    copy.write_bytes(path.read_bytes())
    tab = Tab(first, url)
    tab.origin = site.origin
    page = tab.drawn()
    assert page.url == f"{site.origin}/"
    assert not path.exists()
    assert not [one for one in requests if code in one or site.token in one]
    assert code not in page.evaluate("document.referrer + location.href + JSON.stringify(history.state)")
    (cookie,) = first.cookies(site.origin)
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    late = second.new_page()
    late.goto(copy.as_uri())
    expect(late.get_by_text("This code was used already")).to_be_visible()
    assert second.cookies(site.origin) == []
    copy.unlink()
    for context in (first, second):
        context.close()


def test_the_back_button_does_not_lead_to_the_file(browser: Browser, address: str) -> None:
    _, url, path = handed_over(address)
    context = browser.new_context()
    page = Tab(context, "about:blank").page
    page.goto(url)
    page.wait_for_url("http://127.0.0.1:*/")
    page.go_back()
    assert page.url == "about:blank"
    assert not path.exists()
    context.close()


def command_of(process: psutil.Process) -> str:
    """The command line of a process; empty if it ended meanwhile: Chromium starts and ends helpers all the time."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


def test_the_command_starts_a_browser_that_signs_in(place: Place, tmp_path: Path) -> None:
    if program() is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    noted, profile, started = tmp_path / "noted", tmp_path / "profile", tmp_path / "browser"
    options = f"--headless=new {' '.join(QUIET)} --user-data-dir={profile}"
    quiet = "> /dev/null 2>&1 < /dev/null"
    started.write_text(
        f'#!/bin/sh\necho "$$ $1" > {noted}\nexec {program()} {options} "$1" {quiet}\n',
        encoding="utf-8",
    )
    started.chmod(0o755)
    lasting = place.with_variables(DISPLAY=":0", BROWSER=f"{started} %s &", SESSION_BUDDY_LINGER="60")
    code, shown = typed(lasting, "dashboard")
    assert (code, "It was opened in your browser." in shown) == (0, True), shown
    pid, url = until(lambda: noted.read_text(encoding="utf-8").split() if noted.exists() else [], len)
    site = Site.of(json.loads(run(lasting, "dashboard", "--json").stdout)["url"])
    chromium = psutil.Process(int(pid))
    try:
        assert (urlsplit(url).scheme, site.token in url) == ("file", False)
        eventually(lambda: not Path(unquote(urlsplit(url).path)).exists())  # the code was used
        eventually(lambda: site.get("/api/status"))
        commands = [command_of(process) for process in (chromium, *chromium.children(recursive=True))]
        assert any(str(profile) in command for command in commands)
        assert not [command for command in commands if site.token in command]
    finally:
        for process in [*chromium.children(recursive=True), chromium]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

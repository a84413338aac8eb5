"""A real Chromium, driven by Playwright, and what tests ask of a page in it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, expect, sync_playwright

from tests.cli.coached import Coach
from tests.system.node_programs import FOLDER, install
from tests.system.processes import Place, run

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Without these it looks for servers of its maker, which a closed network refuses many at a time.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_VIOLATIONS = """tags => axe.run({runOnly: {type: "tag", values: tags}}).then(found =>
    found.violations.map(one => [one.id, one.help, one.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))"""

# So long (milliseconds) a page is waited for, also on a machine that is busy with other things.
PATIENCE = 20_000
expect.set_options(PATIENCE)


def program() -> str | None:
    """The path of Chromium, if there is one."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


def link(place: Place) -> str:
    """The dashboard's link, with its token; it is started if it does not run."""
    done = run(place, "dashboard", "--json", "--no-open")
    assert done.returncode == 0, done.stderr
    url: str = json.loads(done.stdout)["url"]
    return url


class Tab:
    """One tab: its page, and what went wrong in it."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.origin = url.split("/?")[0]
        self.trouble: list[str] = []
        # What a browser notes of a refusal or a lost connection that a test brings about.
        self.excused: tuple[str, ...] = ()
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("dialog", self._refuse)
        self.page.on("request", self._watch)
        self.page.goto(url)

    def go(self, address: str) -> Page:
        """Open a view by its address, and wait until it is drawn and connected."""
        self.page.goto(self.origin + address)
        return self.drawn()

    def drawn(self) -> Page:
        self.page.locator(".connection", has_text="Live").wait_for()
        self.page.locator("main h1").wait_for()
        expect(self.page.locator(".loading")).to_have_count(0)
        return self.page

    def violations(self) -> list[Any]:
        """What axe finds against WCAG 2.2 AA on the page as it is now."""
        install()
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[Any] = self.page.evaluate(_VIOLATIONS, WCAG)
        return found

    def is_wider_than_its_window(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(one in message.text for one in self.excused):
            self.trouble.append(message.text)

    def _refuse(self, dialog: Dialog) -> None:
        self.trouble.append(f"a dialog of the browser: {dialog.message}")
        dialog.dismiss()

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.trouble.append(f"a request to elsewhere: {request.url}")


def link_of(coach: Coach) -> str:
    """The same as `link`, without a process for it."""
    return str(coach.client.ask("dashboard", {"start": True})["url"])


@contextmanager
def opened(browser: Browser, coach: Coach) -> Iterator[Tab]:
    """The dashboard in a browser of its own, in which nothing may go wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        tab = Tab(context, link_of(coach))
        yield tab
        assert not tab.trouble, tab.trouble  # before closing cuts off what is under way
    finally:
        context.close()


def screenshot(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)

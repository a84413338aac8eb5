"""Coaching as an assistant does it in its window, and where the page shows it."""

from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page

from tests.browser.chromium import Tab
from tests.system.processes import Window
from tests.web.serving import Site

PATIENCE = 60


def site_of(tab: Tab) -> Site:
    """The dashboard of a tab, as a script asks it."""
    return Site.of(tab.url)


def begin(window: Window, tab: Tab, workflow: str = "release", **given: Any) -> str:
    """A coaching session of a workflow in which a person decides each step; its id."""
    started = called(window, "coaching_start", workflow_id=workflow, **given)
    if started["level"] == "OBSERVATION":
        site_of(tab).post(f"/api/workflows/{quote(workflow, safe='')}/promote", {"name": workflow})
    return str(started["session_id"])


def called(window: Window, tool: str, **given: Any) -> dict[str, Any]:
    """What a tool answers that is not refused."""
    result = window.call(tool, **given)
    assert not result.get("isError"), result
    found: dict[str, Any] = result["structuredContent"]
    return found


def suggest(window: Window, session: str, node: str, **parameters: Any) -> str:
    """Suggest a step without waiting for its decision; the suggestion's id."""
    step = {"session_id": session, "node_id": node, "action_type": "command", "parameters": parameters}
    return str(called(window, "coaching_suggest", **step)["suggestion_id"])


def wait(window: Window, session: str, node: str, **parameters: Any) -> int:
    """Suggest a step in a call that waits for its decision; the call's id."""
    step = {"session_id": session, "node_id": node, "action_type": "command", "parameters": parameters}
    return window.ask("tools/call", {"name": "coaching_suggest", "arguments": {**step, "wait_seconds": PATIENCE}})


def decided(window: Window, call: int) -> dict[str, Any]:
    """The decision with which a waiting call ends."""
    result = window.answer(call)["result"]
    assert not result.get("isError"), result
    found: dict[str, Any] | None = result["structuredContent"]["decision"]
    assert found is not None, "the call ended without a decision"
    return found


def decisions(tab: Tab, session: str) -> list[dict[str, Any]]:
    """The decisions of a coaching session as they are kept, in order."""
    found: list[dict[str, Any]] = site_of(tab).get(f"/api/sessions/{session}")["decisions"]
    return found


def column(page: Page, workflow: str = "release") -> Locator:
    """The part of the panel that shows a coaching session of the workflow."""
    return page.get_by_role("region", name=workflow, exact=True)


def step(page: Page, node: str, workflow: str = "release") -> Locator:
    """The step that waits in it, once it is shown with its buttons."""
    shown = column(page, workflow).get_by_role("article").filter(has=page.get_by_role("heading", name=node))
    shown.get_by_role("button", name="Accept").wait_for()
    return shown


def timed(tab: Tab) -> Page:
    """The page with a clock that a test can set forward, where a step has to be looked at before a key decides it."""
    tab.page.clock.install()
    tab.page.reload()
    return tab.drawn()


def look(page: Page) -> None:
    """Let three seconds pass on the page."""
    page.clock.fast_forward(3_000)

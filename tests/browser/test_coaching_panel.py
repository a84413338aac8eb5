"""The coaching panel of the page: what an assistant suggests is there at once, and a person decides it with a key."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Tab
from tests.system.processes import Window, eventually

pytestmark = pytest.mark.slow

PARAMETERS = {"command": "pytest", "args": ["-q"]}


def begun(window: Window, workflow: str = "release") -> str:
    """A coaching session of a workflow that is past observation."""
    session = window.call("coaching_start", workflow_id=workflow)["structuredContent"]["session_id"]
    for number in range(10):
        seen = {"decision": "manual", "node_id": f"seen-{number}", "action_type": "command"}
        assert not window.call("coaching_decide", session_id=session, **seen).get("isError")
    return str(session)


def suggest(window: Window, session: str, node: str = "tests", **more: Any) -> None:
    step = {"session_id": session, "node_id": node, "action_type": "command", "parameters": PARAMETERS | more}
    assert not window.call("coaching_suggest", **step, ask_user=False).get("isError")


def decisions(window: Window, session: str) -> list[dict[str, Any]]:
    """What persons have decided."""
    told = window.call("coaching_status", session_id=session)["structuredContent"]["session"]
    return [one for one in told["decisions"] if one["decided_by"] == "person"]


def press(page: Page, key: str, then: Callable[[], bool]) -> None:
    """Press a key until it has an effect: what has only just come up is not decided by a key."""

    def pressed() -> bool:
        page.keyboard.press(key)
        return then()

    eventually(pressed)


def test_a_step_is_shown_when_it_is_suggested_and_a_key_accepts_it(tab: Tab, window: Window) -> None:
    page = tab.go("/")
    session = begun(window)
    suggest(window, session)
    step = page.locator(".suggestion")
    expect(step.locator("pre")).to_contain_text('"command": "pytest"')
    expect(step).to_contain_text("Confidence: none yet")
    press(page, "a", lambda: step.count() == 0)
    (made,) = decisions(window, session)
    assert (made["decision"], made["source"]) == ("accept", "dashboard")
    assert made["decision_seconds"] > 0
    expect(page.locator(".announcer")).to_contain_text("Accepted: tests of release.")


def test_backspace_takes_back_the_last_decision(tab: Tab, window: Window) -> None:
    page = tab.go("/")
    session = begun(window)
    suggest(window, session)
    step = page.locator(".suggestion .choices")
    step.wait_for()
    press(page, "x", lambda: step.count() == 0)
    page.keyboard.press("Backspace")
    expect(page.locator(".announcer")).to_contain_text("Taken back: tests of release, which was rejected.")
    step.wait_for()
    assert decisions(window, session) == []


def test_keys_decide_nothing_while_somebody_types(tab: Tab, window: Window) -> None:
    page = tab.go("/")
    session = begun(window)
    suggest(window, session)
    page.get_by_placeholder("Why (optional)").fill("")
    page.get_by_placeholder("Why (optional)").press_sequentially("a mix, c ")
    page.get_by_placeholder("Why (optional)").press("Escape")
    step = page.locator(".suggestion")
    press(page, "Space", lambda: step.count() == 0)
    (made,) = decisions(window, session)
    assert (made["decision"], made["feedback"]) == ("skip", "a mix, c ".strip())


def test_a_correction_is_checked_while_it_is_typed_and_nothing_of_it_is_lost(tab: Tab, window: Window) -> None:
    page = tab.go("/")
    session = begun(window)
    suggest(window, session)
    page.get_by_role("button", name="Correct…").click()
    field = page.get_by_label("Parameters (JSON)")
    expect(field).to_be_focused()
    expect(page.get_by_role("button", name="Save the correction")).to_be_disabled()
    field.fill('{"command": "pytest",\n "args": [}')
    expect(page.get_by_role("dialog")).to_contain_text("Line 2, column 11:")
    field.fill('{"command": "pytest", "args": ["-x"]}')
    expect(page.get_by_label("What you change")).to_contain_text("/args/0")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_contain_text("Leave, and lose what you wrote?")
    page.get_by_role("button", name="Go on writing").click()
    field.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    (made,) = decisions(window, session)
    assert made["correction"] == {"command": "pytest", "args": ["-x"]}


def test_each_coaching_session_has_its_column_and_a_key_goes_to_the_next(tab: Tab, window: Window) -> None:
    page = tab.go("/")
    for workflow in ("release", "triage"):
        suggest(window, begun(window, workflow))
    expect(page.locator(".suggestion .choices")).to_have_count(2)
    chosen = page.locator(".session.chosen h3")
    expect(chosen).to_have_text("release")
    page.keyboard.press("]")
    expect(chosen).to_have_text("triage")
    page.keyboard.press("Alt+ArrowLeft")
    expect(chosen).to_have_text("release")


def test_what_is_in_a_suggestion_is_text_and_nothing_in_it_hides(tab: Tab, window: Window) -> None:
    page = tab.go("/")
    session = begun(window, "<script>alert(1)</script>")
    suggest(window, session, "<img src=x onerror=alert(1)>", note="safe\u202edetsurt", long="x" * 20_000)
    step = page.locator(".suggestion")
    expect(step.locator("h4").first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(step.locator("pre")).to_contain_text("safe\\u202edetsurt")
    page.set_viewport_size({"width": 360, "height": 800})
    assert not tab.is_wider_than_its_window()
    assert tab.violations() == []

"""The panel and the report inside of an assistant, in a host that shows MCP Apps."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.app_host import Host
from tests.system.processes import Window, eventually

pytestmark = pytest.mark.slow

PARAMETERS = {"command": "pytest", "args": ["-q"]}
STEP: dict[str, Any] = {"node_id": "tests", "action_type": "command", "parameters": PARAMETERS}


@pytest.fixture
def host(browser: Browser, window: Window) -> Iterator[Callable[..., Host]]:
    """Makes hosts in which nothing may go wrong."""
    made: list[Host] = []

    def making(theme: str = "light") -> Host:
        made.append(Host(browser, window, theme))
        return made[-1]

    yield making
    for one in made:
        one.page.close()
        assert one.trouble == []


def coached(window: Window) -> str:
    """A coaching session of a workflow that is past observation."""
    session = window.call("coaching_start", workflow_id="release")["structuredContent"]["session_id"]
    for number in range(10):
        seen = {"decision": "manual", "node_id": f"seen-{number}", "action_type": "command"}
        assert not window.call("coaching_decide", session_id=session, **seen).get("isError")
    return str(session)


def decisions(window: Window, session: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = window.call("coaching_status", session_id=session)["structuredContent"]["session"][
        "decisions"
    ]
    return found


def test_a_suggestion_is_decided_in_the_app_and_kept_as_reported(window: Window, host: Callable[..., Host]) -> None:
    given = {"session_id": coached(window), **STEP}
    shown = host()
    app = shown.show(given, window.call("coaching_suggest", **given))
    expect(app.get_by_label("Parameters", exact=True)).to_contain_text('"pytest"')
    app.get_by_role("button", name="Accept").click()
    expect(app.get_by_role("status").filter(has_text="accepted")).to_be_visible()
    last = decisions(window, given["session_id"])[-1]
    assert (last["decision"], last["decided_by"], last["node_id"]) == ("accept", "reported", "tests")
    assert "step 11 (tests) was accepted" in eventually(shown.said)[0]


def test_a_correction_is_checked_while_it_is_typed_and_told_to_the_assistant(
    window: Window, host: Callable[..., Host]
) -> None:
    given = {"session_id": coached(window), **STEP}
    shown = host("dark")
    app = shown.show(given, window.call("coaching_suggest", **given))
    app.get_by_role("button", name="Correct").click()
    field = app.get_by_label("Parameters (JSON)")
    save = app.get_by_role("button", name="Save the correction")
    expect(save).to_be_disabled()
    field.fill('{"command": "pytest", "args": [')
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill('{"command": "pytest", "args": ["-x"]}')
    save.click()
    expect(app.get_by_role("status").filter(has_text="corrected")).to_be_visible()
    last = decisions(window, given["session_id"])[-1]
    assert last["correction"] == {"command": "pytest", "args": ["-x"]}
    assert '"-x"' in eventually(shown.said)[0]


def test_a_refusal_is_shown_in_the_app_in_its_own_words(window: Window, host: Callable[..., Host]) -> None:
    given = {"session_id": coached(window), **STEP}
    answer = window.call("coaching_suggest", **given)
    identity = {"session_id": given["session_id"], "suggestion_id": answer["structuredContent"]["suggestion_id"]}
    app = host().show(given, answer)
    window.call("coaching_decide", decision="reject", **identity)
    app.get_by_role("button", name="Accept").click()
    expect(app.get_by_role("alert")).to_contain_text("already")


def test_the_report_is_shown_with_the_parts_of_the_page(window: Window, host: Callable[..., Host]) -> None:
    for number in range(6):
        used = window.call("track_skill", skill_name="debugging", workflow_phase="fix <script>alert(1)</script>")
        if number % 2:
            window.call("complete_skill", invocation_id=used["structuredContent"]["invocation_id"])
    app = host().show({}, window.call("workflow_report"))
    expect(app.get_by_role("heading", name="Skills by phase")).to_be_visible()
    expect(app.get_by_role("heading", name="From phase to phase")).to_be_visible()
    expect(app.locator("body")).to_contain_text("fix <script>alert(1)</script>")
    assert app.locator("a[href]").count() == 0


def test_an_error_of_a_tool_is_shown_as_its_text(window: Window, host: Callable[..., Host]) -> None:
    app = host().show({}, window.call("workflow_report", session_id="nobody"))
    expect(app.get_by_role("alert")).to_contain_text("nobody")

"""A correction is written on the page: checked while it is typed, shown as a difference, and never lost."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, decided, decisions, step, suggest, wait
from tests.system.processes import Window

pytestmark = pytest.mark.slow

DEPLOY = {"target": "staging", "replicas": 2}
RIGHT = '{"target": "production", "replicas": 2, "region": "eu"}'


def editor(page: Page, node: str = "deploy") -> tuple[Locator, Locator]:
    """The opened editor of a step, and its field."""
    step(page, node).get_by_role("button", name="Correct…").click()
    dialog = page.get_by_role("dialog", name="Correct the parameters")
    return dialog, dialog.get_by_label("Parameters (JSON)")


def test_a_correction_is_checked_while_it_is_typed_and_learned_from(window: Window, tab: Tab) -> None:
    session = begin(window, tab)
    page, waiting = tab.page, wait(window, session, "deploy", **DEPLOY)
    dialog, field = editor(page)
    save = dialog.get_by_role("button", name="Save the correction")
    expect(field).to_be_focused()
    expect(save).to_be_disabled()
    field.fill('{\n  "target": "production",\n  "replicas": 2,\n}')
    told = dialog.get_by_role("status")
    expect(told).to_have_text("Line 3, column 16: There is a comma too many before the }.")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Control+Enter")
    field.fill('{"target": "production", "replicas": two}')
    expect(told).to_contain_text("Line 1, column 38: Text stands in double quotes")
    field.fill(RIGHT)
    changes = dialog.get_by_role("list", name="What you change").get_by_role("listitem")
    expect(changes).to_have_text(['/targetwas "staging"is now "production"', '/regionis now "eu"'])
    expect(field).to_have_attribute("aria-invalid", "false")
    dialog.get_by_label("Why (optional)").fill("staging is gone")
    field.press("Control+Enter")
    made = decided(window, waiting)
    assert (made["decision"], made["decided_by"], made["feedback"]) == ("correct", "person", "staging is gone")
    assert made["correction"] == {"target": "production", "replicas": 2, "region": "eu"}
    expect(dialog).to_have_count(0)
    suggest(window, session, "deploy", **DEPLOY)
    again = step(page, "deploy")
    expect(again).to_contain_text("Corrected as you taught (seen 1 time, helped 0, hurt 0)")
    learned = again.get_by_role("list", name="What corrections have changed")
    expect(learned).to_contain_text('/targetwas "staging"is now "production"')
    again.get_by_text("Decided before on steps like this: 1 corrected").click()
    expect(again).to_contain_text("“staging is gone”")


def test_escape_asks_before_what_was_written_is_lost(window: Window, tab: Tab) -> None:
    session = begin(window, tab)
    suggest(window, session, "deploy", **DEPLOY)
    dialog, field = editor(tab.page)
    field.press("Escape")
    expect(dialog).to_have_count(0)
    dialog, field = editor(tab.page)
    field.fill(RIGHT)
    field.press("Escape")
    dialog.get_by_role("alert").get_by_role("button", name="Go on writing").click()
    expect(field).to_have_value(RIGHT)
    dialog.get_by_role("button", name="Close").click()
    dialog.get_by_role("alert").get_by_role("button", name="Leave").click()
    expect(dialog).to_have_count(0)
    assert decisions(tab, session) == []
    _, field = editor(tab.page)
    expect(field).to_have_value('{\n  "target": "staging",\n  "replicas": 2\n}')


def test_what_the_server_refuses_is_said_where_it_was_written(window: Window, tab: Tab) -> None:
    tab.excused = ("status of 400",)
    session = begin(window, tab)
    page, waiting = tab.page, wait(window, session, "deploy", **DEPLOY)
    dialog, field = editor(page)
    field.fill('{"target": "half of a character: \\ud83d"}')
    field.press("Control+Enter")
    expect(dialog.get_by_role("alert")).to_have_text("A value is no text in UTF-8. Nothing was changed.")
    expect(field).to_have_value('{"target": "half of a character: \\ud83d"}')
    field.fill(RIGHT)
    field.press("Control+Enter")
    assert decided(window, waiting)["correction"]["region"] == "eu"
    expect(dialog).to_have_count(0)


def test_a_step_that_is_decided_meanwhile_leaves_what_was_written(window: Window, tab: Tab) -> None:
    tab.excused = ("status of 400",)
    session = begin(window, tab)
    made = suggest(window, session, "deploy", **DEPLOY)
    dialog, field = editor(tab.page)
    field.fill(RIGHT)
    window.call("coaching_decide", session_id=session, suggestion_id=made, decision="reject")
    alert = dialog.get_by_role("alert")
    expect(alert).to_contain_text("This step was decided meanwhile. What you wrote is still here")
    field.press("Control+Enter")
    expect(alert.last).to_contain_text("already")
    expect(field).to_have_value(RIGHT)
    (kept,) = decisions(tab, session)
    assert (kept["decision"], kept["decided_by"]) == ("reject", "reported")


def test_numbers_that_a_browser_would_change_are_not_saved(window: Window, tab: Tab) -> None:
    session = begin(window, tab)
    suggest(window, session, "deploy", build=7)
    dialog, field = editor(tab.page)
    field.fill('{"build": 9007199254740993}')
    expect(dialog.get_by_role("status")).to_contain_text("too large for a browser to keep all its digits")
    expect(dialog.get_by_role("button", name="Save the correction")).to_be_disabled()

"""A step is decided on the page, by a click or by a key, and the assistant that waits for it goes on."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, column, decided, decisions, look, step, suggest, timed, wait
from tests.system.processes import Window

pytestmark = pytest.mark.slow


def test_a_click_ends_the_call_in_which_the_assistant_waits(window: Window, tab: Tab) -> None:
    session = begin(window, tab, total_steps=3)
    page, waiting = tab.page, wait(window, session, "lint", command="ruff check")
    shown = step(page, "lint")
    expect(shown.get_by_role("group", name="Parameters")).to_contain_text('"ruff check"')
    expect(shown).to_contain_text("Step 1 of 3")
    shown.get_by_label("Why (optional)").fill("looks right")
    shown.get_by_role("button", name="Accept").click()
    made = decided(window, waiting)
    assert (made["decision"], made["decided_by"], made["feedback"]) == ("accept", "person", "looks right")
    assert made["decision_seconds"] > 0
    expect(page.get_by_role("status").filter(has_text="Accepted: lint of release.")).to_be_visible()
    expect(column(page)).to_contain_text("1 of 3 steps decided")
    expect(column(page).get_by_role("term").filter(has_text="accepted").locator("..")).to_have_text("accepted1")
    expect(column(page)).to_contain_text("Nothing waits here now.")
    (kept,) = decisions(tab, session)
    assert kept["source"] == "dashboard"


def test_each_key_does_what_it_says(window: Window, tab: Tab) -> None:
    page = timed(tab)
    session = begin(window, tab)
    for key, decision in {"a": "accept", "x": "reject", "m": "manual", "Space": "skip"}.items():
        waiting = wait(window, session, f"to {decision}")
        step(page, f"to {decision}")
        look(page)
        page.keyboard.press(key)
        made = decided(window, waiting)
        assert (made["decision"], made["decided_by"]) == (decision, "person")
        assert made["decision_seconds"] >= 3
    page.keyboard.press("Backspace")
    expect(page.get_by_role("status").filter(has_text="Taken back: to skip of release")).to_be_visible()
    step(page, "to skip")
    look(page)
    page.keyboard.press("c")
    page.get_by_role("dialog", name="Correct the parameters").get_by_label("Parameters (JSON)").press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_keys_decide_nothing_where_they_mean_something_else(window: Window, tab: Tab) -> None:
    page = timed(tab)
    session = begin(window, tab)
    page.keyboard.down("x")
    waiting = wait(window, session, "publish")
    shown = step(page, "publish")
    look(page)
    page.keyboard.down("x")  # still held, as a keyboard that repeats tells it
    page.keyboard.up("x")
    why = shown.get_by_label("Why (optional)")
    why.press_sequentially("xm")
    expect(why).to_have_value("xm")
    why.press("Escape")
    for chord in ("Control+x", "Alt+x", "Meta+x", "Shift+Backspace"):
        page.keyboard.press(chord)
    keys = page.get_by_role("button", name="Keys")
    keys.press("Space")
    help_shown = page.get_by_role("dialog", name="Keys")
    help_shown.press("x")
    help_shown.get_by_label("Single keys are on").uncheck()
    help_shown.press("Escape")
    expect(shown.locator("kbd")).to_have_count(0)
    page.keyboard.press("x")
    page.keyboard.press("?")
    expect(help_shown).to_have_count(0)
    page.reload()
    tab.drawn()
    look(page)
    page.keyboard.press("x")
    expect(step(page, "publish").locator("kbd")).to_have_count(0)
    shown.get_by_role("button", name="Accept").click()
    assert decided(window, waiting)["decision"] == "accept"


def test_a_key_decides_no_step_that_has_only_just_come_up(window: Window, tab: Tab) -> None:
    page = timed(tab)
    session = begin(window, tab)
    suggest(window, session, "first")
    waiting = wait(window, session, "second")
    step(page, "first")
    look(page)
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))
    page.keyboard.press("x")
    step(page, "second")
    expect(page.locator(".suggestion[aria-busy='false']", has_text="second")).to_be_visible()
    page.clock.run_for(100)
    page.keyboard.press("x")
    said = page.get_by_role("status").filter(has_text="only just come up, so the key decided nothing")
    expect(said).to_be_visible()
    page.clock.run_for(400)
    page.keyboard.press("m")
    assert decided(window, waiting)["decision"] == "manual"


def test_a_step_that_is_only_observed_is_recorded_as_done_by_hand(window: Window, tab: Tab) -> None:
    page = tab.page
    started = window.call("coaching_start", workflow_id="triage")["structuredContent"]["session_id"]
    suggest(window, started, "read the log", lines=100)
    shown = step(page, "read the log", "triage")
    expect(shown).to_contain_text("You do this step yourself")
    shown.get_by_role("button", name="By hand, otherwise…").click()
    dialog = page.get_by_role("dialog", name="Done by hand, with these parameters")
    dialog.get_by_label("Parameters (JSON)").fill('{"lines": 500}')
    dialog.get_by_role("button", name="Save as done by hand").click()
    expect(dialog).to_have_count(0)
    expect(column(page, "triage")).to_contain_text("Nothing waits here now.")
    (made,) = decisions(tab, started)
    assert (made["decision"], made["correction"]) == ("manual", {"lines": 500})


def test_what_was_decided_is_listed_and_can_be_taken_back(window: Window, tab: Tab) -> None:
    page = tab.page
    session = begin(window, tab)
    suggest(window, session, "tag", version="1.2")
    step(page, "tag").get_by_role("button", name="Reject").click()
    column(page).get_by_role("button", name="History").click()
    history = page.get_by_role("dialog", name="Decisions in release")
    row = history.get_by_role("row").filter(has_text="tag")
    expect(row).to_contain_text("rejected")
    expect(row).to_contain_text("a person")
    history.get_by_role("button", name="Undo the last one").click()
    expect(history).to_contain_text("Nothing was decided yet")
    history.get_by_role("button", name="Close").click()
    step(page, "tag")
    expect(column(page).get_by_role("button", name="Undo")).to_be_disabled()
    assert decisions(tab, session) == []

"""Coaching sessions side by side: which one the keys decide, and pausing, resuming and ending them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, column, decided, look, site_of, step, suggest, timed, wait
from tests.system.processes import Window

pytestmark = pytest.mark.slow

CHOSEN = re.compile(r"\bchosen\b")


def test_keys_decide_in_the_coaching_session_that_has_them(window: Window, tab: Tab) -> None:
    page = timed(tab)
    calls = {}
    for workflow in ("release", "triage", "cleanup"):
        calls[workflow] = wait(window, begin(window, tab, workflow), "look", of=workflow)
        step(page, "look", workflow)
    expect(page.get_by_text("3 steps wait for you").first).to_be_visible()
    expect(column(page, "release")).to_have_class(CHOSEN)
    page.keyboard.press("]")
    expect(column(page, "triage")).to_have_class(CHOSEN)
    look(page)
    page.keyboard.press("x")
    assert decided(window, calls["triage"])["decision"] == "reject"
    page.keyboard.press("Alt+ArrowLeft")
    expect(column(page, "release")).to_have_class(CHOSEN)
    column(page, "cleanup").get_by_role("button", name="Accept").focus()
    expect(column(page, "cleanup")).to_contain_text("keys decide here")
    page.keyboard.press("m")
    assert decided(window, calls["cleanup"])["decision"] == "manual"
    step(page, "look", "release").get_by_role("button", name="Skip").click()
    assert decided(window, calls["release"])["decision"] == "skip"
    expect(page.get_by_text("wait for you").first).to_have_count(0)


def test_steps_of_one_coaching_session_wait_in_their_order(window: Window, tab: Tab) -> None:
    session = begin(window, tab)
    for node in ("build", "test", "publish"):
        suggest(window, session, node)
    step(tab.page, "build")
    expect(column(tab.page).get_by_role("list").last.get_by_role("listitem")).to_contain_text(["test", "publish"])
    for node in ("build", "test", "publish"):
        step(tab.page, node).get_by_role("button", name="Accept").click()
    expect(column(tab.page)).to_contain_text("3 steps decided")
    expect(column(tab.page)).to_contain_text("100 %")


def test_one_is_paused_and_goes_on_where_it_was(window: Window, tab: Tab) -> None:
    page, session = tab.page, begin(window, tab)
    suggest(window, session, "build")
    step(page, "build")
    column(page).get_by_role("button", name="Pause").click()
    expect(page.get_by_text("0 more under way, 1 paused")).to_be_visible()
    expect(column(page)).to_have_count(0)
    refused = window.call("coaching_suggest", session_id=session, node_id="test", action_type="command")
    assert refused["isError"]
    assert "paused" in refused["content"][0]["text"]
    page.get_by_role("button", name="Resume release").click()
    step(page, "build")
    window.call("pause_session", session_id=session)
    expect(page.get_by_role("button", name="Resume release")).to_be_visible()
    window.call("resume_session", session_id=session)
    step(page, "build")


def test_one_is_ended_with_what_came_of_it(window: Window, tab: Tab) -> None:
    page, session = tab.page, begin(window, tab)
    suggest(window, session, "build")
    step(page, "build")
    column(page).get_by_role("button", name="End…").click()
    dialog = page.get_by_role("dialog", name="End release")
    dialog.get_by_label("Failed").check()
    dialog.get_by_label("What went wrong (optional)").fill("the runner has no disk left")
    dialog.get_by_role("button", name="End it").click()
    expect(dialog).to_have_count(0)
    expect(column(page)).to_have_count(0)
    ended = site_of(tab).get(f"/api/sessions/{session}")
    assert (ended["status"], ended["error_message"]) == ("failed", "the runner has no disk left")
    events = page.get_by_role("list", name="Events, the newest first")
    expect(events.get_by_role("listitem").first).to_contain_text("release failed: the runner has no disk left")
    late = window.call("coaching_suggest", session_id=session, node_id="test", action_type="command")
    assert "failed" in late["content"][0]["text"]

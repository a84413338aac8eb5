"""A workflow is promoted and demoted by a person on the page: six criteria, its name typed, all of it on record."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, site_of, suggest
from tests.system.processes import Window

pytestmark = pytest.mark.slow


def earned(window: Window, tab: Tab, workflow: str, seconds: float) -> None:
    """A workflow with twenty accepted steps in three coaching sessions, each looked at for so long."""
    site = site_of(tab)
    sessions = [begin(window, tab, workflow) for _ in range(3)]
    for number in range(20):
        session = sessions[number % 3]
        given: dict[str, Any] = {"session_id": session, "suggestion_id": suggest(window, session, f"step {number}")}
        site.post("/api/decisions", {**given, "decision": "accept", "seconds": seconds, "execution_success": True})


def asked(page: Page, level: str) -> Locator:
    """The opened dialog in which a workflow is promoted."""
    page.get_by_role("button", name="Promote…").click()
    return page.get_by_role("dialog", name=f"Promote to {level}")


def test_a_ready_workflow_is_promoted_by_typing_its_name_and_goes_back(window: Window, tab: Tab) -> None:
    earned(window, tab, "nightly", seconds=5)
    page = tab.go("/learning")
    row = page.get_by_role("region", name="Workflows by what they have learned").get_by_role("row")
    expect(row.filter(has_text="nightly")).to_contain_text("ready")
    row.get_by_role("link", name="nightly").click()
    expect(page.get_by_text("ready for AUTO")).to_be_visible()
    dialog = asked(page, "AUTO")
    expect(dialog.get_by_role("listitem").filter(has_text="met")).to_have_count(6)
    expect(dialog.get_by_text("not met", exact=True)).to_have_count(0)
    name = dialog.get_by_label("Type the workflow’s name")
    promote = dialog.get_by_role("button", name="Promote to AUTO")
    name.fill("nightly build")
    expect(dialog).to_contain_text("Still missing: the workflow’s name.")
    name.press("Enter")
    expect(promote).to_be_disabled()
    name.fill("nightly")
    name.press("Enter")
    expect(dialog).to_have_count(0)
    history = page.get_by_role("region", name="Changes of its level").get_by_role("listitem")
    expect(history.first).to_contain_text("COACHING→toAUTO")
    expect(history.first).to_contain_text("6 of 6 criteria were met")
    page.get_by_role("button", name="Demote…").click()
    dialog = page.get_by_role("dialog", name="Demote from AUTO")
    dialog.get_by_label("To").select_option("OBSERVATION")
    dialog.get_by_label("Reason (optional)").fill("the servers are new")
    dialog.get_by_role("button", name="Demote to OBSERVATION").click()
    expect(dialog).to_have_count(0)
    expect(history.first).to_contain_text("the servers are new")
    expect(history).to_have_count(3)
    levels = [(one["level"], one["decided_by"]) for one in site_of(tab).get("/api/workflows/nightly")["level_changes"]]
    assert sorted(levels) == [("AUTO", "person"), ("COACHING", "person"), ("OBSERVATION", "person")]


def test_what_is_not_ready_is_promoted_only_with_a_reason(window: Window, tab: Tab) -> None:
    begin(window, tab, "hotfix")
    page = tab.go("/learning/hotfix")
    expect(page.get_by_text("not ready for AUTO")).to_be_visible()
    dialog = asked(page, "AUTO")
    expect(dialog.get_by_text("not met", exact=True)).to_have_count(6)
    dialog.get_by_label("Type the workflow’s name").fill("hotfix")
    promote = dialog.get_by_role("button", name="Promote to AUTO")
    expect(dialog).to_contain_text("Still missing: a reason.")
    expect(promote).to_be_disabled()
    dialog.get_by_label("Reason to promote it despite that").fill("it only prints the date")
    promote.click()
    expect(dialog).to_have_count(0)
    history = page.get_by_role("region", name="Changes of its level")
    expect(history).to_contain_text("it only prints the date")
    expect(history).to_contain_text("0 of 6 criteria were met")


def test_quick_decisions_have_to_be_confirmed_in_words(window: Window, tab: Tab) -> None:
    earned(window, tab, "quick", seconds=0.5)
    page = tab.go("/learning/quick")
    expect(page.get_by_text("needs confirmation for AUTO")).to_be_visible()
    dialog = asked(page, "AUTO")
    dialog.get_by_label("Type the workflow’s name").fill("quick")
    sentence = dialog.get_by_label("Type “I meant these decisions”")
    sentence.fill("yes")
    expect(dialog).to_contain_text("Still missing: the sentence.")
    expect(dialog.get_by_role("button", name="Promote to AUTO")).to_be_disabled()
    sentence.fill("I meant these decisions")
    dialog.get_by_role("button", name="Promote to AUTO").click()
    expect(dialog).to_have_count(0)
    assert site_of(tab).get("/api/workflows/quick")["level"] == "AUTO"


def test_what_has_changed_meanwhile_is_refused_where_it_was_typed(window: Window, tab: Tab) -> None:
    tab.excused = ("status of 400",)
    begin(window, tab, "moving")
    page = tab.go("/learning/moving")
    dialog = asked(page, "AUTO")
    dialog.get_by_label("Reason to promote it despite that").fill("for a trial")
    site_of(tab).post("/api/workflows/moving/demote", {})
    dialog.get_by_label("Type the workflow’s name").fill("moving")
    dialog.get_by_role("button", name="Promote to AUTO").click()
    expect(dialog.get_by_role("alert")).to_contain_text("OBSERVATION")
    expect(dialog.get_by_label("Reason to promote it despite that")).to_have_value("for a trial")


def test_a_workflow_that_runs_by_itself_stops_it_when_a_step_is_rejected(window: Window, tab: Tab) -> None:
    session = begin(window, tab, "cron")
    first = suggest(window, session, "clean")
    site_of(tab).post("/api/decisions", {"session_id": session, "suggestion_id": first, "decision": "accept"})
    site_of(tab).post("/api/workflows/cron/promote", {"name": "cron", "despite": "for a trial"})
    page = tab.page
    suggest(window, session, "clean")
    shown = page.get_by_role("region", name="cron", exact=True).get_by_role("article")
    expect(shown).to_contain_text("nobody has to decide. Rejecting it stops that.")
    expect(page.get_by_text("wait for you")).to_have_count(0)
    shown.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("status").filter(has_text="cron is at COACHING now")).to_be_visible()
    events = page.get_by_role("list", name="Events, the newest first")
    expect(events).to_contain_text("cron went back from AUTO to COACHING")

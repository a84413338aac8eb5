"""What corrections have taught is looked at, switched off, forgotten and shared on the page."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tab
from tests.browser.coaching.steps import begin, called, site_of, suggest
from tests.system.processes import Window

pytestmark = pytest.mark.slow

DEPLOY = {"target": "staging", "replicas": 2}
# As a browser does it with a file that is let go of over the page.
_DROP = """(place, [name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name, {type: "application/json"}));
  const how = {bubbles: true, cancelable: true, dataTransfer};
  for (const kind of ["dragover", "drop"]) place.dispatchEvent(new DragEvent(kind, how));
}"""


def taught(window: Window, tab: Tab, workflow: str) -> str:
    """A coaching session in which a person has corrected a deployment."""
    session = begin(window, tab, workflow)
    given = {"session_id": session, "suggestion_id": suggest(window, session, "deploy", **DEPLOY)}
    correction = {"target": "production", "replicas": 2}
    site_of(tab).post("/api/decisions", {**given, "decision": "correct", "correction": correction, "seconds": 4})
    return session


def drop(page: Page, name: str, text: str) -> Locator:
    """Let go of a file over the place for it; returns where the result is told."""
    card = page.get_by_role("region", name="Import a pack")
    card.locator(".drop").evaluate(_DROP, [name, text])
    return card.get_by_role("status")


def parameters_of_next(window: Window, session: str) -> dict[str, Any]:
    step = {"session_id": session, "node_id": "deploy", "action_type": "command", "parameters": DEPLOY}
    found: dict[str, Any] = window.call("coaching_suggest", **step)["structuredContent"]["parameters"]
    return found


def test_a_correction_is_switched_off_on_again_and_forgotten(window: Window, tab: Tab) -> None:
    session = taught(window, tab, "switching")
    page = tab.go("/corrections")
    page.get_by_role("link", name="switching").click()
    item = page.get_by_role("listitem", name="Correction")
    expect(item).to_contain_text("applied where it fits")
    expect(item.get_by_role("list", name="What it changes")).to_contain_text('/targetwas "staging"is now "production"')
    item.get_by_role("button", name="Switch off").click()
    expect(item).to_contain_text("switched off")
    assert parameters_of_next(window, session)["target"] == "staging"
    item.get_by_role("button", name="Switch on").click()
    expect(item).to_contain_text("applied where it fits")
    site_of(tab).post(f"/api/sessions/{session}/end", {"outcome": "completed"})
    assert parameters_of_next(window, begin(window, tab, "switching"))["target"] == "production"
    expect(item.get_by_role("term").filter(has_text="applied").locator("..")).to_have_text("applied1")
    item.get_by_role("button", name="Forget").click()
    dialog = page.get_by_role("dialog", name="Forget this correction?")
    dialog.get_by_role("button", name="Keep it").click()
    expect(item).to_be_visible()
    item.get_by_role("button", name="Forget").click()
    dialog.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("No correction is known of this workflow")).to_be_visible()
    assert site_of(tab).get("/api/packs/switching")["items"] == []


def test_a_pack_is_exported_and_imported_by_dropping_the_file(window: Window, tab: Tab, tmp_path: Path) -> None:
    taught(window, tab, "sharing")
    page = tab.go("/corrections/sharing")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "sharing.pack.json"
    download.value.save_as(tmp_path / "pack.json")
    text = (tmp_path / "pack.json").read_text(encoding="utf-8")
    told = drop(page, "pack.json", text)
    expect(told).to_contain_text("pack.json: 0 imported, 0 updated, 1 unchanged, of sharing.")
    other = json.loads(text) | {"workflow_id": "sharing elsewhere"}
    told = drop(page, "other.json", json.dumps(other))
    expect(told).to_contain_text("It is of workflow sharing elsewhere, not of sharing.")
    page.get_by_role("link", name="All workflows").click()
    tab.excused = ("status of 400",)
    expect(drop(page, "other.json", json.dumps(other))).to_contain_text("items[0] was edited")
    (item,) = json.loads(text)["items"]
    assert site_of(tab).ask("DELETE", f"/api/packs/sharing/items/{item['item_id']}").status == 200
    told = drop(page, "pack.json", text)
    expect(told).to_contain_text("1 imported, 0 updated, 0 unchanged")
    told.get_by_role("link", name="sharing").click()
    expect(page.get_by_role("listitem", name="Correction")).to_contain_text("imported just now")


def test_an_imported_correction_waits_until_it_is_switched_on(window: Window, tab: Tab) -> None:
    session = taught(window, tab, "waiting")
    pack = site_of(tab).get("/api/packs/waiting/export")
    (item,) = pack["items"]
    assert site_of(tab).ask("DELETE", f"/api/packs/waiting/items/{item['item_id']}").status == 200
    called(window, "correction_pack", workflow_id="waiting", action="import", pack=pack)
    page = tab.go("/corrections/waiting")
    listed = page.get_by_role("listitem", name="Correction")
    expect(listed).to_contain_text("imported: not applied until you switch it on")
    expect(listed).to_contain_text("Imported by an assistant or a program (tool)")
    expect(listed.get_by_role("group", name="JSON Patch")).to_contain_text('"value": "production"')
    assert parameters_of_next(window, session)["target"] == "staging"
    listed.get_by_role("button", name="Switch on").click()
    expect(listed).to_contain_text("applied where it fits")
    site_of(tab).post(f"/api/sessions/{session}/end", {"outcome": "completed"})
    assert parameters_of_next(window, begin(window, tab, "waiting"))["target"] == "production"


def test_a_file_that_is_no_pack_is_refused_with_the_place_of_what_is_wrong(tab: Tab, tmp_path: Path) -> None:
    tab.excused = ("status of 400",)
    page = tab.go("/corrections")
    told = drop(page, "notes.json", '{\n  "workflow_id": "x",\n  oops\n}')
    expect(told).to_contain_text("notes.json was not imported. It is not a pack, which is JSON. Line 3, column 3:")
    expect(drop(page, "list.json", "[1]")).to_contain_text("It must be an object")
    expect(drop(page, "other.json", '{"name": "x"}')).to_contain_text("It is JSON, but not a pack of corrections")
    file = tmp_path / "newer.json"
    file.write_text('{"workflow_id": "x", "items": [], "schema_version": 99}', encoding="utf-8")
    page.get_by_label("Pack to import").set_input_files(file)
    expect(page.get_by_role("region", name="Import a pack")).to_contain_text("newer.json was not imported.")
    assert "x" not in [one["workflow_id"] for one in site_of(tab).get("/api/packs")["packs"]]

"""Items that a person switches off: kept, shown, counted and shared, and not applied until they are switched on."""

import json
from typing import Any

import pytest

from session_buddy.coaching.actors import PERSON, Actor
from session_buddy.store.calls import Call
from tests.coaching.room import ASSISTANT, PERSON_ON_PAGE, WORKFLOW, Room

Told = dict[str, Any]


@pytest.fixture
def taught(room: Room) -> Room:
    """A room in which one correction was made."""
    room.decide(room.suggest(room.start(), {"env": "prod"}), "correct", correction={"env": "staging"})
    return room


def only(room: Room) -> Told:
    (item,) = room.ask("pack", workflow_id=WORKFLOW)["items"]
    found: Told = item
    return found


def switch(room: Room, on: bool, actor: Actor = PERSON_ON_PAGE) -> Told:
    found: Told = room.ask("switch_item", actor, workflow_id=WORKFLOW, item_id=only(room)["item_id"], on=on)
    return found


def test_what_is_off_is_not_applied_and_is_shown_until_it_is_on_again(taught: Room) -> None:
    session = taught.start()
    assert switch(taught, False) == {"workflow_id": WORKFLOW, "item_id": only(taught)["item_id"], "on": False}
    without = taught.suggest(session, {"env": "prod", "n": 1})
    assert (without["parameters"], without["corrections_applied"]) == ({"env": "prod", "n": 1}, [])
    assert 'Switched off: replace /env "staging" (seen 1×' in without["shown"]
    assert only(taught)["off"] is True
    switch(taught, True)
    again = taught.suggest(session, {"env": "prod", "n": 2})
    assert again["parameters"]["env"] == "staging"
    assert "Switched off" not in again["shown"]
    assert only(taught)["off"] is False


def test_what_is_off_is_counted_when_it_is_seen_again_and_is_in_nobodys_way(taught: Room) -> None:
    session = taught.start()
    item = only(taught)["item_id"]
    switch(taught, False)
    taught.decide(taught.suggest(session, {"env": "prod"}), "correct", correction={"env": "staging"})
    assert (only(taught)["times_seen"], only(taught)["off"]) == (2, True)
    taught.decide(taught.suggest(session, {"env": "prod"}), "correct", correction={"env": "canary"})
    told = taught.suggest(session, {"env": "prod", "n": 1})
    assert (told["parameters"]["env"], told["conflicts"]) == ("canary", [])
    assert {one["item_id"]: one["off"] for one in taught.ask("pack", workflow_id=WORKFLOW)["items"]}[item]


def test_a_suggestion_that_was_made_before_keeps_what_was_applied_to_it(taught: Room) -> None:
    session = taught.start()
    before = taught.suggest(session, {"env": "prod"})
    switch(taught, False)
    again = taught.suggest(session, {"env": "prod"})
    assert (again["suggestion_id"], again["parameters"]) == (before["suggestion_id"], {"env": "staging"})


def test_a_pack_says_nothing_of_it_and_an_import_leaves_it_off(taught: Room) -> None:
    pack = taught.ask("export_pack", workflow_id=WORKFLOW)["pack"]
    switch(taught, False)
    assert taught.ask("export_pack", workflow_id=WORKFLOW)["pack"] == pack
    assert "off" not in json.dumps(pack["items"])
    pack["items"][0] |= {"times_seen": 9, "helped": 9, "times_applied": 9}
    assert taught.ask("import_pack", workflow_id=WORKFLOW, pack=pack)["updated"] == 1
    assert (only(taught)["times_seen"], only(taught)["imported"]["times_seen"]) == (1, 9)
    assert only(taught)["off"] is True
    assert only(taught)["imported_at"] is not None


def test_what_is_forgotten_and_made_again_is_on(taught: Room) -> None:
    switch(taught, False)
    taught.ask("forget_item", PERSON_ON_PAGE, workflow_id=WORKFLOW, item_id=only(taught)["item_id"])
    taught.decide(taught.suggest(taught.start(), {"env": "prod"}), "correct", correction={"env": "staging"})
    assert only(taught)["off"] is False


def test_only_a_person_switches(taught: Room) -> None:
    item = only(taught)["item_id"]
    for actor in (ASSISTANT, Actor("auto", "tool"), Actor("reported", "terminal")):
        told = taught.refused("switch_item", actor, workflow_id=WORKFLOW, item_id=item, on=False)
        assert "Only a person switches a correction off or on" in told
        assert "Nothing was changed" in told


def test_switching_to_what_it_is_changes_nothing(taught: Room) -> None:
    before = taught.rows()
    assert switch(taught, True)["on"] is True
    assert taught.rows() == before
    switch(taught, False)
    before = taught.rows()
    switch(taught, False)
    assert taught.rows() == before


def test_a_call_that_is_sent_again_after_another_one_switches_nothing_back(taught: Room) -> None:
    call = PERSON_ON_PAGE._replace(call=Call("page", "7", resent=True))
    switch(taught, False, call)
    switch(taught, True)
    before = taught.rows()
    assert switch(taught, False, call)["on"] is False
    assert taught.rows() == before
    assert only(taught)["off"] is False


def test_a_clock_that_was_set_back_puts_no_switch_before_the_one_that_it_follows(taught: Room) -> None:
    switch(taught, False)
    taught.change("UPDATE coaching_switched_item SET switched_at = switched_at + INTERVAL 1 DAY")
    assert only(taught)["off"] is True
    switch(taught, True)
    assert only(taught)["off"] is False


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"item_id": "none", "on": False}, "has no item 'none'. Its items: "),
        ({"workflow_id": "releas", "on": False}, "There is no workflow 'releas'. The nearest are release."),
        ({"on": "off"}, "on"),
        ({"on": 0}, "on"),
        ({}, "on is missing"),
        ({"item_id": None, "on": False}, "item_id"),
        ({"on": True, "force": True}, "force is not a known field"),
    ],
)
def test_what_cannot_be_switched_is_refused_with_the_reason(taught: Room, given: Told, reason: str) -> None:
    wanted = {"workflow_id": WORKFLOW, "item_id": only(taught)["item_id"]} | given
    assert reason in taught.refused("switch_item", PERSON_ON_PAGE, **wanted)


def test_a_decision_records_who_switched_and_where(taught: Room) -> None:
    switch(taught, False)
    ((item, workflow, on, who, _, source, _, call),) = taught.rows()["coaching_switched_item"]
    assert (item, workflow, on, who, source, call) == (
        only(taught)["item_id"], WORKFLOW, "false", PERSON, "dashboard", None,
    )  # fmt: skip

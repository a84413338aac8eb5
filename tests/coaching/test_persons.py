"""Acts that need a person: everybody else is refused, and what persons have decided stays in force."""

from typing import Any

import pytest

from session_buddy.coaching import jobs, persons
from session_buddy.coaching.actors import Actor
from tests.coaching.room import ASSISTANT, PERSON_ON_PAGE, WORKFLOW, Room
from tests.coaching.test_trust import EVIL, bring, pack, switch

Told = dict[str, Any]
LIBRARY, SCRIPT = Actor("reported", "library"), Actor("reported", "terminal")
OTHERS = [ASSISTANT, LIBRARY, SCRIPT, Actor("auto", "tool")]
ANYBODY = {
    "start", "suggest", "decide", "outcome", "pause", "resume", "end", "save", "demote", "import_pack",
}  # fmt: skip
STEP = {"force": True}


def corrected(room: Room, actor: Actor = PERSON_ON_PAGE) -> str:
    """A workflow at AUTO whose step was corrected; returns the item's id."""
    session = room.start()
    room.at("COACHING")
    room.decide(room.suggest(session, STEP), "correct", actor, correction={"force": False})
    room.ask("promote", PERSON_ON_PAGE, workflow_id=WORKFLOW, despite="for a test")
    return str(room.ask("pack", workflow_id=WORKFLOW)["items"][0]["item_id"])


def fresh(room: Room, **parameters: Any) -> tuple[str, Any]:
    """The mode and the parameters of a step in a new coaching session."""
    told = room.suggest(room.start(), parameters or STEP)
    return told["mode"], told["parameters"]


def forget(room: Room, item: str, actor: Actor) -> None:
    room.ask("forget_item", actor, workflow_id=WORKFLOW, item_id=item)


def test_every_writing_job_is_known_as_an_act() -> None:
    assert ANYBODY | persons.ALWAYS.keys() | persons.OF_PERSONS.keys() == jobs.WRITES.keys()


@pytest.mark.parametrize("actor", OTHERS)
def test_nobody_else_forgets_a_correction_of_a_person(room: Room, actor: Actor) -> None:
    item = corrected(room)
    refused = room.refused("forget_item", actor, workflow_id=WORKFLOW, item_id=item)
    assert "session-buddy packs forget" in refused
    assert fresh(room) == ("auto", {"force": False})


def test_nobody_else_forgets_what_a_person_enabled(room: Room) -> None:
    room.start()
    item = bring(room)
    switch(room, item, True)
    assert "enabled" in room.refused("forget_item", workflow_id=WORKFLOW, item_id=item)


def test_an_assistant_forgets_what_only_files_and_reports_made(room: Room) -> None:
    session = room.start()
    room.ask("import_pack", workflow_id=WORKFLOW, pack=pack(EVIL))
    room.decide(room.suggest(session, {"n": 1}), "correct", LIBRARY, correction={"n": 2})
    for item in room.ask("pack", workflow_id=WORKFLOW)["items"]:
        forget(room, item["item_id"], ASSISTANT)
    assert room.ask("pack", workflow_id=WORKFLOW)["items"] == []


@pytest.mark.parametrize("way", ["forget", "switch off"])
def test_without_its_correction_a_corrected_step_is_asked(room: Room, way: str) -> None:
    item = corrected(room)
    if way == "forget":
        forget(room, item, PERSON_ON_PAGE)
    else:
        switch(room, item, False)
    assert fresh(room) == ("ask", STEP)


@pytest.mark.parametrize("way", ["forget", "switch off"])
def test_an_accept_counts_only_with_its_corrections(room: Room, way: str) -> None:
    item = corrected(room)
    room.decide(room.suggest(room.start(), STEP), "accept")
    assert fresh(room) == ("auto", {"force": False})
    if way == "forget":
        forget(room, item, PERSON_ON_PAGE)
    else:
        switch(room, item, False)
    assert fresh(room) == ("ask", STEP)


def test_reports_that_lay_a_correction_off_let_its_step_ask(room: Room) -> None:
    corrected(room)
    for number in range(3):
        room.decide(room.suggest(room.start(), STEP | {"n": number}), "reject", ASSISTANT)
    room.ask("promote", PERSON_ON_PAGE, workflow_id=WORKFLOW, despite="for a test")
    assert fresh(room) == ("ask", STEP)


def test_a_correction_that_is_not_kept_endorses_nothing(room: Room) -> None:
    session, token = room.start(), "ghp_" + "a1B2" * 9
    room.at("COACHING")
    room.decide(room.suggest(session, {"token": "x"}), "correct", correction={"token": token})
    room.ask("promote", PERSON_ON_PAGE, workflow_id=WORKFLOW, despite="for a test")
    assert fresh(room, token="x") == ("ask", {"token": "x"})


def rejected(room: Room) -> str:
    """A coaching session with a person's reject, of a workflow at AUTO where an earlier accept exists."""
    room.start()
    room.at("AUTO")
    session = room.start()
    room.step(session, "reject")
    room.ask("promote", PERSON_ON_PAGE, workflow_id=WORKFLOW, despite="for a test")
    return session


@pytest.mark.parametrize("actor", OTHERS)
@pytest.mark.parametrize("act", ["undo", "delete"])
def test_nobody_else_takes_a_rejection_away(room: Room, act: str, actor: Actor) -> None:
    session = rejected(room)
    assert "only a person" in room.refused(act, actor, session_id=session)
    assert fresh(room)[0] == "ask"


def test_a_forgiving_delete_spares_persons_too(room: Room) -> None:
    session = rejected(room)
    assert "only a person" in room.refused("delete", LIBRARY, session_id=session, missing_ok=True)
    assert room.ask("delete", PERSON_ON_PAGE, session_id=session)["deleted"] == [session]


def test_nobody_else_deletes_what_a_person_took_back(room: Room) -> None:
    session = rejected(room)
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    assert "only a person" in room.refused("delete", SCRIPT, session_id=session)


def test_pruning_by_others_spares_decisions_of_persons(room: Room) -> None:
    session = rejected(room)
    reported = room.start("other")
    room.step(reported, "accept", ASSISTANT)
    told = room.ask("prune", LIBRARY, days=0, dry_run=True)
    done = room.ask("prune", LIBRARY, days=0, dry_run=False)
    assert (told["sessions"], told["kept"]) == (done["sessions"], done["kept"])
    assert reported in [one["session_id"] for one in done["sessions"]]
    assert room.session(session)["stats"]["rejected"] == 1
    assert fresh(room)[0] == "ask"
    assert room.ask("prune", PERSON_ON_PAGE, days=0, dry_run=False)["kept"] == 0


def test_an_assistant_takes_back_and_deletes_reports(room: Room) -> None:
    session = room.start()
    room.step(session, "accept", ASSISTANT)
    assert room.ask("undo", session_id=session)["undone"]["decided_by"] == "reported"
    assert room.ask("delete", LIBRARY, session_id=session)["deleted"] == [session]

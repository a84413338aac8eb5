"""What the write queue remembers of coaching is what is stored, also where it remembers only a part."""

from typing import Any

import pytest

from session_buddy.coaching import jobs
from session_buddy.errors import BuddyError
from session_buddy.store.coaching_memory import MOST_CHARACTERS, MOST_PENDING, MOST_SESSIONS
from session_buddy.store.writing import Cursor
from tests.coaching.room import ACTION, ASSISTANT, NODE, PERSON_ON_PAGE, WORKFLOW, Room, on
from tests.coaching.windows import known_of

Told = dict[str, Any]


def same(room: Room, session: str) -> None:
    """What a writing job is told of a coaching session is what a reading one is told."""
    remembered = room.write(lambda cursor: known_of(cursor, session))
    read = room.store.read(lambda cursor: known_of(cursor, session))
    for name, value in read.items():
        assert remembered[name] == value, name


def test_more_pending_suggestions_than_are_remembered_are_all_found_again(room: Room) -> None:
    session = room.start()
    made = [room.suggest(session, {"n": number}) for number in range(MOST_PENDING + 6)]
    for one in (made[0], made[3], made[-1]):
        again = room.suggest(session, one["parameters"])
        assert again["suggestion_id"] == one["suggestion_id"]
    room.decide(made[0], "accept")
    assert "already decided" in room.refused("decide", **on(made[0], "reject"))
    assert len(room.session(session)["pending"]) == len(made) - 1


def test_long_parameters_are_read_again_and_answered_the_same(room: Room) -> None:
    session = room.start()
    given = {"text": "x" * MOST_CHARACTERS}
    made = room.suggest(session, given)
    assert room.suggest(session, given) == made
    same(room, session)
    assert room.decide(made, "accept")["decision"]["parameters"] == given
    same(room, session)


@pytest.mark.slow
def test_more_coaching_sessions_than_are_remembered_are_all_found_again(room: Room) -> None:
    first = room.start()
    room.step(first)

    def many(cursor: Cursor) -> None:
        for _ in range(MOST_SESSIONS + 1):
            jobs.job("start")(cursor, ASSISTANT, {"workflow_id": WORKFLOW})

    room.write(many)
    assert room.step(first)["stats"]["accepted"] == 2
    same(room, first)


def test_what_a_refused_job_had_done_is_not_remembered(room: Room) -> None:
    session = room.start()
    suggestion = room.suggest(session, {"a": 1})

    def job(cursor: Cursor) -> None:
        jobs.job("decide")(cursor, PERSON_ON_PAGE, on(suggestion, "accept"))
        jobs.job("suggest")(
            cursor, ASSISTANT, {"session_id": session, "node_id": NODE, "action_type": ACTION, "parameters": {"b": 1}}
        )
        jobs.job("pause")(cursor, ASSISTANT, {"session_id": session})
        jobs.job("promote")(cursor, PERSON_ON_PAGE, {"workflow_id": WORKFLOW})
        jobs.job("pause")(cursor, ASSISTANT, {"session_id": session})

    before = room.rows()
    with pytest.raises(BuddyError, match="already paused"):
        room.write(job)
    assert room.rows() == before
    same(room, session)
    assert room.decide(suggestion, "reject")["stats"]["suggestions_made"] == 1
    assert room.session(session)["level"] == "OBSERVATION"


def test_calls_that_come_together_are_answered_as_if_one_after_the_other(room: Room) -> None:
    session = room.start()
    suggestion = room.suggest(session, {"a": 1})
    room.store.pause()
    kinds = ["accept", "reject", "accept", "skip", "manual"]
    waiting = [
        room.store.write(
            lambda cursor, kind=kind: jobs.job("decide")(cursor, PERSON_ON_PAGE, on(suggestion, kind))  # type: ignore[misc]
        )
        for kind in kinds
    ]
    room.store.resume()
    refused = [isinstance(one.exception(30), BuddyError) for one in waiting]
    assert refused == [False, True, True, True, True]
    assert waiting[0].result()["stats"]["accepted"] == 1
    same(room, session)


@pytest.mark.parametrize(
    "change", ["undo", "delete another", "import", "forget", "switch", "demote", "threshold", "prune"]
)
def test_whatever_changes_rows_in_another_way_is_noticed(room: Room, change: str) -> None:
    other, session = room.start(), room.start()
    room.decide(room.suggest(other, {"a": 1}), "correct", correction={"a": 2})
    room.decide(room.suggest(session, {"a": 1}), "accept")
    room.suggest(session, {"a": 1})
    pack = room.ask("export_pack", workflow_id=WORKFLOW)["pack"]
    pack["items"][0]["helped"] = 9
    item = pack["items"][0]["item_id"]
    room.ask("promote", PERSON_ON_PAGE, workflow_id=WORKFLOW)
    same(room, session)
    asked: dict[str, tuple[str, Told]] = {
        "undo": ("undo", {"session_id": session}),
        "delete another": ("delete", {"session_id": other}),
        "import": ("import_pack", {"workflow_id": WORKFLOW, "pack": pack}),
        "forget": ("forget_item", {"workflow_id": WORKFLOW, "item_id": item}),
        "switch": ("switch_item", {"workflow_id": WORKFLOW, "item_id": item, "on": False}),
        "demote": ("demote", {"workflow_id": WORKFLOW}),
        "threshold": ("set_threshold", {"name": "observed_steps", "value": 1}),
        "prune": ("prune", {"days": 0, "dry_run": False}),
    }
    name, given = asked[change]
    room.write(lambda cursor: jobs.job(name)(cursor, PERSON_ON_PAGE, given))
    if change == "prune":
        assert "none was started yet" in room.refused("pause", session_id=session)
        return
    same(room, session)
    room.decide(room.suggest(session, {"a": 1, "b": 1}), "accept")
    same(room, session)


@pytest.mark.parametrize("since", ["a level", "a forgotten item"])
def test_a_decision_that_a_program_dates_back_counts_from_when_it_was_stored(room: Room, since: str) -> None:
    session = room.start()
    room.decide(room.suggest(session, {"a": 1}), "correct", correction={"a": 2})
    item = room.ask("pack", workflow_id=WORKFLOW)["items"][0]["item_id"]
    if since == "a level":
        room.at("COACHING")
        room.ask("demote", PERSON_ON_PAGE, workflow_id=WORKFLOW)
    else:
        room.ask("forget_item", PERSON_ON_PAGE, workflow_id=WORKFLOW, item_id=item)
    room.step(session, "manual")
    made = [
        {
            "decision_id": f"00000000-0000-7000-8000-00000000000{number}",
            "node_id": NODE,
            "action_type": ACTION,
            "decision": "correct",
            "parameters": {"a": 1, "n": number},
            "correction": {"a": 2 + number, "n": number},
            "timestamp": f"2024-01-0{number}T00:00:00+00:00",
        }
        for number in (1, 2, 3)
    ]
    room.ask("save", document={"session_id": "mine", "workflow_id": WORKFLOW, "decisions": made})
    same(room, session)
    same(room, "mine")


@pytest.mark.slow
def test_whatever_is_decided_by_anybody_is_remembered_as_it_is_stored(room: Room) -> None:
    session = room.start()
    room.decide(room.suggest(session, {"a": 1}), "correct", correction={"a": 2})
    room.at("AUTO")
    same(room, session)
    for kind in ("accept", "accept", "accept", "manual", "skip", "correct", "reject"):
        for actor in (PERSON_ON_PAGE, ASSISTANT):
            suggestion = room.suggest(session, {"a": 1, "more": kind})
            assert suggestion["parameters"]["a"] == 2
            room.decide(suggestion, kind, actor, correction={"a": 3} if kind == "correct" else None)
            same(room, session)
    (item,) = [one for one in room.ask("pack", workflow_id=WORKFLOW)["items"] if one["times_applied"]]
    assert (item["times_applied"], item["helped"], item["hurt"]) == (14, 3, 4)

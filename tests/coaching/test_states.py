"""Every state of a coaching session, and everything that can be asked of it."""

from typing import Any

import pytest

from tests.coaching.room import ASSISTANT, PERSON_ON_PAGE, Room, on

FINAL = ("completed", "failed", "abandoned")
STATES = ("active", "paused", *FINAL)
ENDS = {f"end {outcome}": outcome for outcome in FINAL}
# What makes each action, given a coaching session with a decided suggestion (the first) and a pending one.
ACTIONS: dict[str, Any] = {
    "pause": lambda room, session, first, second: room.ask("pause", session_id=session),
    "resume": lambda room, session, first, second: room.ask("resume", session_id=session),
    "end completed": lambda room, session, first, second: room.ask("end", session_id=session, outcome="completed"),
    "end failed": lambda room, session, first, second: room.ask("end", session_id=session, outcome="failed"),
    "end abandoned": lambda room, session, first, second: room.ask("end", session_id=session, outcome="abandoned"),
    "decide": lambda room, session, first, second: room.decide(second, "accept", ASSISTANT),
    "suggest": lambda room, session, first, second: room.suggest(session, {"tag": "v3"}),
    "outcome": lambda room, session, first, second: outcome_of(room, first),
    "outcome of what is pending": lambda room, session, first, second: outcome_of(room, second),
    "undo": lambda room, session, first, second: room.ask("undo", PERSON_ON_PAGE, session_id=session),
}
UNDECIDED = "not decided yet"
# The state that follows, or a part of the error's wording.
EXPECTED: dict[str, dict[str, str]] = {
    "active": {"pause": "paused", "outcome of what is pending": UNDECIDED} | ENDS,
    "paused": {
        "pause": "already paused, since {since}",
        "resume": "active",
        "decide": "is paused since {since}. Resume it first",
        "suggest": "is paused since {since}. Resume it first",
        "outcome of what is pending": UNDECIDED,
    }
    | ENDS,
} | {
    state: dict.fromkeys(ACTIONS, f"has ended: {state} at {{since}}")
    | {"outcome": state, "outcome of what is pending": UNDECIDED}
    for state in FINAL
}


def outcome_of(room: Room, suggestion: dict[str, Any]) -> Any:
    return room.ask("outcome", suggestion_id=suggestion["suggestion_id"], execution_success=True)


def made(room: Room, state: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A coaching session in this state, with one decided suggestion and a pending one."""
    session = room.start()
    first = room.suggest(session, {"tag": "v1"})
    room.decide(first, "accept")
    second = room.suggest(session, {"tag": "v2"})
    if state == "paused":
        room.ask("pause", session_id=session)
    elif state in FINAL:
        room.ask("end", session_id=session, outcome=state)
    return session, first, second


@pytest.mark.parametrize("state", STATES)
def test_each_action_gives_the_state_that_follows_or_an_error_that_names_the_state_and_when(
    room: Room, state: str
) -> None:
    for action, act in ACTIONS.items():
        session, first, second = made(room, state)
        before = room.session(session)
        since = before["completed_at"] if state in FINAL else before["updated_at"]
        expected = EXPECTED[state].get(action, state).format(since=since)
        if expected in STATES:
            act(room, session, first, second)
            assert room.session(session)["status"] == expected, (state, action)
            continue
        rows = room.rows()
        with pytest.raises(Exception, match=r"Nothing was (stored|changed)") as caught:
            act(room, session, first, second)
        assert expected in str(caught.value), (state, action)
        assert room.rows() == rows, (state, action)
        if action != "outcome of what is pending":
            assert session in str(caught.value), (state, action)


def test_resuming_an_active_coaching_session_stores_nothing(room: Room) -> None:
    session = room.start()
    before = room.rows()
    assert room.ask("resume", session_id=session)["status"] == "active"
    assert room.rows() == before


def test_an_ended_coaching_session_keeps_when_and_why_and_one_that_goes_on_has_neither(room: Room) -> None:
    session = room.start()
    assert (room.session(session)["completed_at"], room.session(session)["error_message"]) == (None, None)
    ended = room.ask("end", session_id=session, outcome="failed", error_message="the disk was full")
    assert (ended["status"], ended["error_message"]) == ("failed", "the disk was full")
    assert ended["completed_at"] >= ended["started_at"]
    other = room.start()
    room.ask("pause", session_id=other)
    assert room.session(other)["completed_at"] is None


def test_an_error_goes_with_no_completed_coaching_session_and_an_unknown_outcome_is_refused(room: Room) -> None:
    session = room.start()
    assert "Leave one out" in room.refused("end", session_id=session, outcome="completed", error_message="none")
    assert "one of completed, failed, abandoned" in room.refused("end", session_id=session, outcome="finished")


def test_one_coaching_session_can_be_paused_and_resumed_again_and_again(room: Room) -> None:
    session = room.start()
    for _ in range(5):
        assert room.ask("pause", session_id=session)["status"] == "paused"
        assert room.ask("resume", session_id=session)["status"] == "active"
    room.decide(room.suggest(session), "accept")
    assert room.refused("decide", **on(room.suggest(session), "correct"), correction=None)


def test_undo_is_possible_while_a_coaching_session_is_paused(room: Room) -> None:
    session = room.start()
    room.step(session)
    room.ask("pause", session_id=session)
    undone = room.ask("undo", PERSON_ON_PAGE, session_id=session)
    assert (undone["status"], undone["current_step_index"], undone["stats"]["accepted"]) == ("paused", 0, 0)

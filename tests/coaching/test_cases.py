"""What a person is shown to decide, and what they have decided: with differences, similar cases, and page by page."""

from typing import Any

import pytest

from tests.coaching.room import ASSISTANT, PERSON_ON_PAGE, WORKFLOW, Room, on
from tests.coaching.windows import everything_decided

Told = dict[str, Any]


def looked_at(room: Room, suggestion: Told) -> Told:
    found: Told = room.ask("suggestion", suggestion_id=suggestion["suggestion_id"])
    return found


def test_a_suggestion_is_told_with_what_corrections_changed_and_which_one_did(room: Room) -> None:
    session = room.start()
    room.decide(room.suggest(session, {"env": "prod"}), "correct", correction={"env": "staging"})
    room.decide(room.suggest(session, {"a/b": [1]}), "correct", correction={"a/b": [1, 2], "dry": None})
    made = room.suggest(session, {"env": "prod", "a/b": [1], "n": 1})
    found = looked_at(room, made)
    assert found["suggested"] == {"env": "prod", "a/b": [1], "n": 1}
    assert found["parameters"] == {"env": "staging", "a/b": [1, 2], "n": 1, "dry": None}
    items = {str(one["patch"]): one["item_id"] for one in found["corrections_applied"]}
    env, rest = (next(item for patch, item in items.items() if word in patch) for word in ("staging", "dry"))
    assert sorted(found["changes"], key=lambda one: str(one["path"])) == [
        {"op": "add", "path": "/a~1b/1", "before": None, "after": 2, "item_id": rest},
        {"op": "add", "path": "/dry", "before": None, "after": None, "item_id": rest},
        {"op": "replace", "path": "/env", "before": "prod", "after": "staging", "item_id": env},
    ]


def test_a_suggestion_is_told_with_the_five_latest_decisions_on_the_same_kind_of_step(room: Room) -> None:
    session, other = room.start(), room.start()
    room.decide(room.suggest(other, {"n": 0}, node="other"), "reject")
    room.step(room.start("elsewhere"))
    for number, kind in enumerate(["accept", "reject", "accept", "skip", "manual", "accept"]):
        room.decide(room.suggest(other, {"n": number}), kind)
    room.decide(room.suggest(other, {"n": 6}), "correct", correction={"n": 7})
    found = looked_at(room, room.suggest(session, {"m": 1}))
    assert [one["decision"] for one in found["similar"]] == ["correct", "accept", "manual", "skip", "accept"]
    newest = found["similar"][0]
    assert (newest["session_id"], newest["suggested"], newest["correction"]) == (other, {"n": 6}, {"n": 7})
    item = room.ask("pack", workflow_id=WORKFLOW)["items"][0]["item_id"]
    assert newest["changes"] == [{"op": "replace", "path": "/n", "before": 6, "after": 7, "item_id": item}]
    assert found["similar"][1]["changes"] == []
    mine = room.suggest(session, {"m": 2})
    room.decide(mine, "accept")
    assert len(looked_at(room, mine)["similar"]) == 5
    assert mine["suggestion_id"] not in {one["suggestion_id"] for one in looked_at(room, mine)["similar"]}


def test_what_was_forgotten_is_told_as_gone_and_no_difference_is_made_up(room: Room) -> None:
    session = room.start()
    room.decide(room.suggest(session, {"env": "prod"}), "correct", correction={"env": "staging"})
    made = room.suggest(session, {"env": "prod"})
    room.change("UPDATE coaching_suggestion SET suggested = NULL")
    found = looked_at(room, made)
    assert (found["suggested"], found["changes"]) == (None, [])
    room.change("UPDATE coaching_suggestion SET parameters = NULL")
    found = looked_at(room, made)
    assert (found["parameters"], found["changes"]) == ({}, [])
    assert (found["similar"][0]["suggested"], found["similar"][0]["changes"]) == (None, [])
    assert room.ask("decisions")["decisions"][0]["changes"] == []


def test_all_that_waits_in_active_coaching_sessions_is_told_oldest_first(room: Room) -> None:
    assert room.ask("pending") == []
    first, paused, ended, second = (room.start(name) for name in ("a", "b", "c", "d"))
    made = [room.suggest(one, {"n": 1}) for one in (second, paused, ended, first, second)]
    made.append(room.suggest(first, {"n": 2}))
    room.decide(made[3], "accept")
    room.ask("pause", session_id=paused)
    room.ask("end", session_id=ended, outcome="abandoned")
    waiting = room.ask("pending")
    assert [one["suggestion_id"] for one in waiting] == [made[0]["suggestion_id"], made[-1]["suggestion_id"]]
    assert [one["session"]["session_id"] for one in waiting] == [second, first]
    assert waiting[1]["session"] == room.ask("sessions", workflow_id="a")[0]
    room.ask("resume", session_id=paused)
    assert [one["workflow_id"] for one in room.ask("pending")] == ["d", "b", "a"]
    room.ask("undo", PERSON_ON_PAGE, session_id=first)
    assert len(room.ask("pending")) == 4


def test_decisions_come_newest_first_page_by_page_and_none_twice_though_others_come_meanwhile(room: Room) -> None:
    session = room.start()
    made = [room.step(session)["decision"]["decision_id"] for _ in range(7)]
    page = room.ask("decisions", limit=3)
    assert [one["decision_id"] for one in page["decisions"]] == made[:-4:-1]
    room.step(session)
    rest = room.ask("decisions", limit=3, before=page["next"])
    assert [one["decision_id"] for one in rest["decisions"]] == made[3:0:-1]
    last = room.ask("decisions", limit=3, before=rest["next"])
    assert ([one["decision_id"] for one in last["decisions"]], last["next"]) == (made[:1], None)


def test_decisions_of_the_same_moment_are_all_told_once(room: Room) -> None:
    session = room.start()
    for _ in range(5):
        room.step(session)
    room.change("UPDATE coaching_decision SET decided_at = '2026-03-01T12:00:00+00:00'")
    found = [one["decision_id"] for one in everything_decided(room, 2)]
    assert len(found) == len(set(found)) == 5


def test_decisions_are_told_by_whatever_is_asked_for(room: Room) -> None:
    one, other = room.start(), room.start("other")
    room.step(one)
    room.step(one, "reject", ASSISTANT)
    room.step(other, "skip")
    undone = room.step(one, "manual")
    room.ask("undo", PERSON_ON_PAGE, session_id=one)
    moment = room.ask("decisions", decision="skip")["decisions"][0]["timestamp"]

    def kinds(**given: Any) -> list[str]:
        return [each["decision"] for each in room.ask("decisions", **given)["decisions"]]

    assert kinds() == ["skip", "reject", "accept"]
    assert undone["decision"]["decision_id"] not in str(room.ask("decisions"))
    assert kinds(session_id=one) == kinds(workflow_id=WORKFLOW) == ["reject", "accept"]
    assert kinds(decided_by="reported") == kinds(decision="reject") == ["reject"]
    assert kinds(since=moment) == ["skip"]
    assert kinds(until=moment) == ["reject", "accept"]
    assert kinds(since=moment, until=moment) == kinds(workflow_id="unheard of") == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"before": ""}, "before must be the next of an earlier page"),
        ({"before": "1.2"}, "before must be"),
        ({"before": "9" * 30 + ".00000000-0000-7000-8000-000000000001"}, "before must be"),
        ({"decision": "maybe"}, "decision"),
        ({"decided_by": "me"}, "decided_by"),
        ({"since": "2026-01-01T00:00:00"}, "since"),
        ({"until": "yesterday"}, "until"),
        ({"since": "1767225600"}, "since is not a time with its offset"),
        ({"since": "2026-06-30T12:00:00Z", "until": "2026-06-29T12:00:00Z"}, "lies after until"),
        ({"colour": "red"}, "colour is not a known field"),
    ],
)
def test_what_cannot_be_asked_of_decisions_is_refused_with_the_reason(room: Room, given: Told, reason: str) -> None:
    room.step(room.start())
    assert reason in room.refused("decisions", **given)


def test_an_unknown_suggestion_is_refused(room: Room) -> None:
    for name in ("none", "00000000-0000-7000-8000-000000000001", ""):
        assert "There is no suggestion of this suggestion_id" in room.refused("suggestion", suggestion_id=name)


def test_the_seconds_that_the_page_measures_are_kept_and_count_as_attention(room: Room) -> None:
    session = room.start()
    for seconds in (1.0, 4.0, 9.5):
        assert room.step(session, seconds=seconds)["decision"]["decision_seconds"] == seconds
    room.step(session)
    attention = room.workflow()["readiness"]["criteria"][-1]
    assert (attention["name"], attention["value"], attention["unit"]) == ("attention", 4.0, "s")
    for seconds in (-1, float("nan"), float("inf"), 1e12):
        waiting = room.suggest(session, {"s": str(seconds)})
        told = room.refused("decide", PERSON_ON_PAGE, **on(waiting, "accept"), seconds=seconds)
        assert "seconds must be from 0" in told


def test_a_decision_on_what_was_decided_elsewhere_meanwhile_names_the_first_one(room: Room) -> None:
    suggestion = room.suggest(room.start(), {"a": 1})
    room.decide(suggestion, "reject", ASSISTANT)
    told = room.refused("decide", PERSON_ON_PAGE, **on(suggestion, "accept"), seconds=3.0)
    assert "already decided: reject by an assistant's report (tool) at" in told


def test_a_pack_tells_what_each_item_changes_and_when_it_was_seen_and_applied(room: Room) -> None:
    session = room.start()
    room.decide(room.suggest(session, {"env": "prod", "list": [1]}), "correct", correction={"list": [1, 2]})
    (item,) = room.ask("pack", workflow_id=WORKFLOW)["items"]
    assert sorted(item["changes"], key=lambda one: str(one["path"])) == [
        {"op": "remove", "path": "/env", "before": "prod", "after": None},
        {"op": "add", "path": "/list/1", "before": None, "after": 2},
    ]
    assert item["where"] == [{"path": "/list", "value": [1]}]
    assert item["first_seen_at"] == item["last_seen_at"] == room.ask("decisions")["decisions"][0]["timestamp"]
    assert (item["last_applied_at"], item["imported_at"]) == (None, None)
    made = room.suggest(session, {"env": "prod", "list": [1]})
    (item,) = room.ask("pack", workflow_id=WORKFLOW)["items"]
    assert item["last_applied_at"] == made["suggested_at"]


def test_the_history_of_a_pack_is_told_by_days_in_utc(room: Room) -> None:
    session = room.start()
    room.decide(room.suggest(session, {"env": "prod"}), "correct", correction={"env": "staging"})
    room.decide(room.suggest(session, {"env": "prod"}), "accept")
    room.decide(room.suggest(session, {"env": "prod"}), "reject")
    room.change("UPDATE coaching_decision SET decided_at = '2026-03-01T23:30:00-01:00' WHERE decision = 'reject'")
    room.change("UPDATE coaching_decision SET decided_at = '2026-03-01T23:30:00Z' WHERE decision != 'reject'")
    room.change("UPDATE coaching_applied SET applied_at = '2026-03-01T23:30:00Z'")
    (item,) = room.ask("pack_history", workflow_id=WORKFLOW)["items"]
    assert item["days"] == [
        {"day": "2026-03-01", "seen": 1, "applied": 2, "helped": 1, "hurt": 0},
        {"day": "2026-03-02", "seen": 0, "applied": 0, "helped": 0, "hurt": 1},
    ]


@pytest.mark.parametrize("name", ["pack", "pack_history", "progress", "promotion"])
def test_a_workflow_that_nobody_knows_is_refused_with_the_nearest(room: Room, name: str) -> None:
    room.start()
    assert "There is no workflow 'releas'. The nearest are release." in room.refused(name, workflow_id="releas")

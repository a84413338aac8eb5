"""What corrections teach: kept as items, applied to later suggestions, judged by what becomes of them, and shared."""

import json
from typing import Any

from tests.coaching.room import ASSISTANT, NODE, PERSON_ON_PAGE, WORKFLOW, Room

Told = dict[str, Any]


def items(room: Room, workflow_id: str = WORKFLOW) -> list[Told]:
    found: list[Told] = room.ask("pack", workflow_id=workflow_id)["items"]
    return found


def counts(item: Told) -> tuple[int, int, int, int]:
    return item["times_seen"], item["times_applied"], item["helped"], item["hurt"]


def correct(room: Room, session: str, before: Told, after: Told, node: str = NODE) -> Told:
    """Suggest something and correct it to something else, whatever was learned before."""
    suggestion = room.suggest(session, before, node)
    return room.decide(suggestion, "correct", correction=after)


def test_a_correction_becomes_an_item_in_which_every_value_is_tested_before_it_is_changed(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod", "force": True, "n": 1}, {"env": "staging", "n": 1, "dry": True})
    (item,) = items(room)
    assert item["node_id"] == NODE
    assert counts(item) == (1, 0, 0, 0)
    changes = {(one["op"], one["path"]) for one in item["patch"]}
    assert changes == {
        ("test", "/env"), ("replace", "/env"), ("test", "/force"), ("remove", "/force"), ("add", "/dry"),
    }  # fmt: skip
    for place, one in enumerate(item["patch"]):
        if one["op"] in ("replace", "remove"):
            assert item["patch"][place - 1]["op"] == "test"
            assert item["patch"][place - 1]["path"] == one["path"]


def test_equal_corrections_are_one_item_that_was_seen_more_often(room: Room) -> None:
    session, other = room.start(), room.start()
    first = room.suggest(session, {"env": "prod", "tag": 1})
    second = room.suggest(other, {"env": "prod", "tag": 2})
    room.decide(first, "correct", correction={"env": "staging", "tag": 1})
    room.decide(second, "correct", ASSISTANT, correction={"env": "staging", "tag": 2})
    (item,) = items(room)
    assert counts(item) == (2, 0, 0, 0)
    assert len(room.rows()["coaching_item"]) == 1
    correct(room, room.start("other"), {"env": "prod"}, {"env": "staging"})
    assert items(room, "other")[0]["item_id"] != item["item_id"]
    correct(room, session, {"env": "prod"}, {"env": "staging"}, node="deploy")
    assert len(items(room)) == 2


def test_what_was_learned_is_applied_where_its_tests_hold_and_only_to_the_same_kind_of_step(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod"}, {"env": "staging"})
    told = room.suggest(session, {"env": "prod", "more": 1})
    assert told["parameters"] == {"env": "staging", "more": 1}
    (applied,) = told["corrections_applied"]
    assert applied["item_id"] == items(room)[0]["item_id"]
    assert 'Corrected as learned: replace /env "staging"' in told["shown"]
    assert room.suggest(session, {"env": "test"})["parameters"] == {"env": "test"}
    assert room.suggest(session, {"env": "prod"}, node="other")["parameters"] == {"env": "prod"}
    assert room.suggest(room.start("other"), {"env": "prod"})["parameters"] == {"env": "prod"}


def test_an_accept_of_a_person_helps_and_of_nobody_else(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod"}, {"env": "staging"})
    for number, (kind, actor) in enumerate(
        [("accept", PERSON_ON_PAGE), ("accept", ASSISTANT), ("manual", PERSON_ON_PAGE), ("skip", PERSON_ON_PAGE)]
    ):
        room.decide(room.suggest(session, {"env": "prod", "n": number}), kind, actor)
    assert counts(items(room)[0]) == (1, 4, 1, 0)
    room.ask("promote", PERSON_ON_PAGE, workflow_id=WORKFLOW, despite="for a test")
    room.ask("promote", PERSON_ON_PAGE, workflow_id=WORKFLOW, despite="for a test")
    room.decide(room.suggest(session, {"env": "prod", "n": "auto"}), "accept", ASSISTANT)
    assert counts(items(room)[0]) == (1, 5, 1, 0)


def test_a_reject_or_another_correction_hurts_and_after_three_uses_it_is_laid_off(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod"}, {"env": "staging"})
    room.decide(room.suggest(session, {"env": "prod", "n": 1}), "accept")
    room.decide(room.suggest(session, {"env": "prod", "n": 2}), "reject", ASSISTANT)
    third = room.suggest(session, {"env": "prod", "n": 3})
    assert third["parameters"]["env"] == "staging"
    room.decide(third, "correct", correction={"env": "prod", "n": 3})
    item = next(one for one in items(room) if one["times_applied"])
    assert (counts(item), item["laid_off"]) == ((1, 3, 1, 2), True)
    fourth = room.suggest(session, {"env": "prod", "n": 4})
    assert (fourth["parameters"]["env"], fourth["corrections_applied"]) == ("prod", [])
    assert 'Laid off: replace /env "staging"' in fourth["shown"]


def test_two_uses_are_too_few_to_be_laid_off(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod"}, {"env": "staging"})
    for number in range(2):
        room.decide(room.suggest(session, {"env": "prod", "n": number}), "reject")
    assert room.suggest(session, {"env": "prod"})["parameters"] == {"env": "staging"}


def test_of_two_that_touch_the_same_place_the_better_record_wins_and_the_other_is_told_and_kept(room: Room) -> None:
    session = room.start()
    staging = correct(room, session, {"env": "prod"}, {"env": "staging"})
    room.decide(room.suggest(session, {"env": "prod", "n": 1}), "accept")
    again = room.suggest(session, {"env": "prod", "n": 2})
    assert again["parameters"]["env"] == "staging"
    # The same start as the first, corrected to something else, in a coaching session that saw it before.
    other = room.start("twin")
    correct(room, other, {"env": "prod"}, {"env": "canary"})
    pack = room.ask("export_pack", workflow_id="twin")["pack"]
    moved = json.loads(json.dumps(pack).replace('"twin"', '"release"'))
    moved["items"] = [reidentified(one) for one in moved["items"]]
    assert room.ask("import_pack", workflow_id=WORKFLOW, pack=moved)["imported"] == 1
    imported = moved["items"][0]["item_id"]
    room.ask("switch_item", PERSON_ON_PAGE, workflow_id=WORKFLOW, item_id=imported, on=True)
    told = room.suggest(session, {"env": "prod", "n": 3})
    assert told["parameters"]["env"] == "staging"
    winner, loser = (one["item_id"] for one in sorted(items(room), key=lambda one: -one["helped"]))
    assert told["conflicts"] == [{"item_id": loser, "winner_id": winner}]
    assert f"Not applied: correction {loser[:8]} gives way to {winner[:8]}" in told["shown"]
    assert (loser, winner) in {(row[3], row[4]) for row in room.rows()["coaching_applied"]}
    assert counts(next(one for one in items(room) if one["item_id"] == loser)) == (0, 0, 0, 0)
    assert staging["decision"]["correction"] == {"env": "staging"}


def reidentified(item: Told) -> Told:
    from session_buddy.coaching.items import identity

    return item | {"item_id": str(identity(WORKFLOW, item["node_id"], item["action_type"], item["patch"]))}


def test_asking_again_shows_the_same_text_and_parameters_although_items_have_changed_meanwhile(room: Room) -> None:
    session, other = room.start(), room.start()
    correct(room, other, {"env": "prod"}, {"env": "staging"})
    token = "ghp_" + "a1B2" * 9
    plain = room.suggest(session, {"env": "prod", "n": 1})
    secret = room.suggest(session, {"env": "prod", "token": token})
    assert secret["parameters"] == {"env": "staging", "token": "[masked: GitHub token]"}
    item = items(room)[0]["item_id"]

    def same() -> None:
        for first, given in ((plain, {"env": "prod", "n": 1}), (secret, {"env": "prod", "token": token})):
            again = room.suggest(session, given)
            for key in ("suggestion_id", "shown", "parameters", "mode", "confidence", "conflicts"):
                assert again[key] == first[key], key
            assert [one["patch"] for one in again["corrections_applied"]] == [
                one["patch"] for one in first["corrections_applied"]
            ]

    room.decide(room.suggest(other, {"env": "prod", "n": 2}), "accept")
    same()
    correct(room, other, {"env": "prod", "n": 3}, {"env": "staging", "n": 4})
    same()
    room.ask("forget_item", PERSON_ON_PAGE, workflow_id=WORKFLOW, item_id=item)
    same()
    room.ask("undo", PERSON_ON_PAGE, session_id=other)
    same()


def test_a_forgotten_item_is_not_applied_and_comes_back_with_a_new_count_when_it_is_made_again(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod"}, {"env": "staging"})
    room.decide(room.suggest(session, {"env": "prod", "n": 1}), "accept")
    item = items(room)[0]["item_id"]
    assert room.ask("forget_item", PERSON_ON_PAGE, workflow_id=WORKFLOW, item_id=item)["items_left"] == 0
    assert items(room) == []
    assert room.suggest(session, {"env": "prod"})["parameters"] == {"env": "prod"}
    assert "has no item" in room.refused("forget_item", PERSON_ON_PAGE, workflow_id=WORKFLOW, item_id=item)
    correct(room, session, {"env": "prod"}, {"env": "staging"})
    (again,) = items(room)
    assert (again["item_id"], counts(again)) == (item, (1, 0, 0, 0))
    assert room.suggest(session, {"env": "prod"})["parameters"] == {"env": "staging"}


def test_undo_takes_the_sighting_back_and_what_it_had_helped_or_hurt(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod"}, {"env": "staging"})
    room.decide(room.suggest(session, {"env": "prod", "n": 1}), "accept")
    assert counts(items(room)[0]) == (1, 1, 1, 0)
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    assert counts(items(room)[0]) == (1, 1, 0, 0)
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    assert items(room) == []
    assert room.suggest(session, {"env": "prod", "n": 2})["parameters"]["env"] == "prod"


def test_a_pack_goes_to_another_workflow_of_the_same_name_and_back_without_counting_twice(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod"}, {"env": "staging"})
    room.decide(room.suggest(session, {"env": "prod", "n": 1}), "accept")
    pack = room.ask("export_pack", workflow_id=WORKFLOW)["pack"]
    before = room.rows()
    told = room.ask("import_pack", workflow_id=WORKFLOW, pack=json.loads(json.dumps(pack)))
    assert (told["imported"], told["updated"], told["unchanged"]) == (0, 0, 1)
    assert room.rows() == before
    assert room.ask("export_pack", workflow_id=WORKFLOW)["pack"] == pack


def test_importing_twice_changes_nothing(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod"}, {"env": "staging"})
    pack = json.dumps(room.ask("export_pack", workflow_id=WORKFLOW)["pack"])
    room.ask("delete", PERSON_ON_PAGE, session_id=session)
    assert items(room) == []
    told = room.ask("import_pack", workflow_id=WORKFLOW, pack=pack)
    assert (told["imported"], told["updated"], told["unchanged"]) == (1, 0, 0)
    after, known = room.rows(), items(room)
    again = room.ask("import_pack", workflow_id=WORKFLOW, pack=pack)
    assert (again["imported"], again["updated"], again["unchanged"]) == (0, 0, 1)
    assert (room.rows(), items(room)) == (after, known)
    assert room.suggest(room.start(), {"env": "prod"})["parameters"] == {"env": "prod"}
    room.ask("switch_item", PERSON_ON_PAGE, workflow_id=WORKFLOW, item_id=known[0]["item_id"], on=True)
    assert room.suggest(room.start(), {"env": "prod"})["parameters"] == {"env": "staging"}


def test_packs_of_two_colleagues_come_to_the_same_in_any_order_however_often_they_are_imported(room: Room) -> None:
    correct(room, room.start(), {"env": "prod"}, {"env": "staging"})
    pack = room.ask("export_pack", workflow_id=WORKFLOW)["pack"]
    one, other = json.loads(json.dumps(pack)), json.loads(json.dumps(pack))
    one["items"][0] |= {"times_seen": 5, "times_applied": 3, "helped": 2, "hurt": 0}
    other["items"][0] |= {"times_seen": 3, "times_applied": 6, "helped": 1, "hurt": 4}
    for given in (one, other, one):
        room.ask("import_pack", workflow_id=WORKFLOW, pack=given)
    assert counts(items(room)[0]) == (1, 0, 0, 0)
    assert counts(items(room)[0]["imported"]) == (5, 6, 2, 4)
    before = room.rows()
    for given in (one, other):
        assert room.ask("import_pack", workflow_id=WORKFLOW, pack=given)["unchanged"] == 1
    assert room.rows() == before


def test_a_pack_of_another_workflow_or_a_damaged_one_is_refused_and_nothing_is_stored(room: Room) -> None:
    correct(room, room.start(), {"env": "prod"}, {"env": "staging"})
    pack = room.ask("export_pack", workflow_id=WORKFLOW)["pack"]
    assert "is of workflow" in room.refused("import_pack", workflow_id="other", pack=pack)
    assert "truncated" in room.refused("import_pack", workflow_id=WORKFLOW, pack=json.dumps(pack)[:-9])
    pack["items"][0]["patch"][-1]["value"] = "mine"
    assert "was edited" in room.refused("import_pack", workflow_id=WORKFLOW, pack=pack)


def test_the_workflows_that_were_taught_something_are_listed(room: Room) -> None:
    assert room.ask("packs") == []
    correct(room, room.start(), {"env": "prod"}, {"env": "staging"})
    correct(room, room.start(), {"a": 1}, {"a": 2})
    room.start("untaught")
    assert room.ask("packs") == [{"workflow_id": WORKFLOW, "items": 2}]


def test_a_correction_of_what_was_corrected_as_learned_is_the_difference_to_what_was_shown(room: Room) -> None:
    session = room.start()
    correct(room, session, {"env": "prod", "n": 1}, {"env": "staging", "n": 1})
    correct(room, session, {"env": "prod", "n": 1}, {"env": "staging", "n": 2})
    patches = [[one for one in item["patch"] if one["op"] != "test"] for item in items(room)]
    assert sorted(patches, key=str) == [
        [{"op": "replace", "path": "/env", "value": "staging"}],
        [{"op": "replace", "path": "/n", "value": 2}],
    ]
    told = room.suggest(session, {"env": "prod", "n": 1})
    assert told["parameters"] == {"env": "staging", "n": 2}
    assert len(told["corrections_applied"]) == 2


def test_a_correction_that_is_too_large_to_compare_is_refused_as_too_large(room: Room) -> None:
    suggestion = room.suggest(room.start(), {"a": 1})
    text = room.refused(
        "decide",
        session_id=suggestion["session_id"],
        suggestion_id=suggestion["suggestion_id"],
        decision="correct",
        correction={f"name {number}": number for number in range(20_000)},
    )
    assert "10,000 are allowed" in text
    assert "Nothing was stored" in text

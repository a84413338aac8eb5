"""Everything that is refused when a correction pack is read, and what is said."""

import json
from typing import Any

import pytest

from session_buddy.coaching.packs import KIND, exported, parse
from session_buddy.coaching.patches import difference
from session_buddy.errors import PackError
from tests.coaching.documents import WORKFLOW, item

Json = dict[str, Any]
ITEM = item(difference({"branch": "main"}, {"branch": "next"}), 4, 3, 2, 1)
PACK = exported(WORKFLOW, [ITEM], "1.4.0")
TEXT = json.dumps(PACK)
ABSENT = object()
TRUNCATED = "The pack is truncated: its JSON ends early. Export or copy it again."
DEEP = "The pack is nested deeper than the 64 levels that are allowed."
NAME = "{} must be text of 1 to 256 characters, and not blank."
CONTROL = "{} must not hold control characters."
COUNT = "items[0].{} must be a whole number from 0 to 1,000,000,000."


def refusal(data: str | bytes | Json, workflow_id: str = WORKFLOW) -> str:
    """What is said, without the end that each refusal has."""
    with pytest.raises(PackError) as refused:
        parse(data, workflow_id)
    message = str(refused.value)
    assert len(message.splitlines()) == 1
    assert message.endswith(" Nothing was imported.")
    return message.removesuffix(" Nothing was imported.")


def changed(value: Json, **changes: Any) -> Json:
    return {name: one for name, one in {**value, **changes}.items() if one is not ABSENT}


def edited(**changes: Any) -> Json:
    """The pack with its item changed."""
    return {**PACK, "items": [changed(PACK["items"][0], **changes)]}


def nested(levels: int) -> str:
    return TEXT[:-1] + ', "more": ' + "[" * levels + "]" * levels + "}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "The pack is not JSON (line 1, column 1). Give a file that an export wrote."),
        ("hello", "The pack is not JSON (line 1, column 1). Give a file that an export wrote."),
        ("{'kind': 1}", "The pack is not JSON (line 1, column 2). Give a file that an export wrote."),
        (TEXT + "\n{}", "The pack is not JSON (line 2, column 1). Give a file that an export wrote."),
        (TEXT.encode("utf-16"), "The pack is not text in UTF-8. Export it again."),
        (b"\x80{}", "The pack is not text in UTF-8. Export it again."),
        ("[]", "The pack must be a JSON object, as an export writes it."),
        ("null", "The pack must be a JSON object, as an export writes it."),
        (" " * 4_000_001, "The pack is larger than the 4 MB that are allowed."),
        (b" " * 4_000_001, "The pack is larger than the 4 MB that are allowed."),
        ("ü" * 2_000_001, "The pack is larger than the 4 MB that are allowed."),
        ({**PACK, "more": "x" * 4_000_001}, "The pack is larger than the 4 MB that are allowed."),
        (TEXT.replace("3", "NaN"), "The pack holds NaN; JSON has finite numbers only."),
        (TEXT.replace('"main"', "-Infinity"), "The pack holds -Infinity; JSON has finite numbers only."),
        (
            TEXT.replace('"main"', "1e999"),
            "The pack holds a number that is not finite; JSON has no NaN and no Infinity.",
        ),
        (TEXT.replace('"main"', "1" * 5_000), "The pack holds a whole number of more than 4,300 digits."),
        (TEXT.replace("main", "\\ud800"), "The pack holds text that is not valid Unicode (half a surrogate pair)."),
        (TEXT.replace("main", "\ud800"), "The pack holds text that is not valid Unicode (half a surrogate pair)."),
        (
            TEXT.replace('"op": "test"', '"op": "add", "op": "test"'),
            "The pack holds an object with two members of the same name; each name is allowed once.",
        ),
        (nested(64), DEEP),
        (nested(100_000), DEEP),
        ("[" * 1_000_000, DEEP),
        ('{"a":' * 100_000, DEEP),
        (
            {**PACK, "more": dict.fromkeys(map(str, range(100_000)))},
            "The pack holds an object with 100,000 members; 10,000 are allowed.",
        ),
        ({**PACK, "more": {1: 2}}, "The pack is not JSON: the names of members must be text."),
    ],
)
def test_what_is_not_bearable_json_is_refused(data: str | bytes | Json, message: str) -> None:
    assert refusal(data) == message


def test_as_many_levels_as_are_allowed_are_read() -> None:
    assert parse(nested(63), WORKFLOW) == [ITEM]


def test_a_pack_that_was_cut_off_anywhere_is_called_truncated() -> None:
    for length in range(1, len(TEXT)):
        assert refusal(TEXT[:length]) == TRUNCATED
        assert refusal(TEXT[:length].encode() + b"\n") == TRUNCATED


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ABSENT}, f'This is not a correction pack: kind must be "{KIND}".'),
        ({"kind": "something else"}, f'This is not a correction pack: kind must be "{KIND}".'),
        ({"kind": [KIND]}, f'This is not a correction pack: kind must be "{KIND}".'),
        ({"schema_version": ABSENT}, "schema_version is missing; 1 is allowed."),
        ({"schema_version": 0}, "schema_version is not known; 1 is allowed."),
        ({"schema_version": -1}, "schema_version is not known; 1 is allowed."),
        ({"schema_version": "1"}, "schema_version is not known; 1 is allowed."),
        ({"schema_version": True}, "schema_version is not known; 1 is allowed."),
        ({"schema_version": 1.0}, "schema_version is not known; 1 is allowed."),
        (
            {"schema_version": 2, "items": "of another shape"},
            'The pack was written by a newer session_buddy (program "1.4.0"); update this one.',
        ),
        (
            {"schema_version": 2, "program": "2\n" + "x" * 999},
            'The pack was written by a newer session_buddy (program "2\\n' + "x" * 77 + '\\u2026"); update this one.',
        ),
        (
            {"schema_version": 99, "program": ABSENT},
            "The pack was written by a newer session_buddy; update this one.",
        ),
        ({"program": ABSENT}, NAME.format("program")),
        ({"program": 1}, NAME.format("program")),
        ({"workflow_id": ABSENT}, NAME.format("workflow_id")),
        ({"workflow_id": ["release"]}, NAME.format("workflow_id")),
        (
            {"workflow_id": "déploy"},
            'The pack is of workflow "déploy", not of "release". Import it into its own workflow.',
        ),
        ({"items": ABSENT}, "items must be a list of at most 10,000 items."),
        ({"items": {"0": {}}}, "items must be a list of at most 10,000 items."),
        ({"items": [None] * 10_001}, "items must be a list of at most 10,000 items; there are 10,001."),
        ({"items": [None]}, "items[0] must be an object."),
        ({"items": [*PACK["items"], []]}, "items[1] must be an object."),
        ({"items": PACK["items"] * 2}, "items[1] is the same item as items[0]; each is allowed once."),
    ],
)
def test_a_pack_that_is_another_or_of_another_shape_is_refused(changes: Json, message: str) -> None:
    assert refusal(changed(PACK, **changes)) == message
    assert refusal(json.dumps(changed(PACK, **changes))) == message


@pytest.mark.parametrize("name", ["item_id", "node_id", "action_type"])
def test_a_name_is_text_that_can_be_shown(name: str) -> None:
    for value in (ABSENT, None, 1, ["a"], "", " \t", "x" * 257):
        assert refusal(edited(**{name: value})) == NAME.format(f"items[0].{name}")
    for value in ("a\nb", "a\0", "\x1b[31m", "a\x85", "a\u2028b", "\x7f"):
        assert refusal(edited(**{name: value})) == CONTROL.format(f"items[0].{name}")


@pytest.mark.parametrize("name", ["times_seen", "times_applied", "helped", "hurt"])
def test_a_count_is_a_whole_number_up_to_a_thousand_million(name: str) -> None:
    for value in (ABSENT, None, True, False, "1", 1.0, -1, 1_000_000_001, 10**30):
        assert refusal(edited(**{name: value})) == COUNT.format(name)
    assert getattr(parse(edited(**{name: 1_000_000_000}), WORKFLOW)[0], name) == 1_000_000_000


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (ABSENT, "items[0].patch must be a list of 1 to 1,000 operations."),
        ([], "items[0].patch must be a list of 1 to 1,000 operations."),
        ([*ITEM.patch, {"op": "erase", "path": "/a"}],
         "items[0].patch[2].op must be one of add, copy, move, remove, replace, test."),
        ([{"op": "replace", "path": "/a"}], "items[0].patch[0].value is missing; replace needs it."),
        ([{"op": "remove", "path": "/a", "value": [[]] * 9}, None],
         "items[0].patch[1] must be an object with op and path."),
    ],
)  # fmt: skip
def test_a_patch_that_is_none_is_refused(patch: Any, message: str) -> None:
    assert refusal(edited(patch=patch)) == message


@pytest.mark.parametrize(
    "changes",
    [
        {"node_id": "deploy"},
        {"action_type": "write"},
        {"patch": ITEM.patch[1:]},
        {"patch": [ITEM.patch[0], {**ITEM.patch[1], "value": "evil"}]},
        {"item_id": ITEM.item_id.upper()},
        {"item_id": "mine"},
    ],
)
def test_an_item_whose_id_is_not_that_of_its_content_was_edited(changes: Json) -> None:
    shown = changes.get("item_id", ITEM.item_id)
    assert refusal(edited(**changes)) == (
        f'items[0] was edited: its item_id "{shown}" belongs to other content. '
        "Export the pack again instead of editing it."
    )


def test_an_item_of_another_workflow_is_not_smuggled_in() -> None:
    assert refusal({**PACK, "workflow_id": "deploy"}, "deploy").startswith("items[0] was edited: ")

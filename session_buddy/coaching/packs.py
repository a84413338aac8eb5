"""Correction packs: the items of a workflow as JSON, for a team to share."""

import json
import unicodedata
from typing import Any

from session_buddy.coaching import patches, shapes
from session_buddy.coaching.items import Item, identity
from session_buddy.errors import PackError, PatchError

SCHEMA_VERSION = 1
KIND = "session_buddy correction pack"
MOST_BYTES = shapes.MOST_SIZE
MOST_ITEMS = 10_000
MOST_LEVELS = 64
MOST_COUNT = 1_000_000_000
LONGEST_NAME = 256
# What this store's persons have decided about an item is not shared: another store decides for itself.
_MEMBERS = ("item_id", "node_id", "action_type", "patch", "times_seen", "times_applied", "helped", "hurt")
_NOT_IN_NAMES = ("Cc", "Cs", "Zl", "Zp")


def exported(workflow_id: str, items: list[Item], program: str) -> dict[str, Any]:
    """A pack, ready for `json.dumps`; its items in the order of node, action and id.

    Args:
        program: which session_buddy writes it, for the message of an older one that cannot read it.
    """
    ordered = sorted(items, key=lambda item: (item.node_id, item.action_type, item.item_id))
    return {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "program": program,
        "workflow_id": workflow_id,
        "items": [{name: getattr(item, name) for name in _MEMBERS} for item in ordered],
    }


def parse(data: str | bytes | dict[str, Any], workflow_id: str) -> list[Item]:
    """The items of a pack, in its order; members that are not known are ignored.

    Args:
        data: the text of a pack, in UTF-8 where it is bytes, or what `json.loads` made of it.
        workflow_id: the workflow it is imported into, which must be the one it was exported from.

    Raises:
        PackError: something in it is not as `exported` writes it; the message says what, and what is allowed.
    """
    try:
        return _items(data if isinstance(data, dict) else _loaded(data), workflow_id)
    except (PackError, PatchError) as error:
        raise PackError(f"{error} Nothing was imported.") from None


def _loaded(data: str | bytes) -> Any:
    if len(data if isinstance(data, bytes) else data.encode(errors="replace")) > MOST_BYTES:
        raise PackError(f"The pack is larger than the {MOST_BYTES // 1_000_000} MB that are allowed.")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PackError("The pack is not text in UTF-8. Export it again.") from None
    try:
        return json.loads(text, parse_constant=_refused_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise PackError(_not_json(text.rstrip(), error)) from None
    except RecursionError:
        raise PackError(f"The pack is nested deeper than the {MOST_LEVELS} levels that are allowed.") from None
    except ValueError:
        raise PackError("The pack holds a whole number of more than 4,300 digits.") from None


def _not_json(text: str, error: json.JSONDecodeError) -> str:
    ends_early = error.pos >= len(text) or not text.endswith("}") or error.msg.startswith("Unterminated")
    if text.lstrip().startswith("{") and ends_early and error.msg != "Extra data":
        return "The pack is truncated: its JSON ends early. Export or copy it again."
    return f"The pack is not JSON (line {error.lineno}, column {error.colno}). Give a file that an export wrote."


def _refused_constant(name: str) -> None:
    raise PackError(f"The pack holds {name}; JSON has finite numbers only.")


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) < len(members):
        raise PackError("The pack holds an object with two members of the same name; each name is allowed once.")
    return made


def _items(pack: Any, workflow_id: str) -> list[Item]:
    _check_head(pack)
    shapes.check(pack, "The pack", MOST_LEVELS)
    _name(pack, "program", "")
    written = _name(pack, "workflow_id", "")
    if written != workflow_id:
        raise PackError(
            f"The pack is of workflow {shapes.shown(written)}, not of {shapes.shown(workflow_id)}. "
            "Import it into its own workflow."
        )
    listed = pack.get("items")
    if not isinstance(listed, list) or len(listed) > MOST_ITEMS:
        found = f"; there are {len(listed):,}" if isinstance(listed, list) else ""
        raise PackError(f"items must be a list of at most {MOST_ITEMS:,} items{found}.")
    seen: dict[str, int] = {}
    items = []
    for index, one in enumerate(listed):
        item = _item(one, f"items[{index}]", workflow_id)
        if seen.setdefault(item.item_id, index) != index:
            raise PackError(f"items[{index}] is the same item as items[{seen[item.item_id]}]; each is allowed once.")
        items.append(item)
    return items


def _check_head(pack: Any) -> None:
    """Refuse what is no pack, or one that this program cannot know."""
    if not isinstance(pack, dict):
        raise PackError("The pack must be a JSON object, as an export writes it.")
    if pack.get("kind") != KIND:
        raise PackError(f'This is not a correction pack: kind must be "{KIND}".')
    version = pack.get("schema_version")
    if type(version) is int and version > SCHEMA_VERSION:
        program = pack.get("program")
        named = f" (program {shapes.shown(program)})" if isinstance(program, str) else ""
        raise PackError(f"The pack was written by a newer session_buddy{named}; update this one.")
    if type(version) is not int or version != SCHEMA_VERSION:
        missing = "missing" if version is None else "not known"
        raise PackError(f"schema_version is {missing}; {SCHEMA_VERSION} is allowed.")


def _item(value: Any, place: str, workflow_id: str) -> Item:
    if not isinstance(value, dict):
        raise PackError(f"{place} must be an object.")
    item = Item(
        _name(value, "item_id", f"{place}."),
        _name(value, "node_id", f"{place}."),
        _name(value, "action_type", f"{place}."),
        patches.parse(value.get("patch"), f"{place}.patch"),
        times_seen=_count(value, "times_seen", place),
        times_applied=_count(value, "times_applied", place),
        helped=_count(value, "helped", place),
        hurt=_count(value, "hurt", place),
    )
    if item.item_id != str(identity(workflow_id, item.node_id, item.action_type, item.patch)):
        raise PackError(
            f"{place} was edited: its item_id {shapes.shown(item.item_id)} belongs to other content. "
            "Export the pack again instead of editing it."
        )
    return item


def _name(value: dict[str, Any], name: str, place: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_NAME:
        raise PackError(f"{place}{name} must be text of 1 to {LONGEST_NAME} characters, and not blank.")
    if any(unicodedata.category(character) in _NOT_IN_NAMES for character in text):
        raise PackError(f"{place}{name} must not hold control characters.")
    return text


def _count(value: dict[str, Any], name: str, place: str) -> int:
    count = value.get(name)
    if type(count) is not int or not 0 <= count <= MOST_COUNT:
        raise PackError(f"{place}.{name} must be a whole number from 0 to {MOST_COUNT:,}.")
    return count

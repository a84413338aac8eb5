"""What corrections have taught, as text for people."""

import json
from typing import Any

from session_buddy.reports.coaching_table import Column, counted, fitted, table
from session_buddy.reports.columns import plain, short

NAME = 80
VALUE = 60
NONE = "Nothing was corrected yet, so there is nothing to share."
_HEAD = [Column("workflow", 8), Column("corrections", number=True)]

Told = dict[str, Any]


def packs_text(found: list[Told], width: int | None = None) -> str:
    """The workflows that corrections have taught something."""
    if not found:
        return NONE
    return "\n".join(table(_HEAD, [[one["workflow_id"], f"{one['items']:,}"] for one in found], width))


def pack_text(found: Told, width: int | None = None) -> str:
    """Each correction of a workflow: where it applies, what it changes, and how that went."""
    name = short(found["workflow_id"], NAME)
    if not found["items"]:
        return f"No correction of {name} is known."
    lines = [f"{counted(len(found['items']), 'correction')} of {name}"]
    for item in found["items"]:
        lines += ["", *fitted(_item(item), width)]
    return "\n".join(lines)


def imported_text(found: Told) -> str:
    """What an import has changed."""
    counts = f"{found['imported']:,} new, {found['updated']:,} updated, {found['unchanged']:,} known before"
    return f"Corrections of {short(found['workflow_id'], NAME)}: {counts}."


def switched_text(found: Told) -> str:
    """A correction after it was switched."""
    state = "on: it is applied" if found["on"] else "off: it is kept, and not applied"
    return f"Correction {found['item_id']} of {short(found['workflow_id'], NAME)} is {state}. This is on record."


def changes_text(patch: list[Told]) -> str:
    """What a correction does, in short: old and new values, and on what else it depends."""
    tested = {one["path"]: one["value"] for one in patch if one["op"] == "test"}
    changed = [one for one in patch if one["op"] != "test"]
    parts = [_change(one, tested) for one in changed]
    used = {one["path"] for one in changed}
    where = [f"{plain(path)} is {_value(value)}" for path, value in tested.items() if path not in used]
    return "; ".join(parts) + (f" (where {', '.join(where)})" if where else "")


def _item(item: Told) -> list[str]:
    counts = ", ".join(
        f"{name} {item[key]:,}"
        for name, key in (("seen", "times_seen"), ("applied", "times_applied"), ("helped", "helped"), ("hurt", "hurt"))
    )
    laid_off = "; laid off, for it hurt more often than it helped" if item["laid_off"] else ""
    off = "; switched off" if item["off"] else ""
    return [
        f"{short(item['node_id'], NAME)} ({short(item['action_type'], NAME)})",
        f"  {changes_text(item['patch'])}",
        f"  {counts}{laid_off}{off}",
        f"  {item['item_id']}",
    ]


def _change(one: Told, tested: Told) -> str:
    path, kind = plain(one["path"]) or "/", one["op"]
    if kind == "replace":
        old = f"{_value(tested[one['path']])} to " if one["path"] in tested else ""
        return f"{path}: {old}{_value(one['value'])}"
    if kind == "remove":
        old = f" ({_value(tested[one['path']])})" if one["path"] in tested else ""
        return f"{path}: removed{old}"
    if kind == "add":
        return f"{path}: added {_value(one['value'])}"
    return f"{path}: {kind} from {plain(one.get('from', ''))}"


def _value(value: Any) -> str:
    return short(json.dumps(value, ensure_ascii=False), VALUE)

"""What corrections have taught, as text for people."""

from typing import Any

from session_buddy.common import visible
from session_buddy.reports.coaching_table import Column, counted, fitted, table
from session_buddy.reports.columns import plain, short

NAME = 80
# Longer values are cut; a correction that no person stands behind comes with its whole patch too.
VALUE = 60
_IMPORTERS = {"person": " by a person", "reported": " by an assistant or a program"}
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
    waiting = found.get("waiting", 0)
    wait = (
        f" {waiting:,} of them {'is' if waiting == 1 else 'are'} not applied until a person switches each on "
        "(session-buddy packs switch, or the page)."
        if waiting
        else ""
    )
    return f"Corrections of {short(found['workflow_id'], NAME)}: {counts}.{wait}"


def item_text(item: Told) -> str:
    """One correction with every value in full, for a person who is to decide whether it is applied."""
    return "\n".join([*_item(item), *([] if _waits(item) else _whole(item))])


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
        *_from(item),
        *(_whole(item) if _waits(item) else []),
        f"  {item['item_id']}",
    ]


def _from(item: Told) -> list[str]:
    """Where a correction comes from, unless a person has made it here."""
    lines = []
    if claimed := item.get("imported"):
        by = _IMPORTERS.get(claimed["by"], "")
        where = f" ({plain(claimed['source'])})" if claimed["source"] else ""
        names = ("seen", "times_seen"), ("applied", "times_applied"), ("helped", "helped"), ("hurt", "hurt")
        counts = ", ".join(f"{name} {claimed[key]:,}" for name, key in names)
        lines.append(f"  imported{by}{where}; the file claims {counts}, by which nothing is decided")
    if not _waits(item):
        return lines
    if not item["active"]:
        return [*lines, "  not applied until a person switches it on"]
    return [*lines, "  reported by an assistant; a step to which it is applied is always asked"]


def _waits(item: Told) -> bool:
    """Whether a person has still to decide about it."""
    return not item["off"] and not item["trusted"]


def _whole(item: Told) -> list[str]:
    lines = [f"  as JSON Patch: {visible.shown(item['patch'])}"]
    if count := visible.hidden_count(item["patch"]):
        lines.append(f"  hidden characters in it, written as \\u escapes: {count:,}")
    return lines


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
    return short(visible.shown(value), VALUE)

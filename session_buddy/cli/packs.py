"""`packs`: what corrections have taught, shared as files."""

import argparse
import json
import sys
from typing import Any

from session_buddy.cli.coaching import Coaching, ask
from session_buddy.cli.coaching import show as show_result
from session_buddy.cli.files import opened, refuse_existing, written
from session_buddy.cli.person import agreed, require_person
from session_buddy.cli.terminal import terminal_width
from session_buddy.errors import BuddyError
from session_buddy.reports.coaching_packs import imported_text, item_text, pack_text, packs_text, switched_text
from session_buddy.reports.columns import short

MOST_BYTES = 4_000_000
OTHERWISE = "Nothing was imported."


def show_list(options: argparse.Namespace) -> int:
    found = ask(options, "packs")
    return show_result(options, {"packs": found}, packs_text(found, terminal_width()))


def show(options: argparse.Namespace) -> int:
    found = ask(options, "pack", workflow_id=options.workflow)
    return show_result(options, found, pack_text(found, terminal_width()))


def export(options: argparse.Namespace) -> int:
    if options.out != "-":
        refuse_existing([options.out], options.force)
    pack = ask(options, "export_pack", workflow_id=options.workflow)["pack"]
    with written(options.out) as file:
        file.write(_document(pack))
    count = "1 correction" if len(pack["items"]) == 1 else f"{len(pack['items'])} corrections"
    print(f"{count} exported.", file=sys.stderr)
    return 0


def import_pack(options: argparse.Namespace) -> int:
    text = _text(options.file)
    found = ask(options, "import_pack", workflow_id=options.workflow or _workflow_of(text), pack=text)
    return show_result(options, found, imported_text(found))


def forget(options: argparse.Namespace) -> int:
    found = ask(options, "forget_item", workflow_id=options.workflow, item_id=options.item_id)
    text = f"Forgotten. The pack of {short(found['workflow_id'], 80)} has {found['items_left']} left."
    return show_result(options, found, text)


def switch(options: argparse.Namespace) -> int:
    """Switch one correction off or on; what is applied to suggestions is a person's choice. One that no person has made
    here is shown whole before it is switched on."""
    require_person("Switching a correction")
    on = options.state == "on"
    with Coaching(options) as coaching:
        items = coaching.ask("pack", workflow_id=options.workflow)["items"]
        item = next((item for item in items if item["item_id"] == options.item_id), None)
        if on and item and not item["by_person"]:
            print(item_text(item))
            if not agreed("Apply this correction from now on?"):
                print("Nothing was changed.")
                return 0
        found = coaching.ask("switch_item", workflow_id=options.workflow, item_id=options.item_id, on=on)
    return show_result(options, found, switched_text(found))


def _document(pack: dict[str, Any]) -> str:
    """The pack as one object; every correction stands on a line of its own, so that it can be read and compared."""
    head = json.dumps({name: value for name, value in pack.items() if name != "items"}, ensure_ascii=False)[:-1]
    items = ",\n".join(json.dumps(item, ensure_ascii=False) for item in pack["items"])
    return f'{head}, "items": [\n{items}\n]}}\n'


def _text(name: str) -> str:
    with opened(name, OTHERWISE) as file:
        try:
            data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise BuddyError(f"{name} cannot be read: {error.strerror}. {OTHERWISE}") from None
    if len(data) > MOST_BYTES:
        raise BuddyError(f"{name} is larger than the {MOST_BYTES // 1_000_000} MB that are allowed. {OTHERWISE}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BuddyError(f"{name} is not text in UTF-8. Export it again. {OTHERWISE}") from None


def _workflow_of(text: str) -> str:
    """The workflow that a pack says it is of; empty where it does not say so, for the hub to tell why."""
    try:
        pack = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    name = pack.get("workflow_id") if isinstance(pack, dict) else None
    return name if isinstance(name, str) else ""

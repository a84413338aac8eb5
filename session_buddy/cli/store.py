"""`store adopt`: review a store that this user's program did not create, and copy its rows into the user's store."""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress

from session_buddy.bridge import spool
from session_buddy.bridge.place import Place
from session_buddy.cli.copying import private_copy
from session_buddy.cli.exclusive import exclusive
from session_buddy.cli.person import NOTHING, agreed, is_person
from session_buddy.common.atomic_io import move, move_aside, unsafe_reason
from session_buddy.common.safe_open import open_regular
from session_buddy.common.store_registry import is_occupied, remove_notice, store_key
from session_buddy.errors import BuddyError, HubUnavailableError, StoreError
from session_buddy.hub import identity
from session_buddy.hub.store_notices import notices_of
from session_buddy.project import FOLDER
from session_buddy.reports.adopting import adopted_text, review_text
from session_buddy.settings import STORE_NAME, Settings, inside_assistant, read
from session_buddy.store.adopting import Review, adopt, review

_MAX_EVENT = 1024 * 1024
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEEP = "keep"


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    if inside_assistant():
        raise BuddyError(
            "Adopting a store is a person's decision, and an assistant has started this command. "
            f"{NOTHING} Type it in a terminal of your own."
        )
    source = _source(settings, options.path)
    with private_copy(settings.data_folder, source, NOTHING) as copy:
        found = _review(source, copy)
        if not options.json:
            print(review_text(source, found._asdict()))
        if not _confirmed(options.yes):
            print(f"Nothing was adopted. {NOTHING}")
            return 0
        keep = found.has_decisions and not options.yes and _keeps_decisions()
        added = _adopt(settings, source, copy, keep)
    _show(source, settings, found, added, keep, options.json)
    return 0


def _source(settings: Settings, path: str | None) -> str:
    """The file of the store to adopt: the named one, or the newest that was set aside for this project."""
    candidates = [path] if path else [notice["path"] for notice in notices_of(settings)]
    candidates += [] if candidates else _unregistered(settings)
    if not candidates:
        raise BuddyError(
            f"No store was set aside for {settings.store}. {NOTHING} Name the folder or file: "
            "session-buddy store adopt PATH"
        )
    source = os.path.abspath(os.path.expanduser(candidates[0]))
    if os.path.isdir(source):
        inner = os.path.join(source, FOLDER)
        source = os.path.join(inner if os.path.isdir(inner) else source, STORE_NAME)
    if not os.path.lexists(source):
        raise BuddyError(f"There is no store {source}. {NOTHING} Name the folder or file that holds it.")
    if store_key(source, settings.data_folder) is not None and os.path.realpath(source) == os.path.realpath(
        settings.store
    ):
        raise BuddyError(f"{source} is this project's own store already. {NOTHING}")
    return source


def _unregistered(settings: Settings) -> list[str]:
    folder = os.path.join(settings.project, FOLDER)
    return [
        store
        for store in (settings.store, os.path.join(folder, STORE_NAME))
        if os.path.lexists(store) and store_key(store, settings.data_folder) is None
    ]


def _review(source: str, copy: str) -> Review:
    try:
        return review(copy)
    except StoreError as error:
        raise BuddyError(str(error).replace(copy, source) + f" Nothing was adopted. {NOTHING}") from None


def _confirmed(yes: bool) -> bool:
    return yes or agreed("Add these rows to your store, without levels, switches and corrections?")


def _keeps_decisions() -> bool:
    """Whether the person at the terminal types that levels and corrections are kept too."""
    if not is_person():
        return False
    print("Levels and corrections decide what an assistant may do without a question.", file=sys.stderr)
    with suppress(EOFError):
        return input(f"Type {_KEEP} to keep them too, or press Enter to leave them out: ").strip().lower() == _KEEP
    return False


def _adopt(settings: Settings, source: str, copy: str, keep: bool) -> dict[str, int]:
    if os.path.realpath(source) == os.path.realpath(settings.store):
        source = _make_room(settings)
    events = list(_spooled(source))
    project_ids = _project_ids(settings, os.path.dirname(source))
    with exclusive(settings) as place:
        key = store_key(place.store, settings.data_folder)
        added = adopt(copy, place.store, project_ids, keep_decisions=keep, key=key)
        if events:
            added["spooled events"] = _take_events(settings, events)
    remove_notice(source if os.path.basename(source) != STORE_NAME else os.path.dirname(source), settings.data_folder)
    return added


def _make_room(settings: Settings) -> str:
    """Give an unregistered store outside of a `.session-buddy` folder, with its companion files, another name."""
    folder, base = os.path.split(settings.store)
    if os.path.basename(folder) == FOLDER:
        with exclusive(settings):  # registers the folder, and so sets the old one aside
            pass
        return os.path.join(notices_of(settings)[0]["path"], base)
    moved = move_aside(settings.store, "set-aside")
    for name in os.listdir(folder) if is_occupied(settings.store) else []:
        if name.startswith(base + ".") and ".set-aside" not in name and not name.endswith((".lock", ".log", ".log.1")):
            move(os.path.join(folder, name), moved + name[len(base) :])
    return moved


def _project_ids(settings: Settings, folder: str) -> dict[str, str]:
    """The id of the project in the set-aside folder, mapped to this project's."""
    theirs = identity.read_id(os.path.join(folder, "project"))
    return {theirs: identity.project_id(settings.project, settings.data_folder)} if theirs else {}


def _spooled(source: str) -> Iterator[dict[str, object]]:
    """The events that wait in the spool beside the untrusted store."""
    folder = source + ".spool"
    if not os.path.isdir(folder) or unsafe_reason(folder):
        return
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with suppress(OSError, ValueError, RecursionError):
            if name.endswith(".json") and not unsafe_reason(path) and os.path.getsize(path) <= _MAX_EVENT:
                with os.fdopen(open_regular(path, own=True), "rb") as file:
                    event = json.loads(file.read(_MAX_EVENT))
                if isinstance(event, dict) and _ID.fullmatch(str(event.get("id"))):
                    yield event


def _take_events(settings: Settings, events: list[dict[str, object]]) -> int:
    """Put the events into the spool of the user's store; the next hub stores them."""
    taken = 0
    for event in events:
        with suppress(HubUnavailableError):
            spool.put(Place(settings.store), settings.data_folder, event | {"project": settings.project})
            taken += 1
    return taken


def _show(source: str, settings: Settings, found: Review, added: dict[str, int], keep: bool, as_json: bool) -> None:
    if as_json:
        result = {"source": source, "store": settings.store, "review": found._asdict(), "added": added, "kept": keep}
        print(json.dumps(result, ensure_ascii=False))
    else:
        print(adopted_text(source, settings.store, added, keep))

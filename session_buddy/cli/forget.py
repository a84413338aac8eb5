"""`forget`: what a person names goes from the store and from every file beside it, for good."""

import argparse
import json
import os
import sys
from datetime import timedelta
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.bridge.place import Place
from session_buddy.cli.copying import drafting
from session_buddy.cli.exclusive import exclusive
from session_buddy.cli.person import refuse_assistants
from session_buddy.cli.progress import bar
from session_buddy.cli.remains import copies, matching_events, remains, remove
from session_buddy.common.atomic_io import publish, sync_folder
from session_buddy.common.store_registry import store_key
from session_buddy.errors import BuddyError
from session_buddy.hub.intake import take_all
from session_buddy.reports.forgetting import forgotten_text
from session_buddy.settings import Settings, read
from session_buddy.skills.forgetting import select_for, summary
from session_buddy.store.forgetting import Choice
from session_buddy.store.ids import normalised
from session_buddy.store.rewriting import copy_remaining
from session_buddy.store.store import Store
from session_buddy.store.times import now

MOST_DAYS = 100_000.0

Plan = dict[str, Any]


def run(options: argparse.Namespace) -> int:
    if problem := _wrong(options):
        print(f"session-buddy forget: {problem}", file=sys.stderr)
        return 2
    if not options.dry_run:
        refuse_assistants("Forgetting for good")
    settings, choice = read(store=options.store), _choice(options)
    if not os.path.exists(settings.store):
        raise BuddyError(f"There is no store at {settings.store}, so nothing in it to forget. Nothing was changed.")
    plan = _plan(settings, choice)
    if not options.dry_run and not plan["empty"]:
        if not options.yes and not _agreed(plan):
            print("Nothing was forgotten.")
            return 0
        plan = _forget(settings, choice)
    _show(plan, settings, options)
    return 0


def _wrong(options: argparse.Namespace) -> str | None:
    if not (options.text or options.session or options.skill or options.older_than is not None):
        return "say what: --text TEXT, --session ID, --skill NAME or --older-than DAYS. Nothing was changed."
    for name in ("text", "session", "skill"):
        if any(not normalised(one) for one in getattr(options, name)):
            return f"--{name} is blank. Nothing was changed."
        if any(one.encode("utf-8", "replace").decode() != one for one in getattr(options, name)):
            return f"--{name} is no text in UTF-8. Nothing was changed."
    if options.older_than is not None and not 0 <= options.older_than <= MOST_DAYS:
        return f"--older-than is {options.older_than:g}; allowed are 0 to {MOST_DAYS:,.0f} days. Nothing was changed."
    return None


def _choice(options: argparse.Namespace) -> Choice:
    before = None if options.older_than is None else now() - timedelta(days=options.older_than)
    return Choice([normalised(text) for text in options.text], options.session, options.skill, before)


def _plan(settings: Settings, choice: Choice) -> Plan:
    """What would go, while windows go on working."""
    before = choice.before.isoformat() if choice.before else None
    wanted = {"texts": choice.texts, "sessions": choice.sessions, "skills": choice.skills, "before": before}
    with Client(settings) as client:
        plan: Plan = client.ask("plan_forgetting", wanted)
    return _with_files(plan, remains(settings), matching_events(settings, choice)) | {"forgotten": False}


def _with_files(plan: Plan, always: list[str], events: list[str]) -> Plan:
    """The plan with the files that go; where nothing in the store matches, these are only events that do."""
    files = [*always, *events] if events or not plan["empty"] else []
    return plan | {"files": files, "empty": plan["empty"] and not events}


def _agreed(plan: Plan) -> bool:
    """Whether the person at the terminal wants it; where there is none, the command itself says so."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    print(forgotten_text(plan, done=False))
    try:
        return input("Forget this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False


def _forget(settings: Settings, choice: Choice) -> Plan:
    try:
        with exclusive(settings) as place, drafting(place.draft):
            key = store_key(place.store, settings.data_folder)
            store = Store.open(place.store, draft=place.draft, key=key)
            try:
                return _rewrite(store, settings, choice)
            finally:
                store.close()
    except OSError as error:
        raise BuddyError(
            f"{error.filename or settings.store} could not be changed: {error.strerror}. "
            "The store holds what it held. Try again."
        ) from None


def _rewrite(store: Store, settings: Settings, choice: Choice) -> Plan:
    """Put a file with what remains in the store's place. Both are open meanwhile, so no other program gets at one."""
    take_all(store, settings)
    cursor = store.cursor()
    selection = select_for(cursor, choice)
    plan = _with_files(summary(selection), remains(settings), matching_events(settings, choice))
    if not selection.empty:
        with bar("Copying rows") as shown:
            copy_remaining(cursor, selection, shown.show)
    remove(plan["files"])
    if not selection.empty:
        publish(Place(settings.store).draft, settings.store)
        sync_folder(os.path.dirname(settings.store))
    return plan | {"forgotten": not plan["empty"]}


def _show(plan: Plan, settings: Settings, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(plan, ensure_ascii=False))
    elif plan["empty"]:
        print(_nothing(settings.store))
    else:
        print(forgotten_text(plan, plan["forgotten"]))


def _nothing(store: str) -> str:
    others = copies(Place(store))
    unread = f" These copies were not looked into, and may hold it: {', '.join(others)}." if others else ""
    return f"Nothing in {store} matches. Nothing was changed.{unread}"

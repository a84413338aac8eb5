"""`restore`: a backup in the store's place; the store that was there is kept beside it."""

import argparse
import json
import os
from datetime import UTC, datetime
from typing import NamedTuple

from session_buddy.bridge.place import Place
from session_buddy.cli.copying import LOG, copy_with_log, drafting, unusable
from session_buddy.cli.exclusive import exclusive
from session_buddy.cli.person import refuse_assistants
from session_buddy.common.atomic_io import move, publish, sync_folder, unsafe_reason
from session_buddy.common.safe_open import foreign_reason
from session_buddy.common.store_registry import ADOPT, is_in_data_folder, is_own_backup, store_key
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings, read
from session_buddy.store.checking import INVOCATIONS, guarded, inspect, key_in, whole

UNTOUCHED = "Nothing was restored; the store was not touched."


class Restored(NamedTuple):
    """What is in the store now, and where the one that was there is kept: with how many invocations, None where that
    cannot be read."""

    invocations: int
    replaced: str | None
    replaced_invocations: int | None


def run(options: argparse.Namespace) -> int:
    refuse_assistants("Replacing the store")
    settings = read(store=options.store)
    source = os.path.abspath(os.path.expanduser(options.file))
    _check(source, settings)
    opened = os.path.realpath(source)
    inspect(opened)
    _check_origin(opened, settings)
    done = _restore(settings, opened)
    if options.json:
        print(json.dumps({"store": settings.store} | done._asdict(), ensure_ascii=False))
    else:
        print(_text(settings, source, done))
    return 0


def _check(source: str, settings: Settings) -> None:
    if reason := foreign_reason(source):
        raise BuddyError(f"{source} {reason}. {UNTOUCHED} Copy the backup to a folder of your own first.")
    if not os.path.exists(source):
        raise BuddyError(f"There is no file {source}. {UNTOUCHED}")
    if not os.path.isfile(source):
        raise BuddyError(f"{source} is no file. {UNTOUCHED} Give the file that `session-buddy backup` made.")
    if os.path.exists(settings.store) and os.path.samefile(source, settings.store):
        raise BuddyError(f"{source} is the store itself. {UNTOUCHED}")
    if not os.access(source, os.R_OK):
        raise BuddyError(f"{source} is not readable for this user. {UNTOUCHED}")
    for path in (os.path.realpath(source), os.path.realpath(source) + LOG):
        # DuckDB applies what lies beside a file as its log, and the file's owner could change it meanwhile.
        if reason := unsafe_reason(path):
            raise BuddyError(f"{path} {reason}. {UNTOUCHED} Copy the backup to a folder of your own first.")


def _check_origin(source: str, settings: Settings) -> None:
    """Reject what is not a backup of this store: its levels and corrections would decide what runs."""
    own = is_own_backup(key_in(source), settings.store, settings.data_folder)
    if not own and not is_in_data_folder(source, settings.data_folder):
        raise BuddyError(
            f"{source} is not a backup that `session-buddy backup` or `recover` made for this user. {UNTOUCHED} "
            f"`{ADOPT} {source}` shows what it holds and copies its rows into your store."
        )


def _restore(settings: Settings, source: str) -> Restored:
    try:
        # The store is locked before the copy is made, and the copy before it takes the store's name, so that no other
        # program gets in between.
        with exclusive(settings) as place, guarded(place.store) as before, drafting(place.draft):
            copy_with_log(source, place.draft, "Restoring (MB)")
            key = store_key(place.store, settings.data_folder)
            with whole(place.draft, key) as rows:
                replaced = _keep(place)
                publish(place.draft, place.store)
                sync_folder(place.folder)
            return Restored(rows[INVOCATIONS], replaced, before)
    except OSError as error:
        raise unusable(settings.store, error, "restored", "The store was not replaced.") from None


def _keep(place: Place) -> str | None:
    """Give the store that is there a second name; its first one is taken by the new one in a single step, so that no
    moment is without a store."""
    if not os.path.exists(place.store):
        return None
    kept = _free_name(f"{place.store}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    publish(place.store, kept, exclusive=True)
    if os.path.exists(place.wal):
        move(place.wal, kept + LOG)
    return kept


def _free_name(name: str) -> str:
    tried, number = name, 1
    while os.path.lexists(tried):
        number += 1
        tried = f"{name}-{number}"
    return tried


def _text(settings: Settings, source: str, done: Restored) -> str:
    lines = [f"{settings.store} now holds the {done.invocations} invocations of {source}."]
    if done.replaced:
        held = "could not be read" if done.replaced_invocations is None else f"{done.replaced_invocations} invocations"
        lines.append(f"The store that was there ({held}) is kept as {done.replaced}.")
    return "\n".join(lines)

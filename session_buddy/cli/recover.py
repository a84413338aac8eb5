"""`recover`: what can be read of a damaged store, in a new file; the old one stays as it is."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from session_buddy.bridge import address
from session_buddy.bridge.lock import HubLock, is_in_use
from session_buddy.bridge.place import Place, check
from session_buddy.cli.copying import private_copy
from session_buddy.cli.progress import bar
from session_buddy.common.store_registry import ADOPT, backup_key, store_key
from session_buddy.errors import BuddyError, StoreError
from session_buddy.reports.recovery import recovery_text
from session_buddy.settings import Settings, read
from session_buddy.store.checking import whole
from session_buddy.store.recovery.recovery import Report, Shown, recover

# A hub that cannot open the store holds the lock for a moment, to say so.
_PATIENCE = 2.0


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    place = Place(settings.store)
    if not os.path.lexists(place.store):
        raise StoreError(f"There is no store at {place.store}. Give its file with --store.")
    check(place)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the copy is removed then too
    with _readable(settings, options.out) as store, bar("Recovering") as shown:
        report = _recovered(store, _out(place.store, options.out), _adding(shown.show))
        if store == place.store:  # restore accepts only files with a key of this user
            with whole(report.file, backup_key(settings.data_folder)):
                pass
    result = _result(place.store, report)
    print(json.dumps(result) if options.json else recovery_text(result))
    return 0


@contextmanager
def _readable(settings: Settings, out: str | None) -> Iterator[str]:
    """The file to read: the store itself, with no hub at it; or a private copy of a store that this user's program did
    not create, for which the person has to name the new file."""
    place = Place(settings.store)
    if store_key(place.store, settings.data_folder) is not None:
        with _locked(place, settings.data_folder):
            yield place.store
    elif out is None:
        raise StoreError(
            f"{place.store} was not created by session_buddy for this user. Nothing was changed. If it is yours, "
            f"recover it into a file that you name: session-buddy recover --store {place.store} --out FILE. "
            f"Then `{ADOPT} FILE` copies its rows into your store."
        )
    else:
        with private_copy(settings.data_folder, place.store, "Nothing was changed.") as copy:
            yield copy


def _recovered(store: str, out: str, shown: Shown) -> Report:
    try:
        return recover(store, out, shown)
    except OSError as error:
        raise BuddyError(
            f"{store} could not be recovered: {error.filename or out}: {error.strerror or error}. It was not changed, "
            "and nothing was left beside it. A copy of it needs room there."
        ) from None


@contextmanager
def _locked(place: Place, data_folder: str) -> Iterator[None]:
    """Be the only one at the store, as a hub is."""
    try:
        lock = HubLock.take(place.lock, _PATIENCE)
    except OSError as error:
        raise BuddyError(f"{place.lock} cannot be opened: {error.strerror}. Nothing was changed.") from None
    if lock is None:
        found = address.read(place, data_folder)
        who = f" (PID {found.pid})" if found else ""
        raise BuddyError(
            f"A hub{who} serves {place.store}, so it can be opened. Nothing was changed. If its answers speak of "
            "damage, close your windows, run `session-buddy hub stop`, and recover then."
        )
    try:
        if is_in_use(place.store):
            raise BuddyError(f"{place.store} is open in another program. Nothing was changed. Close it there first.")
        yield
    finally:
        lock.release()


def _out(store: str, given: str | None) -> str:
    """The new file, which does not exist yet."""
    if given is None:
        names = (f"{store}.recovered" + (f"-{number}" if number > 1 else "") for number in count(1))
        return next(name for name in names if not os.path.lexists(name))
    out = os.path.abspath(os.path.expanduser(given))
    if os.path.lexists(out):
        raise BuddyError(f"{out} exists already. Nothing was changed. Give another name with --out.")
    if not os.path.isdir(os.path.dirname(out)):
        raise BuddyError(f"{out} cannot be written: there is no folder {os.path.dirname(out)}. Nothing was changed.")
    return out


def _adding(show: Shown) -> Shown:
    """Show the sum of what is reported bit by bit."""
    total = 0

    def add(rows: int) -> None:
        nonlocal total
        total += rows
        show(total)

    return add


def _result(store: str, report: Report) -> dict[str, Any]:
    return {
        "store": store,
        "file": report.file,
        "complete": report.complete,
        "mended": report.mended,
        "tables": [
            {"table": one.name, "found": one.found, "read": one.read, "lost": one.lost} for one in report.tables
        ],
        "log": {"bytes": report.log_bytes, "left_out": report.log_left_out},
        "next": f"session-buddy restore {report.file}",
    }

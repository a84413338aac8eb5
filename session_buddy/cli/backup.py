"""`backup`: a copy of the whole store, made while windows go on using it."""

import argparse
import json
import os
import time

from session_buddy.bridge.client import Client
from session_buddy.bridge.place import Place
from session_buddy.cli.copying import copy_with_log, in_family, private_folder, size_text, unusable
from session_buddy.common.atomic_io import check_folder, publish, sync_folder
from session_buddy.common.store_registry import backup_key
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings, read
from session_buddy.store.checking import INVOCATIONS, whole

RENEW_SECONDS = 2.0
NOT_MADE = "No backup was made."


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    target = os.path.abspath(os.path.expanduser(options.file))
    _check(target, settings)
    invocations, size = _back_up(settings, target)
    if options.json:
        print(json.dumps({"file": target, "invocations": invocations, "bytes": size}, ensure_ascii=False))
    else:
        print(f"{invocations} invocations copied to {target} ({size_text(size)}).")
    return 0


def _check(target: str, settings: Settings) -> None:
    if in_family(target, Place(settings.store)):
        raise BuddyError(
            f"{target} is the store, or has a name that belongs to it. {NOT_MADE} Give a name of its own, best in "
            "another folder."
        )
    if os.path.isdir(target):
        raise BuddyError(f"{target} is a folder. {NOT_MADE} Give the name of a file in it.")
    if os.path.lexists(target):
        raise _there_already(target)
    if not os.path.isdir(os.path.dirname(target)):
        raise BuddyError(f"There is no folder {os.path.dirname(target)}. {NOT_MADE} Make it first, or give another.")
    check_folder(os.path.dirname(target))
    if not os.path.exists(settings.store):
        raise BuddyError(f"There is no store at {settings.store} yet. {NOT_MADE} `--store` names another one.")


def _there_already(target: str) -> BuddyError:
    return BuddyError(f"{target} is there already and was not changed. {NOT_MADE} Give a new name, or remove it.")


def _back_up(settings: Settings, target: str) -> tuple[int, int]:
    os.umask(0o077)
    try:
        with private_folder(target + ".unfinished-backup") as folder:
            draft = os.path.join(folder, "copy")
            rows = _copy(settings, draft)
            with whole(draft, backup_key(settings.data_folder)) as copied:
                if copied != rows:
                    raise BuddyError(f"The copy does not hold what the store holds. {NOT_MADE} Try again.")
            size = os.path.getsize(draft)
            publish(draft, target, exclusive=True)
    except FileExistsError:
        raise _there_already(target) from None
    except OSError as error:
        raise unusable(target, error, "written", f"{NOT_MADE} The store was not changed.") from None
    sync_folder(os.path.dirname(target))
    return rows[INVOCATIONS], size


def _copy(settings: Settings, draft: str) -> dict[str, int]:
    """Copy the store's file while its hub writes nothing to it. Returns how many rows each table holds."""
    with Client(settings) as client:
        rows: dict[str, int] = client.ask("hold")["rows"]
        renewed = time.monotonic()

        def renew() -> None:
            nonlocal renewed
            if time.monotonic() - renewed > RENEW_SECONDS:
                client.ask("renew_hold")
                renewed = time.monotonic()

        copy_with_log(settings.store, draft, "Copying (MB)", renew)
        if not client.ask("release")["held"]:
            raise BuddyError(f"The copy took too long, and the store was written meanwhile. {NOT_MADE} Try again.")
    return rows

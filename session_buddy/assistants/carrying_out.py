"""Making planned changes of files: all of them or none, also when it is broken off."""

import contextlib
import os

from session_buddy.assistants import receipts
from session_buddy.assistants.documents import holders_made
from session_buddy.assistants.installing import Change
from session_buddy.assistants.receipts import PRIVATE_FILE, Receipt
from session_buddy.assistants.safe_files import UNCHANGED, content, make_folders, remove_empty, replace
from session_buddy.errors import ConfigurationError
from session_buddy.settings import Settings

Begun = list[tuple[Change, list[str]]]


def carry_out(settings: Settings, changes: list[Change], install: bool) -> list[str | None]:
    """Make the changes, all of them or none, and return for each the copy of what was before.

    Raises:
        ConfigurationError: a file cannot be written, or was changed meanwhile.
    """
    begun: Begun = []
    do = _install if install else _uninstall
    try:
        copies = [do(settings, change, begun) for change in changes]
    except BaseException as error:
        _undo(settings, begun)
        if not isinstance(error, OSError):
            raise
        where = error.filename or "The file"
        raise ConfigurationError(f"{where} cannot be written: {error.strerror or error}. {UNCHANGED}") from None
    if not install:
        _forget(settings, changes)
    return copies


def _install(settings: Settings, change: Change, begun: Begun) -> str | None:
    receipt, copy, folders = change.receipt, None, list[str]()
    if not change.changes:
        return None
    assert change.after is not None
    _refuse_changed(change)
    begun.append((change, folders))
    kept = receipt or Receipt(change.target, "", made=False, original=None, holders=())
    if change.is_as_left:
        copy = kept.original
    elif change.before is None:
        kept = Receipt(change.target, "", made=True, original=None, holders=())
    else:
        copy = receipts.back_up(settings.data_folder, change.target, change.before)
        kept = kept._replace(original=copy)
    if kept.holders is not None:
        made = holders_made(change.path, change.before, change.after)
        kept = kept._replace(holders=tuple(sorted({*kept.holders, *made})))
    make_folders(change.target, folders)
    replace(change.target, change.after, PRIVATE_FILE if change.is_private else None)
    # Where people have changed what an earlier installation left, only our entries go later.
    known = change.is_as_left or receipt is None or change.before is None or change.pure == change.before
    digest = receipts.digest(change.after) if known else ""
    receipts.write(settings.data_folder, kept._replace(digest=digest, folders=(*kept.folders, *folders)))
    return copy


def _uninstall(settings: Settings, change: Change, begun: Begun) -> str | None:
    copy = None
    if change.changes:
        _refuse_changed(change)
        if not change.is_known:
            assert change.before is not None
            copy = receipts.back_up(settings.data_folder, change.target, change.before)
        begun.append((change, []))
        if change.after is None:
            os.unlink(change.target)
        else:
            replace(change.target, change.after)
    return copy


def _forget(settings: Settings, changes: list[Change]) -> None:
    """Let go what was kept for an uninstallation that is done."""
    for change in changes:
        if change.receipt:
            receipts.discard(settings.data_folder, change.receipt, keep_original=not change.is_known)
    remove_empty([folder for change in changes if change.receipt for folder in change.receipt.folders])


def _undo(settings: Settings, begun: Begun) -> None:
    """Bring back files and receipts as they were, each for itself: what cannot be brought back holds up nothing."""
    for change, folders in reversed(begun):
        with contextlib.suppress(OSError, ConfigurationError):
            if content(change.target) != change.before:
                if change.before is None:
                    os.unlink(change.target)
                else:
                    replace(change.target, change.before)
        with contextlib.suppress(OSError, ConfigurationError):
            if receipts.read(settings.data_folder, change.target) != change.receipt:
                receipts.restore(settings.data_folder, change.target, change.receipt)
        remove_empty(folders)


def _refuse_changed(change: Change) -> None:
    if content(change.target) != change.before:
        raise ConfigurationError(f"{change.path} was changed by another program just now. {UNCHANGED} Try again.")

"""Folders that only this user can enter: for sockets and for files that hold a secret."""

import os
import stat
import sys
from collections.abc import Iterable


def first_private(folders: Iterable[str]) -> "str | None":
    """Return the first of the folders that is private, after creating it if it is missing; None if none can be used."""
    return next((folder for folder in folders if make_private(folder)), None)


def make_private(folder: str) -> bool:
    """Create the folder if it is missing. Return whether it belongs to this user and is closed to all other users.

    A link counts as unusable, also one that leads to a private folder: another user may have placed it.
    """
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    # Windows has no such modes; there, the profile of a user is closed to the others.
    return sys.platform == "win32" or (found.st_uid == os.geteuid() and not found.st_mode & 0o077)

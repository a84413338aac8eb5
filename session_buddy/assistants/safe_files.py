"""Reading and replacing configuration files of others: what is unusual is refused, and nothing is left half done."""

import contextlib
import os
import stat
import sys

from session_buddy.common.atomic_io import SHARED_MODE, NewFile
from session_buddy.common.safe_open import open_regular
from session_buddy.errors import ConfigurationError, UnsafePathError

LARGEST = 16 * 1024 * 1024
UNCHANGED = "Nothing was changed."


def target_of(path: str, inside: str | None) -> str:
    """The file that `path` stands for, links followed.

    Raises:
        ConfigurationError: it lies outside of the folder `inside`, where one is given.
    """
    target = os.path.realpath(path)
    if inside is not None and os.path.commonpath([target, os.path.realpath(inside)]) != os.path.realpath(inside):
        raise ConfigurationError(f"{path} is a link that leads out of the project, to {target}. {UNCHANGED}")
    return target


def content(path: str) -> bytes | None:
    """What the file holds; None when there is none.

    Raises:
        ConfigurationError: it is no regular file, too large, or cannot be read.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ConfigurationError(f"{path} is not a regular file. {UNCHANGED}")
        with os.fdopen(open_regular(path, follow_links=True), "rb") as file:
            if os.fstat(file.fileno()).st_size > LARGEST:
                raise ConfigurationError(f"{path} is larger than {LARGEST // 2**20} MB. {UNCHANGED}")
            return file.read(LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}. {UNCHANGED}") from None


def refuse_read_only(path: str) -> None:
    """Refuse a file that its owner has made read-only, or that belongs to another user: replacing it would undo that.

    Raises:
        ConfigurationError: it is such a file.
    """
    try:
        found = os.stat(path)
    except OSError:
        return
    if not found.st_mode & stat.S_IWUSR:
        raise ConfigurationError(f"{path} is read-only. {UNCHANGED} Make it writable first, if that is meant.")
    if sys.platform != "win32" and found.st_uid != os.geteuid():
        raise ConfigurationError(f"{path} belongs to another user. {UNCHANGED}")


def make_folders(path: str, made: list[str]) -> None:
    """Make the folder of a file with those above it, and note in `made` what was not there, outermost first.

    Raises:
        OSError: one cannot be made.
    """
    missing = list[str]()
    folder = os.path.dirname(path)
    while not os.path.isdir(folder):
        missing.insert(0, folder)
        folder = os.path.dirname(folder)
    for one in missing:
        os.mkdir(one)
        made.append(one)


def replace(path: str, data: bytes, mode: int | None = None) -> None:
    """Put a file in place, whole or not at all. One that exists keeps its mode as far as `SHARED_MODE` allows; a new
    one gets `mode`, or what the umask leaves of `SHARED_MODE`.

    Raises:
        ConfigurationError: `path` is a link, not a regular file, or another user's.
        OSError: it cannot be written.
    """
    known, mode = None, SHARED_MODE if mode is None else mode
    with contextlib.suppress(FileNotFoundError):
        known = mode = stat.S_IMODE(os.lstat(path).st_mode) & SHARED_MODE
    try:
        with NewFile(path, mode, durable=True) as file:
            file.write(data)
            if known is not None and hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), known)
    except UnsafePathError as error:
        raise ConfigurationError(str(error)) from None


def remove_empty(folders: list[str]) -> None:
    """Remove folders as far as they are empty, the innermost first."""
    for folder in sorted(folders, key=len, reverse=True):
        with contextlib.suppress(OSError):
            os.rmdir(folder)

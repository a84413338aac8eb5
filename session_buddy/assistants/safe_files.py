"""Reading and replacing configuration files of others: what is unusual is refused, and nothing is left half done."""

import contextlib
import os
import stat
import sys
import tempfile

from session_buddy.errors import ConfigurationError

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
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise ConfigurationError(f"{path} is not a regular file. {UNCHANGED}")
        if found.st_size > LARGEST:
            raise ConfigurationError(f"{path} is larger than {LARGEST // 2**20} MB. {UNCHANGED}")
        with open(path, "rb") as file:
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
    """Put a file in place, whole or not at all. One that exists keeps its mode; a new one gets `mode`, or the usual.

    Raises:
        OSError: it cannot be written.
    """
    with contextlib.suppress(FileNotFoundError):
        mode = stat.S_IMODE(os.stat(path).st_mode)
    if mode is None:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    descriptor, draft = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=os.path.dirname(path))
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, mode)
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        raise


def remove_empty(folders: list[str]) -> None:
    """Remove folders as far as they are empty, the innermost first."""
    for folder in sorted(folders, key=len, reverse=True):
        with contextlib.suppress(OSError):
            os.rmdir(folder)

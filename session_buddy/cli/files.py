"""Files that a command reads or writes, with - for standard input and output."""

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, BinaryIO

from session_buddy.common.atomic_io import NewFile
from session_buddy.common.safe_open import foreign_reason, open_device
from session_buddy.errors import BuddyError

# Names of what this process has open already, as a shell gives them for `--out >(command)`.
_DESCRIPTOR = re.compile(r"/dev/(stdout|stderr|fd/(\d{1,4}))")
_NUMBERS = {"stdout": 1, "stderr": 2}


@contextmanager
def opened(name: str, otherwise: str) -> Iterator[BinaryIO]:
    """The file, open for reading bytes.

    Raises:
        BuddyError: it cannot be read, or is a link or a FIFO that another user put into a folder for all users; the
            message ends with `otherwise`, which says what that means.
    """
    if name == "-":
        yield sys.stdin.buffer
        return
    if reason := foreign_reason(name):
        raise BuddyError(f"{name} {reason}. {otherwise}")
    try:
        file = open(name, "rb")  # noqa: SIM115 - closed below; only opening it is the person's mistake to hear of
    except OSError as error:
        raise BuddyError(f"{name} cannot be read: {error.strerror}. {otherwise}") from None
    with file:
        yield file


def refuse_existing(names: list[str], force: bool) -> None:
    """Refuse to write over files, unless that is wanted.

    Raises:
        BuddyError: one is a folder, or exists already and `force` is false.
    """
    for name in names:
        if os.path.isdir(name):
            raise BuddyError(f"{name} is a folder; a file is to be written there. Nothing was written.")
    existing = [name for name in names if os.path.isfile(name)]
    if existing and not force:
        others = f" (and {len(existing) - 1} more)" if len(existing) > 1 else ""
        raise BuddyError(
            f"{existing[0]}{others} exists already. Nothing was written. Give another name, or --force to replace it."
        )


@contextmanager
def written(name: str) -> Iterator[IO[str]]:
    """The file to write as text, - being standard output: readable for its owner only, and complete under its name
    or not there at all.

    Raises:
        BuddyError: it cannot be written, or is a link, a FIFO or another user's file.
    """
    if name == "-":
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        yield sys.stdout
        return
    try:
        with _stream(name) as file:
            yield file
    except OSError as error:
        raise cannot_write(name, error) from None


def _stream(name: str) -> AbstractContextManager[IO[str]]:
    if match := _DESCRIPTOR.fullmatch(os.path.normpath(name)):
        return os.fdopen(os.dup(_NUMBERS.get(match[1]) or int(match[2])), "w", encoding="utf-8")
    if _is_device(name):
        return os.fdopen(open_device(name), "w", encoding="utf-8")
    return NewFile(name, text=True)


def _is_device(name: str) -> bool:
    try:
        return stat.S_ISCHR(os.lstat(name).st_mode)
    except OSError:
        return False


def cannot_write(name: str, error: OSError) -> BuddyError:
    """What to tell when a file or folder cannot be written."""
    return BuddyError(f"{name} cannot be written: {error.strerror or error}. Nothing was written.")

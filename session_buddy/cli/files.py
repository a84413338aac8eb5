"""Files that a command reads or writes, with - for standard input and output."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from session_buddy.errors import BuddyError


@contextmanager
def opened(name: str, otherwise: str) -> Iterator[BinaryIO]:
    """The file, open for reading bytes.

    Raises:
        BuddyError: it cannot be read; the message ends with `otherwise`, which says what that means.
    """
    if name == "-":
        yield sys.stdin.buffer
        return
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
def written(name: str) -> Iterator[TextIO]:
    """The file to write as text, - being standard output: readable for its owner only, and complete under its name
    or not there at all.

    Raises:
        BuddyError: it cannot be written.
    """
    if name == "-":
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        yield sys.stdout
        return
    draft = None
    try:
        if os.path.exists(name) and not os.path.isfile(name):  # a pipe or a device is not replaced
            with open(name, "w", encoding="utf-8") as file:
                yield file
            return
        descriptor, draft = tempfile.mkstemp(prefix=f".{os.path.basename(name)}.", dir=os.path.dirname(name) or ".")
        with open(descriptor, "w", encoding="utf-8") as file:
            yield file
        os.replace(draft, name)
    except OSError as error:
        raise cannot_write(name, error) from None
    finally:
        if draft and os.path.exists(draft):
            os.unlink(draft)


def cannot_write(name: str, error: OSError) -> BuddyError:
    """What to tell when a file or folder cannot be written."""
    return BuddyError(f"{name} cannot be written: {error.strerror or error}. Nothing was written.")

"""Files that a command reads, with - for standard input."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

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

"""Pictures that commands draw into files."""

import argparse
import errno
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

from session_buddy.common.atomic_io import check_target, open_new, remove_if_present
from session_buddy.errors import BuddyError

KINDS = (".png", ".svg")

Draw = Callable[[dict[str, Any], str], None]


def allowed(options: argparse.Namespace, command: str) -> bool:
    """Whether `--out`, if given, names a kind of picture; otherwise stderr says which there are."""
    out: str | None = options.out
    if not out or os.path.isdir(out) or out.lower().endswith(KINDS):
        return True
    print(f"session-buddy {command}: --out is {out}; allowed are files ending in .png or .svg.", file=sys.stderr)
    return False


def check(out: str, nothing_done: str) -> None:
    """Find out that a file cannot be written before the long work, not after it.

    Raises:
        BuddyError: it is a folder, a link, a FIFO or another user's file, or its folder is missing, or it cannot be
            written.
    """
    if os.path.isdir(out):
        raise BuddyError(f"{out} is a folder. Give the name of a file in it. {nothing_done}")
    folder = os.path.dirname(out) or "."
    if not os.path.isdir(folder):
        raise BuddyError(f"There is no folder {folder}. Make it, or choose another place. {nothing_done}")
    check_target(out)
    try:
        if os.path.exists(out) and not os.access(out, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        # Only creating a file tells whether it can be created: a name may be too long, a file system read-only.
        probe = os.path.join(folder, f".{os.urandom(8).hex()}") if os.path.exists(out) else out
        os.close(open_new(probe))
        remove_if_present(probe)
    except OSError as error:
        raise BuddyError(f"{out} cannot be written: {error.strerror}. {nothing_done}") from None


def draw(found: dict[str, Any], out: str, how: Draw) -> None:
    """Draw, and say where the picture is.

    Raises:
        BuddyError: the file cannot be written.
    """
    try:
        with warnings.catch_warnings():
            # A sign that the font does not have is drawn as a box, and everything else as it should be.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            how(found, out)
    except OSError as error:
        raise BuddyError(f"{out} cannot be written: {error.strerror or error}.") from None
    print(f"The picture is in {out}.", file=sys.stderr)

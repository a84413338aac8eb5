"""The terminal that a command writes to, if it does."""

import shutil
import sys

from session_buddy.common.visible import escaped


def terminal_width() -> int | None:
    """How many characters a line may have; None where the output goes into a file or a pipe, which takes all."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def printable(text: str) -> str:
    """A text with names of files, or of a stranger's, as it may be printed: lines stay, control characters do not."""
    return "\n".join(map(escaped, text.split("\n")))

"""The terminal that a command writes to, if it does."""

import shutil
import sys


def terminal_width() -> int | None:
    """How many characters a line may have; None where the output goes into a file or a pipe, which takes all."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

"""The hub's log: a rotating file beside the store. It holds no texts of users."""

import logging
import os
import traceback
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler

from session_buddy.common.safe_open import open_append

MAX_BYTES = 1_000_000
KEPT = 1


class QuietFormatter(logging.Formatter):
    """Shows where an exception was raised and its type; its message may hold what a user wrote."""

    def formatException(self, ei) -> str:  # type: ignore[no-untyped-def]  # noqa: N802 - the name is logging's
        kind, _, trace = ei
        return "".join(traceback.format_tb(trace)) + getattr(kind, "__name__", "")


class SafeFileHandler(RotatingFileHandler):
    """Opens its file, after each rotation too, without following a link or waiting for a FIFO."""

    def _open(self) -> TextIOWrapper:
        return os.fdopen(open_append(self.baseFilename), "a", encoding=self.encoding)


def set_up(level: str, path: str) -> None:
    """Log to `path` from `level` on; of the libraries only warnings, since their messages may quote arguments."""
    handler: logging.Handler
    try:
        handler = SafeFileHandler(path, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(QuietFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("session_buddy").setLevel(level.upper())
    # The SDK logs tool errors with their text, and DuckDB's errors quote values.
    logging.getLogger("mcp").setLevel(logging.CRITICAL)

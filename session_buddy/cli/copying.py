"""Files that hold a store: copied with a bar, and put under their name when they are whole."""

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from session_buddy.bridge.place import Place
from session_buddy.cli.progress import bar
from session_buddy.errors import BuddyError

CHUNK = 8 * 1024 * 1024
MEGABYTE = 1_000_000
LOG = ".wal"


def copy_with_log(source: str, target: str, title: str, step: Callable[[], None] = lambda: None) -> None:
    """Copy a store that is not being written, and its log where it has one. `step` is called again and again.

    Raises:
        OSError: it cannot be read or written.
    """
    total = _size(source) + _size(source + LOG)
    done = 0
    with bar(title) as shown:
        for ending in ("", LOG) if os.path.exists(source + LOG) else ("",):
            for size in _copied(source + ending, target + ending):
                done += size
                shown.show(done // MEGABYTE, total // MEGABYTE)
                step()


@contextmanager
def drafting(draft: str) -> Iterator[None]:
    """Begin and end with nothing under a draft's name."""
    _remove(draft)
    try:
        yield
    finally:
        _remove(draft)


def settle(folder: str) -> None:
    """Wait until what was renamed in a folder is on the disk, where that can be waited for."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def in_family(path: str, place: Place) -> bool:
    """Whether a path is the store, or has a name that belongs to it."""
    store, real = os.path.realpath(place.store), os.path.realpath(path)
    return real == store or real.startswith(store + ".")


def size_text(size: int) -> str:
    """A size in bytes, for a person."""
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{max(1, size // 1000)} KB"


def unusable(path: str, error: OSError, what: str, otherwise: str) -> BuddyError:
    """The error for a person: `what` was not possible, and `otherwise` says what that means."""
    return BuddyError(f"{path} cannot be {what}: {error.strerror}. {otherwise}")


def _copied(source: str, target: str) -> Iterator[int]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with open(source, "rb") as read, os.fdopen(os.open(target, flags, 0o600), "wb") as written:
        while chunk := read.read(CHUNK):
            written.write(chunk)
            yield len(chunk)
        written.flush()
        os.fsync(written.fileno())


def _size(path: str) -> int:
    return os.path.getsize(path) if os.path.exists(path) else 0


def _remove(draft: str) -> None:
    for path in (draft, draft + LOG):
        with contextlib.suppress(OSError):
            os.unlink(path)

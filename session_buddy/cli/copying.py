"""Files that hold a store: copied with a bar, and put under their name when they are whole."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from session_buddy.bridge.place import Place
from session_buddy.cli.progress import bar
from session_buddy.common.atomic_io import copy_file, open_new, remove_if_present, unsafe_reason
from session_buddy.common.safe_open import open_regular
from session_buddy.errors import BuddyError, UnsafePathError

CHUNK = 8 * 1024 * 1024
MEGABYTE = 1_000_000
LOG = ".wal"
LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")
"""What DuckDB may leave beside a file when its process is killed."""
REMOVE = "Nothing was changed. Remove it, or choose another folder."


def copy_with_log(source: str, target: str, title: str, step: Callable[[], None] = lambda: None) -> None:
    """Copy a store that is not being written, and its log where it has one. `step` is called again and again.

    Raises:
        OSError: file or log cannot be read, is a link, not a regular file or another user's, or cannot be written.
    """
    total = _size(source) + _size(source + LOG)
    done = 0
    with bar(title) as shown:
        for ending in ("", LOG) if os.path.lexists(source + LOG) else ("",):
            for size in _copied(source + ending, target + ending):
                done += size
                shown.show(done // MEGABYTE, total // MEGABYTE)
                step()


@contextmanager
def drafting(draft: str) -> Iterator[None]:
    """Begin and end with nothing under a draft's name and that of its log.

    Raises:
        UnsafePathError: one of them is there and cannot be removed, since it is a folder or another user's.
    """
    _remove(draft)
    for path in (draft, draft + LOG):
        if os.path.lexists(path):
            raise UnsafePathError(f"{path} has the name of a file that is needed here. {REMOVE}")
    try:
        yield
    finally:
        _remove(draft)


@contextmanager
def private_folder(path: str) -> Iterator[str]:
    """A new folder that only this user may use, for files that DuckDB opens by their names. It is removed in the end,
    and so is the one that a process which was killed has left.

    Raises:
        UnsafePathError: something that cannot be removed has its name.
        OSError: it cannot be created.
    """
    _remove_folder(path)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        raise UnsafePathError(f"{path} has the name of a folder that is needed here. {REMOVE}") from None
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def private_copy(data_folder: str, source: str, otherwise: str) -> Iterator[str]:
    """A copy of an untrusted store, with its logs, in a new folder of the data folder. So nothing is written beside the
    file, and DuckDB follows no link there. `otherwise` ends the messages.

    Raises:
        BuddyError: a file is a link, not a regular file or another user's, or cannot be copied.
    """
    os.makedirs(data_folder, mode=0o700, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="copy-", dir=data_folder)
    copy = os.path.join(folder, os.path.basename(source))
    try:
        for ending in ("", *LOGS):
            if os.path.lexists(source + ending):
                if reason := unsafe_reason(source + ending):
                    raise BuddyError(f"{source + ending} {reason}. {otherwise}")
                copy_file(source + ending, copy + ending)
        yield copy
    except OSError as error:
        raise BuddyError(f"{error.filename or source} cannot be copied: {error.strerror}. {otherwise}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
    with os.fdopen(open_regular(source, own=True), "rb") as read, os.fdopen(open_new(target), "wb") as written:
        while chunk := read.read(CHUNK):
            written.write(chunk)
            yield len(chunk)
        written.flush()
        os.fsync(written.fileno())


def _size(path: str) -> int:
    return os.path.getsize(path) if os.path.exists(path) else 0


def _remove(draft: str) -> None:
    for path in (draft, draft + LOG):
        remove_if_present(path)


def _remove_folder(path: str) -> None:
    if os.path.isdir(path) and not unsafe_reason(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        remove_if_present(path)

"""The lock that decides which process is the hub of a store. Its file is never deleted."""

import os
import sys
import time

from session_buddy.common.safe_open import open_lock, open_regular

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class HubLock:
    """Held by one process for its life; the kernel lets go of it when that process dies, however it dies."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: str, patience: float = 0.3) -> "HubLock | None":
        """Take the lock, or return None when another process holds it.

        A client that only asks `is_held` holds it for microseconds, so one failed try proves nothing:
        it is tried again for `patience` seconds.

        Raises:
            OSError: the file cannot be opened or created, or is a link, not a regular file or another user's.
        """
        descriptor = open_lock(path, create=True)
        deadline = time.monotonic() + patience
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                os.close(descriptor)
                return None
            time.sleep(0.01)
        return cls(descriptor)

    def release(self) -> None:
        """Let go; for a process that lives on after its hub has ended."""
        os.close(self._descriptor)


def is_held(path: str) -> bool:
    """Whether some process holds the lock; False too where there is no lock file."""
    try:
        descriptor = open_lock(path, create=False)
    except OSError:
        return False
    try:
        return not _try_lock(descriptor)
    finally:
        os.close(descriptor)


def is_in_use(path: str) -> bool:
    """Whether a program holds a file as DuckDB does. Never asked where DuckDB has the file open in this very process:
    closing it here would drop that lock."""
    if sys.platform == "win32":
        return False  # there the file could not even be read
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

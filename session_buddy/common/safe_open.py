"""Open files that may exist already: no link is followed, no FIFO is waited for, no file of another user is used."""

import errno
import os
import stat
import sys

_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
# Opening a FIFO would wait for its other end; on a regular file the flag has no effect.
_FLAGS |= getattr(os, "O_NONBLOCK", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_PRIVATE = 0o600


def open_regular(path: str, *, follow_links: bool = False, own: bool = False) -> int:
    """Open a regular file for reading and return its descriptor. `own` also requires that this user owns it.

    Raises:
        OSError: it is a link, a FIFO, a device, a folder or another user's, or cannot be opened.
    """
    return _checked(os.open(path, os.O_RDONLY | _FLAGS | (0 if follow_links else _NOFOLLOW)), path, own)


def open_append(path: str) -> int:
    """Open a file of this user for appending, such as a log, and return its descriptor; a missing one is created.

    Raises:
        OSError: it is a link, has a second name, is not a regular file or another user's, or cannot be opened.
    """
    descriptor = _checked(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _FLAGS | _NOFOLLOW, _PRIVATE), path)
    if os.fstat(descriptor).st_nlink > 1:  # another file would grow under its other name
        os.close(descriptor)
        raise OSError(errno.EPERM, "has a second name (a hard link)", path)
    return descriptor


def open_lock(path: str, *, create: bool) -> int:
    """Open a lock file of this user and return its descriptor.

    Raises:
        OSError: it is a link, not a regular file or another user's, or cannot be opened.
    """
    flags = os.O_RDWR | _FLAGS | _NOFOLLOW | (os.O_CREAT if create else 0)
    return _checked(os.open(path, flags, _PRIVATE), path)


def open_device(path: str) -> int:
    """Open a character device such as `/dev/null` for writing and return its descriptor.

    Raises:
        OSError: it is something else, or cannot be opened.
    """
    descriptor = os.open(path, os.O_WRONLY | _FLAGS | _NOFOLLOW)
    if not stat.S_ISCHR(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EPERM, "is not a character device", path)
    os.set_blocking(descriptor, True)
    return descriptor


def foreign_reason(path: str) -> "str | None":
    """Return why a path must not be read: a link or a FIFO that another user put into a folder that all users may
    write to. None if there is nothing against it."""
    try:
        found, folder = os.lstat(path), os.stat(os.path.dirname(path) or ".")
    except OSError:
        return None
    if sys.platform == "win32" or not folder.st_mode & stat.S_IWOTH:
        return None
    if found.st_uid in (os.geteuid(), folder.st_uid):
        return None
    kind = "link" if stat.S_ISLNK(found.st_mode) else "FIFO" if stat.S_ISFIFO(found.st_mode) else None
    return f"is a {kind} of another user (uid {found.st_uid}) in a folder for all users" if kind else None


def _checked(descriptor: int, path: str, own: bool = True) -> int:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        reason = "is not a regular file"
    elif own and sys.platform != "win32" and found.st_uid != os.geteuid():
        reason = f"belongs to another user (uid {found.st_uid})"
    else:
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EPERM, reason, path)

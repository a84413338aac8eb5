"""Create and replace files without following links: exclusive drafts, atomic renames, private modes."""

import os
import stat
import sys

from session_buddy.common.safe_open import open_regular
from session_buddy.errors import UnsafePathError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

PRIVATE_MODE = 0o600
"""For files of the program itself: stores, spool, endpoint, logs, backups."""
SHARED_MODE = 0o644
"""The most that any other file gets; the umask of the process may take more away."""
_MAX_NAME = 200
_CHUNK = 8 * 1024 * 1024
_NEW = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def unsafe_reason(path: str) -> "str | None":
    """Return why `path` must not be used: a link, or owned by another user. None if it is safe or absent."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if stat.S_ISLNK(found.st_mode):
        return "is a link"
    if sys.platform != "win32" and found.st_uid != os.geteuid():
        return f"belongs to another user (uid {found.st_uid})"
    return None


def check_target(path: str) -> None:
    """Reject a path that must not be replaced by a file: a link, a FIFO, a device, a folder, another user's file.

    Raises:
        UnsafePathError: names the path and the reason. Nothing was written.
    """
    reason = unsafe_reason(path)
    if reason is None and os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
        reason = "is a directory" if os.path.isdir(path) else "is not a regular file"
    if reason:
        raise UnsafePathError(f"{path} {reason}. Nothing was written. Remove it, or choose another name.")


def check_folder(folder: str) -> None:
    """Reject a folder in which another user may replace our files: one that another user owns (except root), or
    that all users may write to without the sticky bit.

    Raises:
        UnsafePathError: names the folder and the reason. Nothing was written.
    """
    if sys.platform == "win32":
        return
    found = os.stat(folder)
    if found.st_uid not in (os.geteuid(), 0):
        reason = f"belongs to another user (uid {found.st_uid})"
    elif found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        reason = "can be changed by every user"
    else:
        return
    raise UnsafePathError(f"The folder {folder} {reason}. Nothing was written. Choose a folder of your own.")


def open_new(path: str, mode: int = PRIVATE_MODE) -> int:
    """Create a file that must not exist yet and return its descriptor, open for writing.

    Raises:
        FileExistsError: something, a dangling link included, has that name.
        OSError: the file cannot be created.
    """
    return os.open(path, _NEW, mode & SHARED_MODE)


class NewFile:
    """A file that appears under its name complete, or not at all. Use it as a context manager.

    The content goes to a new file with a random name in the same folder, which replaces `path` by a rename
    at the end of the context. After an exception, `path` is as it was and the draft is removed.
    `exclusive` fails instead of replacing an existing file. `durable` waits until file and folder are on the disk.

    Raises:
        UnsafePathError: `path` is a link, not a regular file, or another user's.
        FileExistsError: `exclusive` is set and `path` exists.
        OSError: the file cannot be written.
    """

    def __init__(
        self,
        path: str,
        mode: int = PRIVATE_MODE,
        *,
        text: bool = False,
        durable: bool = False,
        exclusive: bool = False,
    ) -> None:
        self.path = path
        self._mode = mode
        self._text = text
        self._durable = durable
        self._exclusive = exclusive

    def __enter__(self) -> "IO[Any]":
        check_target(self.path)
        folder, name = os.path.split(self.path)
        # The random part keeps a prepared link or an earlier draft from having the name already.
        self.draft = os.path.join(folder, f".{_beginning(name)}.{os.urandom(8).hex()}")
        descriptor = open_new(self.draft, self._mode)
        self._file: IO[Any] = (
            os.fdopen(descriptor, "w", encoding="utf-8") if self._text else os.fdopen(descriptor, "wb")
        )
        return self._file

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            with self._file:
                if kind is None:
                    self._file.flush()
                    if self._durable:
                        os.fsync(self._file.fileno())
            if kind is None:
                publish(self.draft, self.path, exclusive=self._exclusive)
                if self._durable:
                    sync_folder(os.path.dirname(self.path) or ".")
        finally:
            remove_if_present(self.draft)


def publish(draft: str, path: str, *, exclusive: bool = False) -> None:
    """Give a finished draft its final name, by a rename that follows no link.

    Raises:
        UnsafePathError: `path` is a link, not a regular file, or another user's.
        FileExistsError: `exclusive` is set and `path` exists.
        OSError: the rename failed.
    """
    check_target(path)
    if not exclusive:
        os.replace(draft, path)
        return
    try:
        os.link(draft, path, follow_symlinks=False)  # unlike a rename, it fails when the name is taken
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.replace(draft, path)


def write_file(path: str, data: bytes, mode: int = PRIVATE_MODE, *, durable: bool = False) -> None:
    """Replace or create a file with `data`; see `NewFile`."""
    with NewFile(path, mode, durable=durable) as file:
        file.write(data)


def copy_file(
    source: str, target: str, mode: int = PRIVATE_MODE, *, durable: bool = False, exclusive: bool = False
) -> None:
    """Replace or create `target` with the content of a regular file; see `NewFile`. No link is followed.

    Raises:
        UnsafePathError: `target` is a link, not a regular file, or another user's.
        FileExistsError: `exclusive` is set and `target` exists.
        OSError: `source` is not a regular file, or it cannot be read, or `target` cannot be written.
    """
    with (
        os.fdopen(open_regular(source), "rb") as file,
        NewFile(target, mode, durable=durable, exclusive=exclusive) as copy,
    ):
        while chunk := file.read(_CHUNK):
            copy.write(chunk)


def move(source: str, target: str) -> None:
    """Rename a file of this program. A link in the place of `target` is replaced and not followed.

    Raises:
        OSError: it cannot be renamed.
    """
    os.replace(source, target)


def sync_folder(folder: str) -> None:
    """Wait until renames in a folder are on the disk, where the system can wait for that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some file systems cannot sync a folder
    finally:
        os.close(descriptor)


def remove_if_present(path: str) -> None:
    """Remove a file or a link; nothing happens when it is not there or cannot be removed."""
    try:
        os.unlink(path)
    except OSError:
        pass


def move_aside(path: str, label: str) -> str:
    """Give a file, folder or link another name beside its own: `path` with `.label`, and a number if that is taken.

    Returns:
        The new path.

    Raises:
        OSError: it cannot be renamed.
    """
    target, number = f"{path}.{label}", 1
    while os.path.lexists(target):
        number += 1
        target = f"{path}.{label}-{number}"
    os.rename(path, target)
    return target


def _beginning(name: str) -> str:
    """As much of a file's name as leaves room for the rest of a draft's name. File systems count bytes."""
    return os.fsdecode(os.fsencode(name)[:_MAX_NAME])

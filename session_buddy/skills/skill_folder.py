"""The files of a skill that are served: those within its folder, and not all of those.

Not served, and not listed either:

- links, wherever they lead, and whatever is neither a file nor a folder;
- names that begin with a dot, such as `.git` and `.env`, and all that lies below them;
- what tools fill by themselves: `node_modules`, `__pycache__`;
- names that keys, passwords, states and stores go by (`secret_files`), and files that hold such under any name.
"""

import os
import stat
from typing import NamedTuple

from session_buddy.errors import BuddyError
from session_buddy.skills import secret_files

# What every host of the skills extension accepts; a server should not serve more.
MOST_FILES = 512
MOST_BYTES = 16 * 1024 * 1024
# So many names are looked at before a folder counts as too large.
MOST_NAMES = 8192

SKILL_FILE = "SKILL.md"
FILLED_BY_TOOLS = {"node_modules", "__pycache__"}

# A FIFO would hold up whoever opens it to read, a terminal would become ours.
_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_FILE |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_STEP_BY_STEP = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")

Parts = tuple[str, ...]


class UnservedError(BuddyError):
    """A skill, or a file of one, that is not served; the message says why."""


class NoFileError(UnservedError):
    """There is no such file in a skill's folder, or it is none that is served."""


class Tree(NamedTuple):
    """What of a folder is served, each by the parts of its path below the folder, in order. The folder itself is one
    of the folders: the one without parts."""

    files: tuple[Parts, ...]
    folders: tuple[Parts, ...]


def is_served(name: str) -> bool:
    """Whether a file or folder of this name may be served at all."""
    lower = name.lower()
    return not (name.startswith(".") or lower in FILLED_BY_TOOLS or secret_files.has_secret_name(name))


def scan(root: str) -> Tree:
    """What is served of a skill's folder.

    Raises:
        UnservedError: it has no SKILL.md, cannot be read, or is larger than what is served.
    """
    try:
        tree = _walk(root)
    except OSError as error:
        raise UnservedError(f"its folder cannot be read: {error.strerror}") from None
    if (SKILL_FILE,) not in tree.files:
        raise UnservedError(f"its {SKILL_FILE} is a link or no file")
    return tree


def open_file(root: str, parts: Parts) -> int:
    """A descriptor of a file in a skill's folder, which has to be the file's real place: no part of it is a link.

    Raises:
        NoFileError: there is no such file, or it is not a regular one.
    """
    try:
        found = _open_step_by_step(root, parts) if _STEP_BY_STEP else _open_and_check(root, parts)
    except (OSError, ValueError):
        raise NoFileError("it cannot be opened") from None
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise NoFileError("it is not a regular file")
    return found


def read_file(root: str, parts: Parts) -> bytes:
    """The bytes of a file in a skill's folder, as it is now.

    Raises:
        NoFileError: there is no such file, or it is not a regular one.
        UnservedError: it is larger than what is served.
    """
    with open(open_file(root, parts), "rb") as file:
        data = file.read(MOST_BYTES + 1)
    if secret_files.holds_secret(data):
        raise NoFileError("it holds a private key or is a store")
    if len(data) > MOST_BYTES:
        raise _too_large()
    return data


def _walk(root: str) -> Tree:
    files: list[Parts] = []
    folders: list[Parts] = [()]
    names = size = 0
    for folder in folders:  # grows while it is walked
        with os.scandir(os.path.join(root, *folder)) as entries:
            for entry in entries:
                names += 1
                if names > MOST_NAMES:
                    raise UnservedError(f"its folder holds more than {MOST_NAMES} names")
                if not is_served(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append((*folder, entry.name))
                elif entry.is_file(follow_symlinks=False) and not _holds_secret(root, (*folder, entry.name)):
                    files.append((*folder, entry.name))
                    size += entry.stat(follow_symlinks=False).st_size
    if len(files) > MOST_FILES or size > MOST_BYTES:
        raise _too_large()
    return Tree(tuple(sorted(files)), tuple(sorted(folders)))


def _holds_secret(root: str, parts: Parts) -> bool:
    """Whether the beginning of a file shows a secret; one that cannot be read is refused when it is asked for."""
    try:
        with open(open_file(root, parts), "rb") as file:
            return secret_files.holds_secret(file.read(secret_files.LOOKED_AT))
    except (NoFileError, OSError):
        return False


def _open_step_by_step(root: str, parts: Parts) -> int:
    folder = os.open(root, _FOLDER)
    try:
        for name in parts[:-1]:
            inner = os.open(name, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(parts[-1], _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _open_and_check(root: str, parts: Parts) -> int:
    path = os.path.join(root, *parts)
    found = os.open(path, _FILE)
    if os.path.realpath(path) != path or not os.path.samestat(os.fstat(found), os.lstat(path)):
        os.close(found)
        raise OSError("not where it seems to be")
    return found


def _too_large() -> UnservedError:
    return UnservedError(f"it has more than {MOST_FILES} files or more than {MOST_BYTES // 1024**2} MiB")

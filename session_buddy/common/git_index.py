"""Read from git's index which files below a folder git tracks. git itself is not run: it may run programs of a project.

The format is described in git's documentation, gitformat-index (versions 2 to 4).
"""

import os

from session_buddy.common.safe_open import open_regular

_HEADER = 12
_STAT = 40
_EXTENDED = 0x4000
_NAME_LENGTH = 0x0FFF
_HASH_SIZES = (20, 32)
"""Bytes of an object id: SHA-1, SHA-256."""
_MAX_BYTES = 128 * 1024 * 1024
"""An index has about 100 bytes for each file; the largest repositories have about a million."""


def tracked_files(work_tree: str, folder: str) -> "list[str]":
    """Return the paths, relative to `work_tree`, of the files below `folder` that git tracks there.

    A file that cannot be read as an index counts as tracking nothing. Most entries of a split index are in
    `sharedindex.*` files beside it; those of earlier splits count too.
    """
    index = _index_path(work_tree)
    try:
        shared = (
            [name for name in os.listdir(os.path.dirname(index)) if name.startswith("sharedindex.")] if index else []
        )
    except OSError:
        shared = []
    files = [index, *(os.path.join(os.path.dirname(index), name) for name in sorted(shared))]
    return sorted({name for file in files for name in _tracked(_read(file), folder)})


def _tracked(data: bytes, folder: str) -> "list[str]":
    # Without regard to case: on macOS and Windows, another spelling is the same folder.
    prefix = os.fsencode(folder.replace(os.sep, "/") + "/").lower()
    version = int.from_bytes(data[4:8], "big")
    # Versions 2 and 3 hold each name in full, so most repositories need no parsing.
    if data[:4] != b"DIRC" or version not in (2, 3, 4) or (version < 4 and prefix not in data.lower()):
        return []
    for hash_size in _HASH_SIZES:
        names = _names(data, version, hash_size)
        if names is not None:
            return [os.fsdecode(name) for name in names if name.lower().startswith(prefix)]
    return []


def _index_path(work_tree: str) -> str:
    marker = os.path.join(work_tree, ".git")
    if os.path.isdir(marker):
        return os.path.join(marker, "index")
    line = os.fsdecode(_read(marker, 8192)).partition("\n")[0]
    return os.path.join(work_tree, line.removeprefix("gitdir:").strip(), "index") if "\0" not in line else ""


def _read(path: str, limit: int = _MAX_BYTES) -> bytes:
    """Return the bytes of a regular file of at most `limit`, or nothing: a FIFO would wait for a writer."""
    try:
        with os.fdopen(open_regular(path, follow_links=True), "rb") as file:
            return file.read() if os.fstat(file.fileno()).st_size <= limit else b""
    except OSError:
        return b""


def _names(data: bytes, version: int, hash_size: int) -> "list[bytes] | None":
    """Return all names of the index, or None if they do not fit together with this size of an object id."""
    names, position, previous = [], _HEADER, b""
    for _ in range(int.from_bytes(data[8:12], "big")):
        entry = _entry(data, position, version, hash_size, previous)
        if entry is None:
            return None
        previous, position = entry
        names.append(previous)
    return names


def _entry(data: bytes, start: int, version: int, hash_size: int, previous: bytes) -> "tuple[bytes, int] | None":
    at = start + _STAT + hash_size
    flags = int.from_bytes(data[at : at + 2], "big")
    at += 4 if version >= 3 and flags & _EXTENDED else 2
    kept = 0
    if version == 4:
        removed, at = _offset(data, at)
        kept = len(previous) - removed
    end = data.find(b"\0", at)
    if end < 0 or kept < 0:
        return None
    name = previous[:kept] + data[at:end]
    length = flags & _NAME_LENGTH
    # In a split index, an entry that replaces an entry of the shared index has no name.
    if length != min(len(name), _NAME_LENGTH):
        return None
    # Before version 4, entries are padded with 1 to 8 NUL bytes to a multiple of 8.
    return name, end + 1 if version == 4 else start + (end - start + 8) // 8 * 8


def _offset(data: bytes, at: int) -> "tuple[int, int]":
    """Decode a number in the variable width encoding of offsets in packs: value and next position."""
    value = data[at] & 0x7F if at < len(data) else 0
    while at < len(data) and data[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (data[at] & 0x7F if at < len(data) else 0)
    return value, at + 1

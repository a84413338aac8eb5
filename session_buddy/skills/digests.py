"""Digests of files, computed once as long as a file does not change."""

import hashlib
import os
import threading
import time
from collections import OrderedDict
from typing import NamedTuple

from session_buddy.skills.skill_folder import MOST_BYTES, Parts, UnservedError, open_file

MOST_KEPT = 16_384
# Two changes within the same tick of a file system's clock look alike.
SETTLED_NS = 2_000_000_000
_CHUNK = 256 * 1024


class Digest(NamedTuple):
    """SHA-256 of a file's bytes as 64 hexadecimal digits, and how many bytes that were."""

    sha256: str
    size: int


class Digests:
    """Computes digests. May be used by several threads at once."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, Parts], tuple[tuple[int, ...], Digest]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, root: str, parts: Parts) -> Digest:
        """The digest of a file in a skill's folder.

        Raises:
            NoFileError: there is no such file, or it is not a regular one.
            UnservedError: it is larger than what is served.
        """
        with open(open_file(root, parts), "rb", buffering=0) as file:
            before = _identity(os.fstat(file.fileno()))
            with self._lock:
                if (known := self._known.get((root, parts))) and known[0] == before:
                    self._known.move_to_end((root, parts))
                    return known[1]
            sha256, size = hashlib.sha256(), 0
            while chunk := file.read(_CHUNK):
                sha256.update(chunk)
                size += len(chunk)
                if size > MOST_BYTES:
                    raise UnservedError(f"a file of it grew beyond {MOST_BYTES // 1024**2} MiB")
            digest = Digest(sha256.hexdigest(), size)
            if _identity(after := os.fstat(file.fileno())) == before and _settled(after):
                self._keep((root, parts), before, digest)
            return digest

    def _keep(self, key: tuple[str, Parts], identity: tuple[int, ...], digest: Digest) -> None:
        with self._lock:
            self._known[key] = identity, digest
            self._known.move_to_end(key)
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)


def _identity(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _settled(found: os.stat_result) -> bool:
    return time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > SETTLED_NS

"""A private copy of a store's file and log, and the ways in which a damaged one may be read."""

import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from session_buddy.common.atomic_io import copy_file, remove_if_present, write_file
from session_buddy.store.recovery import blocks, headers, log
from session_buddy.store.recovery.blocks import BLOCK, HEADERS, SUM, checksum
from session_buddy.store.recovery.headers import Database
from session_buddy.store.recovery.log import Head

_BAD_BLOCK = re.compile(r"does not match stored checksum \d+ in block at location (\d+)")
# So many bytes of the file's identifier may be wrong in a log that is still taken for the file's own.
_WRONG_BYTES = 3


class Way(NamedTuple):
    """Headers and a log to try the copy with. `left_out` is how many bytes of the log are not used; `rebuilt` tells
    that the headers are not the file's own newest ones."""

    headers: bytes
    log: bytes
    left_out: int
    rebuilt: bool = False

    def without_log(self, size: int) -> "Way":
        return self._replace(log=b"", left_out=size)


class DamagedFile:
    """The copy at `path`. `fresh` are the headers of a new file of this DuckDB."""

    def __init__(self, path: str, fresh: bytes) -> None:
        self.path = path
        self._fresh = fresh
        self._size = _pad(path)
        self._log = _read(path + ".wal")
        self._patched: dict[int, bytes] = {}
        with open(path, "r+b") as file:
            before = file.read(HEADERS)
            self.is_store = headers.is_known(before)
            if not self.is_store:
                self.is_store = self._has_sound_block(file)
            self.damaged = blocks.mend_all(file, self._size) if self.is_store else []
            file.seek(0)
            self._headers = file.read(HEADERS)
            # The headers that are found say that there is no such block; those that are made anew point to it.
            file.seek(self._size)
            file.write(headers.list_of_blocks((self._size - HEADERS) // BLOCK))
        self.log_size = len(self._log)

    @property
    def headers_are_sound(self) -> bool:
        return not any(offset < HEADERS for offset in self.damaged)

    def ways(self) -> Iterator[Way]:
        """Every way to read the copy, the likeliest first."""
        head = log.read_head(self._log)
        main = headers.main_header(self._headers, self._fresh, head.identifier if head else None)
        known = headers.databases(self._headers)
        if known:
            yield self._own_way(main, known[0], head)
        with open(self.path, "rb") as file:
            found = list(headers.roots(file, self._size))
        iteration = head.iteration if head else max((one.iteration for one in known), default=0) + 1
        count = (self._size - HEADERS) // BLOCK
        others = [one._replace(iteration=iteration) for one in known[1:]]
        others += [
            headers.rebuilt(self._fresh, iteration, root, count + 1)
            for root in found
            if root not in {one.catalogue for one in known}
        ]
        for other in others:
            yield self._other_way(main, other)

    def log_alone(self, new: str) -> None:
        """Make the copy a new store, `new`, with nothing but the rows of the log. Nothing comes back from this."""
        copy_file(new, self.path)
        with open(new, "rb") as file:
            fresh = file.read(HEADERS)
        head = Head(headers.identifier(fresh), headers.databases(fresh)[0].iteration)
        write_file(self.path + ".wal", head.written() + log.rows_alone(self._log))

    def put(self, way: Way) -> None:
        """Make the copy what this way says; corrections of checksums are taken back."""
        with open(self.path, "r+b") as file:
            for offset, summed in self._patched.items():
                file.seek(offset)
                file.write(summed)
            self._patched.clear()
            file.seek(0)
            file.write(way.headers)
        if way.log:
            write_file(self.path + ".wal", way.log)
        else:
            remove_if_present(self.path + ".wal")

    def accept_block(self, message: str) -> bool:
        """Let DuckDB read the damaged block that its message names; False when it names none that is new."""
        found = _BAD_BLOCK.search(message)
        return found is not None and self._accept(int(found[1]))

    def accept_blocks(self, numbers: list[int]) -> bool:
        """Let DuckDB read these blocks even where they are damaged; False when none of them is."""
        return sum(self._accept(HEADERS + number * BLOCK) for number in numbers) > 0

    def accept_all(self) -> None:
        for offset in self.damaged:
            self._accept(offset)

    def _accept(self, offset: int) -> bool:
        if offset < HEADERS or offset in self._patched or offset not in self.damaged:
            return False
        with open(self.path, "r+b") as file:
            file.seek(offset)
            block = file.read(BLOCK)
            self._patched[offset] = block[:SUM]
            file.seek(offset)
            file.write(struct.pack("<Q", checksum(block[SUM:])))
        return True

    def _own_way(self, main: bytes, database: Database, head: Head | None) -> Way:
        """By the newest database header, which the log was written for."""
        if not self._log:
            return Way(headers.written(main, database), b"", 0)
        mended = log.mend(self._log)
        own = Head(headers.identifier(main), database.iteration)
        if head and not _is_damaged(head, own):
            own = head
        return Way(headers.written(main, database), own.written() + mended.entries, mended.left_out)

    def _other_way(self, main: bytes, database: Database) -> Way:
        """By an older catalogue: the log's rows can be added, but its deletions mean rows of another state."""
        if not self._log:
            return Way(headers.written(main, database), b"", 0, True)
        mended = log.mend(self._log, keep_deletions=False)
        own = Head(headers.identifier(main), database.iteration)
        return Way(headers.written(main, database), own.written() + mended.entries, mended.left_out, True)

    def _has_sound_block(self, file: BinaryIO) -> bool:
        for offset in range(HEADERS, self._size, BLOCK):
            file.seek(offset)
            if blocks.is_sound(file.read(BLOCK)):
                return True
        return False


def _is_damaged(head: Head, own: Head) -> bool:
    """Whether a log's head differs from what it should be by damage; a log of the checkpoint before this one, or of
    another file, is DuckDB's to judge."""
    wrong = sum(ours != theirs for ours, theirs in zip(own.identifier, head.identifier, strict=True))
    if wrong:
        return wrong <= _WRONG_BYTES
    return head.iteration not in (own.iteration, own.iteration - 1)


def _pad(path: str) -> int:
    """Give a file that was cut off its full length in zeros, which is what many blocks end with; returns the length."""
    size = os.path.getsize(path)
    blocks_begun = -(-max(0, size - HEADERS) // BLOCK)
    full = HEADERS + blocks_begun * BLOCK
    os.truncate(path, full)
    return full


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""

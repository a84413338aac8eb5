"""The three headers of a DuckDB file, and what can be put in the place of damaged ones.

The main header names the format and the file. Of the two database headers the one with the higher number of its
checkpoint counts; it points to the catalogue.
"""

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from session_buddy.store.recovery.blocks import BLOCK, HEADER, HEADERS, SUM, is_sound, with_sum

_MAGIC = slice(SUM, SUM + 4)
_IDENTIFIER = slice(124, 140)
_FIELDS = struct.Struct("<7Q")
_LAST = (1 << 64) - 1
# Metadata lies in parts of a block; each begins with a pointer to the next. The catalogue's first part begins with
# the list of its entries, the first of which is a schema.
_PARTS = 64
_PART = (BLOCK - SUM) // _PARTS // 8 * 8
_CATALOGUE = re.compile(rb"\x64\x00[\x80-\xff]{0,4}[\x00-\x7f]\x63\x00\x02\x64\x00", re.DOTALL)
_MOST_ROOTS = 6


class Database(NamedTuple):
    """What a database header says."""

    iteration: int
    catalogue: int
    free_list: int
    blocks: int
    block_size: int
    vector_size: int
    compatibility: int


def of_a_new_file(path: str) -> bytes:
    """The headers of a DuckDB file that is as it should be."""
    with open(path, "rb") as file:
        return file.read(HEADERS)


def is_known(headers: bytes) -> bool:
    """Whether anything about the headers says that this is a DuckDB file."""
    return headers[_MAGIC] == b"DUCK" or any(
        is_sound(headers[begin : begin + HEADER]) for begin in (0, HEADER, 2 * HEADER)
    )


def identifier(headers: bytes) -> bytes:
    """What the file's log names it by."""
    return headers[_IDENTIFIER]


def main_header(headers: bytes, fresh: bytes, identity: bytes | None) -> bytes:
    """The main header as it is, or a new one in its place; `identity` is what the log says the file's is."""
    own = headers[:HEADER]
    if own[_MAGIC] == b"DUCK" and is_sound(own):
        return own
    content = bytearray(fresh[:HEADER])
    content[_IDENTIFIER] = identity or own[_IDENTIFIER].ljust(16, b"\0")
    return with_sum(bytes(content[SUM:]))


def databases(headers: bytes) -> list[Database]:
    """The database headers that are sound, the newest first."""
    found = [headers[begin : begin + HEADER] for begin in (HEADER, 2 * HEADER)]
    sound = [Database(*_FIELDS.unpack_from(header, SUM)) for header in found if is_sound(header)]
    return sorted(sound, key=lambda database: -database.iteration)


def roots(file: BinaryIO, size: int) -> Iterator[int]:
    """Pointers to what looks like a catalogue, those that lie last first."""
    found: list[int] = []
    for number in range((size - HEADERS) // BLOCK):
        file.seek(HEADERS + number * BLOCK)
        block = file.read(BLOCK)
        parts = (part for part in range(_PARTS) if _CATALOGUE.match(block, SUM + part * _PART + 8))
        found.extend(number | part << 56 for part in parts)
    yield from found[: -_MOST_ROOTS - 1 : -1]


def rebuilt(fresh: bytes, iteration: int, catalogue: int, blocks: int) -> Database:
    """A database header for a catalogue that was found without one; the file's last block is the one that
    `list_of_blocks` gives."""
    model = databases(fresh)[0]
    return model._replace(iteration=iteration, catalogue=catalogue, free_list=blocks - 1, blocks=blocks)


def list_of_blocks(number: int) -> bytes:
    """A block, with this number, that says of all blocks before it that they may hold metadata: no block is free,
    none is shared, and then each block with the parts of it that are free (none)."""
    fields = [0, 0, number, *(field for block in range(number) for field in (block, 0))]
    stream = struct.pack(f"<{len(fields)}Q", *fields)
    held = _PART - 8
    pieces = [stream[begin : begin + held].ljust(held, b"\0") for begin in range(0, len(stream), held)][:_PARTS]
    following = [number | part << 56 for part in range(1, len(pieces))]
    parts = [struct.pack("<Q", point) + piece for point, piece in zip([*following, _LAST], pieces, strict=True)]
    return with_sum(b"".join(parts).ljust(BLOCK - SUM, b"\0"))


def written(main: bytes, database: Database) -> bytes:
    """All three headers; both database headers are this one."""
    content = _FIELDS.pack(*database).ljust(HEADER - SUM, b"\0")
    older = _FIELDS.pack(*database._replace(iteration=max(0, database.iteration - 1))).ljust(HEADER - SUM, b"\0")
    return main + with_sum(content) + with_sum(older)

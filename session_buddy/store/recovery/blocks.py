"""Blocks of a DuckDB file: where they lie, their checksums, and setting right what a flipped bit did.

The layout is that of DuckDB 2 (`single_file_block_manager.cpp`, `checksum.cpp`): three headers of 4,096 bytes, then
blocks of 262,144 bytes, each beginning with the checksum of the rest.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

HEADER = 4_096
HEADERS = 3 * HEADER
BLOCK = 262_144
SUM = 8

_WORD = (1 << 64) - 1
_SEED = 5_381
_FACTOR = 0xBF58476D1CE4E5B9
_INVERSE = pow(_FACTOR, -1, 1 << 64)
_TAIL_FACTOR = 0xC6A4A7935BD1E995
_TAIL_SEED = 0xE17A1465
# How likely it may be that a correction is not the right one.
_DOUBT = 2.0**-12


def checksum(data: bytes) -> int:
    """DuckDB's checksum: a product for each word of eight bytes and a hash of what is left, joined by XOR."""
    whole = len(data) // 8 * 8
    result = _SEED ^ int(np.bitwise_xor.reduce(_products(data[:whole]), initial=0))
    return result ^ _tail_hash(data[whole:]) if len(data) > whole else result


def mended(summed: int, data: bytes) -> bytes | None:
    """The data that `summed` is the checksum of, where one byte of either was changed; None when more was, or when it
    is not certain which.

    The product of a word passes a change on to higher bits only. So a change in the high bytes of a word could as well
    have happened in any other word, and only one in its low bytes tells where it happened.
    """
    found = checksum(data)
    change = found ^ summed
    if change == 0 or _is_of_the_sum(change):
        return data
    whole = len(data) // 8 * 8
    words = np.frombuffer(data[:whole], "<u8")
    originals = (_products(data[:whole]) ^ np.uint64(change)) * np.uint64(_INVERSE)
    possible = [int(place) for place in np.flatnonzero(_in_one_byte(words ^ originals))]
    if len(possible) == 1 and _is_certain(int(words[possible[0]] ^ originals[possible[0]]), len(words)):
        place = possible[0] * 8
        return data[:place] + struct.pack("<Q", int(originals[possible[0]])) + data[place + 8 :]
    if possible or whole == len(data):
        return None
    return _mended_tail(change ^ _tail_hash(data[whole:]), data, whole)


def _is_of_the_sum(change: int) -> bool:
    """Whether the checksum itself was changed: a change of the data would reach higher bytes as well."""
    return change < 1 << 40 and bool(_in_one_byte(np.array([change], dtype=np.uint64))[0])


def _is_certain(change: int, words: int) -> bool:
    """Whether hardly any other change of one of so many words gives the same checksum."""
    lowest = ((change & -change).bit_length() - 1) // 8
    others = 8 * (8 - lowest) if change.bit_count() == 1 else 256 * (8 - lowest)
    return words * others / 2.0 ** (8 * (8 - lowest)) <= _DOUBT


def places(size: int) -> Iterator[tuple[int, int]]:
    """(offset, length) of the headers and blocks of a file of this size."""
    for number in range(3):
        yield number * HEADER, HEADER
    for offset in range(HEADERS, size, BLOCK):
        yield offset, BLOCK


def is_sound(block: bytes) -> bool:
    return len(block) > SUM and checksum(block[SUM:]) == struct.unpack_from("<Q", block)[0]


def with_sum(data: bytes) -> bytes:
    """A block or header of this content."""
    return struct.pack("<Q", checksum(data)) + data


def mend_all(file: BinaryIO, size: int) -> list[int]:
    """Set right in place what can be; returns the offsets of those headers and blocks that stay damaged."""
    damaged = []
    for offset, length in places(size):
        file.seek(offset)
        block = file.read(length)
        if is_sound(block):
            continue
        data = mended(struct.unpack_from("<Q", block)[0], block[SUM:])
        if data is None:
            damaged.append(offset)
        else:
            file.seek(offset)
            file.write(with_sum(data))
    return damaged


def _products(data: bytes) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    return np.frombuffer(data, "<u8") * np.uint64(_FACTOR)


def _in_one_byte(
    changes: "np.ndarray[tuple[int], np.dtype[np.uint64]]",
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Where a change lies within one byte."""
    found = np.zeros(len(changes), dtype=np.bool_)
    for place in range(8):
        found |= (changes & np.uint64(_WORD & ~(255 << 8 * place))) == 0
    return found


def _tail_hash(tail: bytes) -> int:
    """MurmurHash64A of up to seven bytes."""
    result = _TAIL_SEED ^ len(tail) * _TAIL_FACTOR & _WORD
    result = (result ^ int.from_bytes(tail, "little")) * _TAIL_FACTOR & _WORD
    result = (result ^ result >> 47) * _TAIL_FACTOR & _WORD
    return result ^ result >> 47


def _mended_tail(wanted: int, data: bytes, whole: int) -> bytes | None:
    """With another byte among the last seven; a hash of 64 bits leaves no doubt about it."""
    tail = bytearray(data[whole:])
    for place, before in enumerate(tail):
        for value in range(256):
            tail[place] = value
            if _tail_hash(bytes(tail)) == wanted:
                return data[:whole] + bytes(tail)
        tail[place] = before
    return None

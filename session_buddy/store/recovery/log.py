"""DuckDB's write-ahead log: what of a damaged one can be applied.

The layout is that of DuckDB 2 (`write_ahead_log.cpp`, `wal_replay.cpp`): a head with the identifier of the file and
the number of its checkpoint, then entries of size, checksum (eight bytes each) and content. An entry names a table,
holds rows for the table that was named last, or ends a transaction.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from session_buddy.store.recovery.blocks import checksum, mended

_HEAD = b"\x64\x00\x62\x65\x00\x02\x66\x00\x10"
_ITERATION = b"\x67\x00"
_END = b"\xff\xff"
_BEGIN = b"\x64\x00"
_FRAME = 16
_LONGEST_HEAD = 80

_USE_TABLE, _INSERT, _DELETE, _UPDATE, _ROW_GROUP, _FLUSH = 25, 26, 27, 28, 29, 100
_ROWS = {_INSERT, _DELETE, _UPDATE, _ROW_GROUP}
# What is made anew anyway; its table may be among what was lost.
_DERIVED = ("vector_", "classifier", "model")


class Head(NamedTuple):
    """Which file a log belongs to, and to which of its checkpoints."""

    identifier: bytes
    iteration: int
    length: int = 0

    def written(self) -> bytes:
        identifier = b"".join(_varint(byte) for byte in self.identifier)
        return _HEAD + identifier + _ITERATION + _varint(self.iteration) + _END


class Mended(NamedTuple):
    """The entries that can be applied, without a head, and how many bytes of the log are lost: not what is left out
    because it is not needed (deletions, and rows of tables that are made anew).

    `whole` tells that nothing is missing: then deletions mean the rows that they were meant for.
    """

    entries: bytes
    left_out: int
    whole: bool


class _Entry(NamedTuple):
    content: bytes
    begin: int
    end: int

    @property
    def kind(self) -> int:
        return self.content[2]

    def written(self) -> bytes:
        return struct.pack("<QQ", len(self.content), checksum(self.content)) + self.content


def read_head(data: bytes) -> Head | None:
    """The head of a log, if it is one."""
    if not data.startswith(_HEAD):
        return None
    position = len(_HEAD)
    values = []
    for _ in range(16):
        value, position = _read_varint(data, position)
        values.append(value)
    if data[position : position + 2] != _ITERATION or max(values) > 255:
        return None
    iteration, position = _read_varint(data, position + 2)
    if data[position : position + 2] != _END:
        return None
    return Head(bytes(values), iteration, position + 2)


def mend(data: bytes, keep_deletions: bool = True) -> Mended:
    """What of a log can be applied to the file as it was at the log's beginning."""
    begin, entries = _all(data)
    applicable, needless, whole = _applicable(entries, begin, keep_deletions)
    kept = _finished(applicable)
    written = b"".join(entry.written() for entry in kept)
    accounted = sum(entry.end - entry.begin for entry in (*kept, *needless))
    return Mended(written, len(data) - accounted - begin, whole)


def rows_alone(data: bytes) -> bytes:
    """The entries that add rows to tables of every store, for a file that has nothing in it yet."""
    kept, wanted, position = [], False, 0
    for entry in _all(data)[1]:
        if entry.kind == _USE_TABLE:
            wanted = not _table_of(entry).startswith(_DERIVED)
        elif entry.begin != position:
            wanted = False
        position = entry.end
        if entry.kind == _FLUSH or (wanted and entry.kind in (_USE_TABLE, _INSERT)):
            kept.append(entry)
    return b"".join(entry.written() for entry in _finished(kept))


def _all(data: bytes) -> tuple[int, list[_Entry]]:
    """Where the entries should begin, and those that can be read."""
    head = read_head(data)
    if head and _entry_at(data, head.length):
        return head.length, list(_entries(data, head.length))
    first = _next_entry(data, 0, len(data))
    if first is None:
        return 0, []
    return (first if first < _LONGEST_HEAD else 0), list(_entries(data, first))


def _finished(entries: list[_Entry]) -> list[_Entry]:
    """Without a transaction at the end that was not finished."""
    while entries and entries[-1].kind != _FLUSH:
        entries = entries[:-1]
    return entries


def _applicable(entries: list[_Entry], position: int, keep_deletions: bool) -> tuple[list[_Entry], list[_Entry], bool]:
    """The entries whose meaning is certain, those that are not needed, and whether there is no gap. Behind a gap,
    certain are rows once their table is named, and no deletion, for rows are deleted by their numbers."""
    kept: list[_Entry] = []
    needless: list[_Entry] = []
    whole, named, derived = True, True, False
    for entry in entries:
        if entry.begin != position:
            whole, named = False, False
        position = entry.end
        if entry.kind == _USE_TABLE:
            named, derived = True, not whole and _table_of(entry).startswith(_DERIVED)
        unneeded = {*_ROWS, _USE_TABLE} if derived else {_DELETE, _UPDATE} if not (whole and keep_deletions) else ()
        if entry.kind in unneeded:
            needless.append(entry)
        elif named or entry.kind not in _ROWS:
            kept.append(entry)
    return kept, needless, whole


def _entries(data: bytes, position: int) -> Iterator[_Entry]:
    """All entries that are as they were written, or can be set right."""
    while position < len(data):
        entry = _entry_at(data, position)
        if entry is None:
            following = _next_entry(data, position + 1, len(data))
            entry = _mended_entry(data, position, following if following is not None else len(data))
            if entry is None:
                if following is None:
                    return
                position = following
                continue
        yield entry
        position = entry.end


def _entry_at(data: bytes, position: int) -> _Entry | None:
    content = _content(data, position)
    if content is None or checksum(content) != struct.unpack_from("<Q", data, position + 8)[0]:
        return None
    return _Entry(content, position, position + _FRAME + len(content))


def _content(data: bytes, position: int) -> bytes | None:
    if position + _FRAME > len(data):
        return None
    (size,) = struct.unpack_from("<Q", data, position)
    begin, end = position + _FRAME, position + _FRAME + size
    if size < 5 or end > len(data) or data[begin : begin + 2] != _BEGIN or data[end - 2 : end] != _END:
        return None
    return data[begin:end]


def _next_entry(data: bytes, begin: int, end: int) -> int | None:
    """Where the next sound entry begins, from `begin` on and before `end`."""
    found = data.find(_BEGIN, begin + _FRAME)
    while 0 <= found < end + _FRAME:
        if _entry_at(data, found - _FRAME):
            return found - _FRAME
        found = data.find(_BEGIN, found + 1)
    return None


def _mended_entry(data: bytes, begin: int, end: int) -> _Entry | None:
    """The entry between two places, if a few bytes of it are wrong and its checksum tells which."""
    if end - begin < _FRAME + 5:
        return None
    size, summed = struct.unpack_from("<QQ", data, begin)
    whole = data[begin + _FRAME : end]
    sizes = {len(whole)} | ({size} if size <= len(whole) else set())
    for length in sorted(sizes):
        content = mended(summed, whole[:length])
        if content and content.startswith(_BEGIN) and content.endswith(_END):
            return _Entry(content, begin, begin + _FRAME + length)
    return None


def _table_of(entry: _Entry) -> str:
    """The table's name is the last text of an entry that names one."""
    return entry.content.rstrip(b"\xff").rpartition(b"main")[2][1:].decode("ascii", "replace")


def _varint(value: int) -> bytes:
    written = b""
    while value > 127:
        written += bytes([value & 127 | 128])
        value >>= 7
    return written + bytes([value])


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 64, 7):
        byte = data[position] if position < len(data) else 0
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            break
    return value, position

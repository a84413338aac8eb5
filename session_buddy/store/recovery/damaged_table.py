"""Reading a table around its damaged parts."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from session_buddy.store.recovery.requests import Reading, UnreadableError
from session_buddy.store.table_rows import Table

# A quarter of a row group, which keeps an answer small even where texts are long.
STEP = 4_096
VECTOR = 2_048
# Where a table's length cannot be read, it is looked for in so many steps behind the last one that had rows.
_BLIND_STEPS = 16
# How many single rows are tried before a vector of them is given up.
_SAMPLES = 4

Row = dict[str, Any]


class Extent(NamedTuple):
    """How many rows a table has, and the highest number of one; None when that cannot be read."""

    rows: int | None
    last: int | None


class DamagedTable:
    """A table of which some ranges, or some columns of them, cannot be read."""

    def __init__(self, reading: Reading, table: Table, columns: list[str], essential: set[str]) -> None:
        self._reading = reading
        self._table = table
        self._columns = columns
        self._essential = [name for name in columns if name in essential]

    def extent(self) -> Extent:
        try:
            return Extent(*self._reading.ask({"ask": "extent", "table": self._table.name}))
        except UnreadableError:
            return Extent(None, None)

    def rows(self, extent: Extent) -> Iterator[list[str]]:
        """What can be read, in batches of JSON texts. A row has all essential columns, and those of the others that
        could be read."""
        first, empty = 0, 0
        last = extent.last if extent.last is not None else (extent.rows or 0) - 1
        while first <= last or (extent.rows is None and empty < _BLIND_STEPS):
            found = False
            for batch in self._range(first, first + STEP - 1):
                found = found or bool(batch)
                yield batch
            empty = 0 if found else empty + 1
            first += STEP

    def _range(self, first: int, last: int) -> Iterator[list[str]]:
        batch = self._read(self._columns, first, last)
        if batch is not None:
            yield batch
        elif last - first + 1 > VECTOR:
            middle = (first + last + 1) // 2
            yield from self._range(first, middle - 1)
            yield from self._range(middle, last)
        else:
            yield from self._vector(first, last)

    def _vector(self, first: int, last: int) -> Iterator[list[str]]:
        """The columns that can be read; where essential ones cannot, the rows one by one if some can be read so."""
        readable = [name for name in self._columns if self._read([name], first, last) is not None]
        if set(self._essential) <= set(readable):
            if (batch := self._read(readable, first, last)) is not None:
                yield batch
            return
        step = max(1, (last - first + 1) // _SAMPLES)
        if any(self._read(self._essential, row, row) for row in range(first, last + 1, step)):
            yield from self._single_rows(first, last)

    def _single_rows(self, first: int, last: int) -> Iterator[list[str]]:
        for columns in (self._columns, self._essential):
            batch = self._read(columns, first, last)
            if batch is not None:
                yield batch
                return
        if first < last:
            middle = (first + last + 1) // 2
            yield from self._single_rows(first, middle - 1)
            yield from self._single_rows(middle, last)

    def _read(self, columns: list[str], first: int, last: int) -> list[str] | None:
        request = {"ask": "rows", "table": self._table, "columns": columns, "first": first, "last": last}
        try:
            return [row for _, row in self._reading.ask(request)]
        except UnreadableError:
            return None

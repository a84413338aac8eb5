"""The files that `import` takes besides JSON Lines, as lines: the document that `export --format json` writes, and the
files of earlier trackers, one JSON document or a SQLite file."""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from session_buddy.errors import BuddyError

# The first line of such a document says what it is, whatever wrote it: it is no complete object, or it is all of it.
_MARK = b'"invocations"'
_SQLITE = b"SQLite format 3\0"
# Only the document that `export` writes has both.
_OWN = ("skills", "recommendations")
LINE, ROW = "line", "row"


class Lines:
    """The lines to import, and what a person calls one of them."""

    def __init__(self, file: BinaryIO, noun: str = LINE) -> None:
        self.file = file
        self.noun = noun


def as_lines(file: BinaryIO, name: str = "-") -> Lines:
    """The file itself, or the lines that its one document or its table stands for. `name` is the file's path.

    Raises:
        BuddyError: it is a SQLite file that cannot be read.
    """
    head = file.readline()
    if head.startswith(_SQLITE):
        return Lines(_tracked(_rows(name)), ROW)
    if not _may_begin(head):
        return Lines(_Rejoined(head, file))  # type: ignore[arg-type]
    data = head + file.read()
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return Lines(io.BytesIO(data))
    found = document.get("invocations") if isinstance(document, dict) else None
    if not isinstance(found, list | dict):
        return Lines(io.BytesIO(data))
    if isinstance(found, list) and all(isinstance(document.get(name), list) for name in _OWN):
        return Lines(io.BytesIO(b"".join(json.dumps(record).encode() + b"\n" for record in _records(document))))
    return Lines(_tracked(found if isinstance(found, list) else list(found.values())), ROW)


def _may_begin(head: bytes) -> bool:
    if not head.lstrip().startswith(b"{"):
        return False
    if _MARK in head:
        return True
    try:
        json.loads(head)
    except (ValueError, RecursionError):
        return True
    return False


def _records(document: dict[str, Any]) -> Iterator[Any]:
    yield from ({"skill": skill} for skill in document["skills"])
    yield from document["invocations"]


def _tracked(records: list[Any]) -> BinaryIO:
    from session_buddy.skills import tracker_records

    return io.BytesIO(b"".join(tracker_records.as_lines(records)))


def _rows(name: str) -> list[Any]:
    from session_buddy.skills.tracker_records import FIELDS
    from session_buddy.store import tracker_file

    if name == "-":
        raise BuddyError("A SQLite file cannot be read from standard input; give its name. Nothing was imported.")
    if tracker_file.unread_changes(name):
        print(
            f"{name}-wal holds changes that are not in the file yet and were not read: end the program that writes it, "
            "and import again.",
            file=sys.stderr,
        )
    return tracker_file.read(name, FIELDS)


class _Rejoined:
    """A file of which the first line was read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def __iter__(self) -> Iterator[bytes]:
        if self._head:
            yield self._head
        yield from self._rest

    def read(self) -> bytes:
        return self._head + self._rest.read()

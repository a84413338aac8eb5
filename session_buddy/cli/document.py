"""The document that `export --format json` writes, as lines of an import file."""

import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

# The first line of such a document says what it is, whatever wrote it: it is no complete object, or it is all of it.
_MARK = b'"invocations"'


def as_lines(file: BinaryIO) -> BinaryIO:
    """The file itself, or the lines that its one document stands for."""
    head = file.readline()
    if not _may_begin(head):
        return _Rejoined(head, file)  # type: ignore[return-value]
    data = head + file.read()
    try:
        document = json.loads(data)
    except ValueError:
        return io.BytesIO(data)
    if not isinstance(document, dict) or not isinstance(document.get("invocations"), list):
        return io.BytesIO(data)
    return io.BytesIO(b"".join(json.dumps(record).encode() + b"\n" for record in _records(document)))


def _may_begin(head: bytes) -> bool:
    if not head.lstrip().startswith(b"{"):
        return False
    if _MARK in head:
        return True
    try:
        json.loads(head)
    except ValueError:
        return True
    return False


def _records(document: dict[str, Any]) -> Iterator[Any]:
    skills = document.get("skills")
    yield from ({"skill": skill} for skill in (skills if isinstance(skills, list) else []))
    yield from document["invocations"]


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

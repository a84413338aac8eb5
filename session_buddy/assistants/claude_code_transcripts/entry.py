"""One record of a transcript, looked at without trust: whatever has an unexpected type is as if it were absent."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

MOST_ID = 256
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_LAST = datetime(2200, 1, 1, tzinfo=UTC)

Block = dict[str, Any]


def parse(line: bytes) -> "Entry | None":
    """The record that a line holds; None where it holds none."""
    try:
        # Strictly read, a control character in a text would cost the whole record.
        record = json.loads(line.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None
    return Entry(record) if isinstance(record, dict) else None


class Entry:
    """A record. Ids are printable and short, or None; times are in UTC."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.record = record
        message = record.get("message")
        self._message: dict[str, Any] = message if isinstance(message, dict) else {}

    def id(self, name: str) -> str | None:
        return as_id(self.record.get(name))

    def is_set(self, name: str) -> bool:
        return self.record.get(name) is True

    @property
    def kind(self) -> str:
        """user, assistant, system, or whatever else there is."""
        kind = self.record.get("type")
        return kind if isinstance(kind, str) else ""

    @property
    def moment(self) -> datetime | None:
        value = self.record.get("timestamp")
        if not isinstance(value, str) or len(value) > 40:
            return None
        try:
            moment = datetime.fromisoformat(value)
            moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return moment if _FIRST <= moment <= _LAST else None

    @property
    def written_time(self) -> str:
        """The time as it stands in the record, where that is a short text; the same in every copy of the record."""
        return as_id(self.record.get("timestamp")) or ""

    @property
    def record_id(self) -> str | None:
        """What the record is known by in every copy of it; those in a fork have ids of their own."""
        return as_id(self._forked.get("messageUuid")) or self.id("uuid")

    @property
    def session_id(self) -> str | None:
        """The session that it was written in first."""
        is_copy = as_id(self._forked.get("messageUuid")) is not None
        return (as_id(self._forked.get("sessionId")) if is_copy else None) or self.id("sessionId")

    @property
    def _forked(self) -> dict[str, Any]:
        forked = self.record.get("forkedFrom")
        return forked if isinstance(forked, dict) else {}

    @property
    def cwd(self) -> str | None:
        """The folder, where it can be one of this machine."""
        value = self.record.get("cwd")
        return value if isinstance(value, str) and len(value) <= 4096 and _is_path(value) else None

    @property
    def stop_reason(self) -> str | None:
        value = self._message.get("stop_reason")
        return value if isinstance(value, str) else None

    @property
    def is_synthetic(self) -> bool:
        """Whether the assistant's program said this, and not the model."""
        return self._message.get("model") == "<synthetic>"

    @property
    def is_error(self) -> bool:
        """Whether the assistant could not go on because of an error of its own."""
        return self.is_set("isApiErrorMessage")

    def blocks(self, kind: str) -> Iterator[Block]:
        """The parts of the message of one kind; a message that is a plain text has one part."""
        content = self._message.get("content", self.record.get("content"))
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        if isinstance(content, list):
            yield from (block for block in content if isinstance(block, dict) and block.get("type") == kind)

    @property
    def texts(self) -> list[str]:
        return [text for block in self.blocks("text") if isinstance(text := block.get("text"), str) and text.strip()]

    @property
    def tool_result(self) -> dict[str, Any]:
        """What the assistant keeps of a tool's result for itself."""
        value = self.record.get("toolUseResult")
        return value if isinstance(value, dict) else {}


def as_id(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= MOST_ID and value.isprintable() else None


def _is_path(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character
        return False
    return "\0" not in text and os.path.isabs(text)

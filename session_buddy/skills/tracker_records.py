"""Records of earlier trackers, as lines of an import file.

What their fields hold is understood where it is plain: unknown fields are left out, nulls and blank texts are as if
they were not there, 0 and 1 are false and true, lists may be JSON or separated by commas, times may be seconds or
milliseconds since 1970. A time without an offset is local time of the machine that imports it, where such a tracker
ran. What is not understood stays as it is, and is reported as a bad row.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from session_buddy.store.ids import derived_id

TEXTS = ("skill_name", "user_query", "session_id", "workflow_path", "workflow_phase", "error_type")
LISTS = ("alternatives_considered", "follow_up_actions")
NUMBERS = ("duration_seconds", "selection_rank")
FIELDS = (*TEXTS, *LISTS, *NUMBERS, "invoked_at", "completed", "invocation_id")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# From here on a number is of milliseconds: as seconds it would lie in the year 5138.
_MILLISECONDS = 1e11


def as_lines(records: Iterable[Any]) -> Iterator[bytes]:
    """One line a record. A record without a UUID gets an id from its content and its number among equal ones, so that
    importing it again, from whichever kind of file, changes nothing."""
    seen: Counter[str] = Counter()
    for record in records:
        if isinstance(record, dict):
            line = {name: value for name in FIELDS if (value := _value(name, record.get(name))) is not None}
            content = json.dumps(line, sort_keys=True, default=str)
            seen[content] += 1
            if "invocation_id" not in line:
                line["invocation_id"] = str(_identity(content, seen[content], line.get("invoked_at")))
            if isinstance(moment := line.get("invoked_at"), datetime):
                line["invoked_at"] = _absolute(moment)
            record = line
        yield json.dumps(record, default=str).encode() + b"\n"


def _value(name: str, value: Any) -> Any:
    if name in LISTS:
        return _list(value)
    if isinstance(value, str) and not value.strip():
        return None
    if name in NUMBERS:
        return _number(value, whole=name == "selection_rank")
    if name == "completed":
        return _boolean(value)
    if name == "invoked_at":
        return _moment(value)
    return _uuid(value) if name == "invocation_id" else value


def _list(value: Any) -> Any:
    if isinstance(value, str):
        value = _of_text(value)
    if isinstance(value, list):
        return [one for one in value if one is not None and not (isinstance(one, str) and not one.strip())]
    return value


def _of_text(text: str) -> Any:
    if text.strip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return [part.strip() for part in text.split(",")]


def _number(value: Any, whole: bool) -> Any:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return value
    return int(value) if whole and isinstance(value, float) and value.is_integer() else value


def _boolean(value: Any) -> Any:
    return _BOOLEANS.get(str(value).strip().lower(), value) if isinstance(value, str | int) else value


def _moment(value: Any) -> Any:
    """The time, naive where it is written so; what is none stays as it is."""
    number = _number(value, whole=False)
    try:
        if isinstance(number, int | float) and not isinstance(number, bool):
            return datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLISECONDS else number, UTC)
        return datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
    except (ValueError, OverflowError, OSError):
        return value


def _absolute(moment: datetime) -> str:
    try:
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return moment.isoformat()


def _uuid(value: Any) -> str | None:
    """An id that is none is left out: it may be a number that another file has too."""
    try:
        return str(UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _identity(content: str, number: int, moment: Any) -> UUID:
    digest = hashlib.sha256(content.encode()).digest()[:16]
    # As if it were UTC: an id must not depend on where it is made.
    when = int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000) if isinstance(moment, datetime) else 0
    return derived_id(digest + number.to_bytes(8, "big"), max(0, when))

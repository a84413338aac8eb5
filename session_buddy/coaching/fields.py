"""What coaching takes in: objects of JSON of a bearable size, with what is private left out of what is kept."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from session_buddy.errors import InvalidRequestError
from session_buddy.skills.privacy import clean

MAX_BYTES = 1_048_576
MAX_DEPTH = 50

Object = dict[str, Any]


def checked(name: str, value: Object | None) -> Object:
    """An object that may be stored; an empty one for None.

    Raises:
        InvalidRequestError: it is over 1 MB as JSON, nested too deeply, or JSON cannot hold it.
    """
    if not value:
        return {}
    if _depth_of(value) > MAX_DEPTH:
        raise InvalidRequestError(f"{name} is nested more than {MAX_DEPTH} levels deep. Nothing was stored.")
    try:
        size = len(written(value).encode("utf-8", "replace"))
    except ValueError:
        raise InvalidRequestError(f"{name} holds a number that JSON does not know. Nothing was stored.") from None
    if size > MAX_BYTES:
        raise InvalidRequestError(
            f"{name} is {size:,} bytes of JSON; at most {MAX_BYTES:,} are allowed. Nothing was stored. "
            "Keep large data in a file and pass its path."
        )
    return value


def cleaned(value: Any, mask_secrets: bool) -> Any:
    """The value with private parts of its texts, keys included, left out and secrets masked."""
    if isinstance(value, str):
        return clean(value, mask_secrets, MAX_BYTES).text
    if isinstance(value, list):
        return [cleaned(item, mask_secrets) for item in value]
    if isinstance(value, dict):
        return {cleaned(key, mask_secrets): cleaned(item, mask_secrets) for key, item in value.items()}
    return value


def written(value: Any) -> str:
    """A value as JSON text, its keys in their order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def read(text: str | None) -> Object:
    """The object that `written` wrote; an empty one where it was forgotten."""
    found: Object = json.loads(text) if text else {}
    return found


def arguments_id(node_id: str, action_type: str, parameters: Object) -> UUID:
    """The same id for the same arguments of a suggestion."""
    text = json.dumps([node_id, action_type, parameters], sort_keys=True, allow_nan=False)
    return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])


def _depth_of(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [item for parent in level for item in _items(parent)]
        if depth > MAX_DEPTH:
            break
    return depth


def _items(value: Any) -> Iterator[Any]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (child for child in children if isinstance(child, dict | list))

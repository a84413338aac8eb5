"""Values that a program gives, checked before they travel."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from session_buddy.errors import BuddyError

# More nesting is not looked into; the hub allows 50 levels.
MOST_LEVELS = 100

Kind = TypeVar("Kind")


def of_type(name: str, value: Any, kind: type[Kind], words: str) -> Kind:
    """The value, if it is of this type; a truth value is no number."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BuddyError(f"{name} must be {words}, not {type(value).__name__}.")
    return value


def text(name: str, value: Any) -> str:
    return of_type(name, value, str, "a text")


def optional_text(name: str, value: Any) -> str | None:
    return None if value is None else text(name, value)


def filled_text(name: str, value: Any) -> str:
    if not text(name, value).strip():
        raise BuddyError(f"{name} must not be blank.")
    return str(value)


def whole(name: str, value: Any) -> int:
    if of_type(name, value, int, "a whole number") < 0:
        raise BuddyError(f"{name} must not be below 0, and is {value}.")
    return int(value)


def number(name: str, value: Any) -> float:
    return of_type(name, value, (int, float), "a number")  # type: ignore[arg-type]


def optional_share(name: str, value: Any) -> float | None:
    """A number from 0 to 1, or None."""
    if value is not None and not 0 <= of_type(name, value, int | float, "a number from 0 to 1") <= 1:  # type: ignore[arg-type]
        raise BuddyError(f"{name} must be a number from 0 to 1, and is {value}.")
    return value  # type: ignore[no-any-return]


def optional_truth(name: str, value: Any) -> bool | None:
    return None if value is None else of_type(name, value, bool, "true, false or None")


def mapping(name: str, value: Any) -> dict[str, Any]:
    return of_type(name, value, dict, "a dictionary")


def optional_mapping(name: str, value: Any) -> dict[str, Any] | None:
    return None if value is None else mapping(name, value)


def moment(name: str, value: Any) -> str:
    """A time as ISO 8601 with offset."""
    try:
        aware = datetime.fromisoformat(text(name, value)).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise BuddyError(f"{name} must be a time as ISO 8601 with offset, such as 2026-11-02T09:30:00+01:00.")
    return str(value)


def optional_moment(name: str, value: Any) -> str | None:
    return None if value is None else moment(name, value)


def identity(name: str, value: Any) -> str:
    """A UUID as text."""
    try:
        return str(UUID(text(name, value)))
    except ValueError:
        raise BuddyError(f"{name} must be a UUID.") from None


def optional_identity(name: str, value: Any) -> str | None:
    return None if value is None else identity(name, value)


def one_of(name: str, value: Any, allowed: Iterable[str]) -> str:
    known = [str(one) for one in allowed]
    if value not in known:
        raise BuddyError(f"{name} must be one of {', '.join(known)}, not {str(value)[:64]!r}.")
    return str(value)


def json_size(given: dict[str, Any]) -> int:
    """How many bytes of JSON this is.

    Raises:
        BuddyError: JSON cannot hold it.
    """
    for name, value in given.items():
        if _is_deep(value):
            raise BuddyError(f"{name} is nested too deeply. Nothing was stored.")
    try:
        return len(json.dumps(given))
    except (TypeError, ValueError) as error:
        raise BuddyError(f"JSON cannot hold what was given: {error}. Nothing was stored.") from None


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [item for parent in level for item in _items(parent) if isinstance(item, dict | list | tuple)]
        if not level:
            return False
    return True


def _items(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()

"""Times between Python and the store: microseconds since 1970, UTC, on the way out; datetimes on the way in."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The current time, UTC."""
    return datetime.now(UTC)


def from_micros(micros: int) -> datetime:
    """What `epoch_us(column)` gave, as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def micros(moment: datetime) -> int:
    """What `epoch_us(column)` gives for this moment."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def iso(micros: int) -> str:
    """What `epoch_us(column)` gave, as ISO 8601 with offset."""
    return from_micros(micros).isoformat()

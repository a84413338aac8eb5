"""Which part of the past a question is about, as whoever asks writes it."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from session_buddy.errors import InvalidRequestError
from session_buddy.skills import known
from session_buddy.store.scope import Scope
from session_buddy.store.times import micros
from session_buddy.store.writing import Cursor

LONGEST_SHOWN = 60


class Filters(NamedTuple):
    """A session, a project, and the time from `since` on and before `until` (ISO 8601 with offset); None: all. `own` is
    the session that asks, which is known even while it is empty."""

    session_id: str | None = None
    project_id: str | None = None
    since: str | None = None
    until: str | None = None
    own: str = ""

    def scope(self, cursor: Cursor, scope: Scope, skill_name: str | None = None) -> Scope:
        """The scope of these, and of the skill.

        Raises:
            UnknownNameError: no such skill, session or project is known.
            InvalidRequestError: a time is none, or `since` lies after `until`.
        """
        since, until = span(self.since, self.until)
        if skill_name is not None:
            known.skill(cursor, text("skill_name", skill_name))
        if self.session_id is not None and text("session_id", self.session_id) != self.own:
            known.session(cursor, self.session_id)
        if self.project_id is not None:
            known.project(cursor, text("project_id", self.project_id))
        skills = None if skill_name is None else [skill_name]
        return scope._replace(
            session_id=self.session_id, project_id=self.project_id, since=since, until=until, skills=skills
        )

    def told(self) -> dict[str, str]:
        """Those that were given, as they are told in the answer."""
        given = {"project_id": self.project_id, "since": self.since, "until": self.until}
        return {name: value for name, value in given.items() if value is not None}


def asked(**given: Any) -> Filters:
    """The filters that were given by name.

    Raises:
        InvalidRequestError: one of them is not known.
    """
    if unknown := sorted(set(given) - set(Filters._fields)):
        raise InvalidRequestError(
            f"{unknown[0]} is not known here. Filters are session_id, project_id, since and until."
        )
    return Filters(**given)


def span(since: Any, until: Any) -> tuple[int | None, int | None]:
    """Where a time begins and ends, as microseconds since 1970; None where it does not.

    Raises:
        InvalidRequestError: one of them is no time, or `since` lies after `until`.
    """
    begin, end = moment("since", since), moment("until", until)
    if begin is not None and end is not None and begin > end:
        raise InvalidRequestError(f"since ({short(since)}) lies after until ({short(until)}). Nothing lies between.")
    return begin, end


def moment(name: str, value: Any) -> int | None:
    """A time as microseconds since 1970, or None.

    Raises:
        InvalidRequestError: it is no time, or has no offset.
    """
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(text(name, value))
        if found.tzinfo is not None:
            return micros(found.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    raise InvalidRequestError(
        f"{name} is not a time with its offset from UTC: {short(value)}. Write it like 2026-06-30T12:00:00+00:00."
    )


def text(name: str, value: Any) -> str:
    """A text that may be looked for.

    Raises:
        InvalidRequestError: it is no text, or none that a store can hold.
    """
    if not isinstance(value, str):
        raise InvalidRequestError(f"{name} must be a text, not {short(value)}.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidRequestError(f"{name} holds characters that are no Unicode text.") from None
    return value


def number(name: str, value: Any, least: int, most: int) -> int:
    """A whole number between two others.

    Raises:
        InvalidRequestError: it is none, or lies elsewhere.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidRequestError(f"{name} must be a whole number from {least} to {most}, not {short(value)}.")
    return value


def short(value: Any) -> str:
    """What was sent, for a message."""
    shown = ascii(value) if not isinstance(value, str) or not value.isprintable() else repr(value)
    return shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 1] + "…"

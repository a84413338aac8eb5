"""What the fields of an invocation may hold, wherever they come in: a tool, an import, the command line."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from session_buddy.common.private_text import without_private
from session_buddy.store.ids import normalised

MAX_NAME = 256
MAX_ITEMS = 100
LONGEST = 10 * 365 * 24 * 3600
# Normalising may form a new tag; more rounds than these take only contrived texts.
_ROUNDS = 8


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _name(text: str) -> str:
    if not text.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("must not hold control characters")
    name = normalised(_not_blank(text))
    if len(name) > MAX_NAME:  # normalising can make a text longer
        raise ValueError(f"should have at most {MAX_NAME} characters")
    return name


def _public_name(text: str) -> str:
    name = public_name(_name(text))
    if not name:
        raise ValueError("holds nothing but private parts; give a name without them")
    return name


def _optional_public_name(text: str) -> str:
    return _public_name(text) if text.strip() else ""


def _moment(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie in the years 1 to 9999 (UTC)") from None


def public_name(text: str) -> str:
    """The name without private parts, normalised; empty when nothing is left."""
    for _ in range(_ROUNDS):
        kept = normalised(without_private(text)[0])
        if kept == text:
            return text
        text = kept
    return "" if without_private(text)[1] else text


def as_name(text: str) -> str:
    """The nearest that a text comes to being a `Name`, without private parts; empty when nothing of it can be."""
    public = without_private(text)[0]
    printable = "".join(" " if unicodedata.category(character) in ("Cc", "Cs") else character for character in public)
    return public_name(normalised(printable)[:MAX_NAME])


# A name that nothing cleans further on: its private parts are removed here.
Name = Annotated[str, StringConstraints(max_length=MAX_NAME), AfterValidator(_public_name)]
# The same for a name that may be left out, which is empty then.
OptionalPublicName = Annotated[str, StringConstraints(max_length=MAX_NAME), AfterValidator(_optional_public_name)]
# A phase or a path, which a `Cleaner` cleans: one without any public part is left out, and the rest is stored.
CleanedName = Annotated[str, StringConstraints(max_length=MAX_NAME), AfterValidator(_name)]
Text = Annotated[str, AfterValidator(_not_blank)]
Names = Annotated[list[CleanedName], Field(max_length=MAX_ITEMS)]
Texts = Annotated[list[Text], Field(max_length=MAX_ITEMS)]
Rank = Annotated[int, Field(ge=1, le=10_000)]
Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
Seconds = Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)]

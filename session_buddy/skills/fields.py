"""What the fields of an invocation may hold, wherever they come in: a tool, an import, the command line."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from session_buddy.store.ids import normalised

MAX_NAME = 256
MAX_ITEMS = 100
LONGEST = 10 * 365 * 24 * 3600


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


def _moment(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie in the years 1 to 9999 (UTC)") from None


def as_name(text: str) -> str:
    """The nearest that a text comes to being a `Name`; empty when nothing of it can be."""
    printable = "".join(" " if unicodedata.category(character) in ("Cc", "Cs") else character for character in text)
    return normalised(normalised(printable)[:MAX_NAME])


Name = Annotated[str, StringConstraints(max_length=MAX_NAME), AfterValidator(_name)]
Text = Annotated[str, AfterValidator(_not_blank)]
Names = Annotated[list[Name], Field(max_length=MAX_ITEMS)]
Texts = Annotated[list[Text], Field(max_length=MAX_ITEMS)]
Rank = Annotated[int, Field(ge=1, le=10_000)]
Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
Seconds = Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)]

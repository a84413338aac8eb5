"""What the fields of an invocation may hold, wherever they come in: a tool, an import, the command line."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

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
    return normalised(_not_blank(text))


Name = Annotated[str, StringConstraints(max_length=MAX_NAME), AfterValidator(_name)]
Text = Annotated[str, AfterValidator(_not_blank)]
Names = Annotated[list[Name], Field(max_length=MAX_ITEMS)]
Texts = Annotated[list[Text], Field(max_length=MAX_ITEMS)]
Rank = Annotated[int, Field(ge=1, le=10_000)]
Seconds = Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)]

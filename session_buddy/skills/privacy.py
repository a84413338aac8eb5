"""What is cut from a user's text before it is stored."""

import re
from typing import NamedTuple

from session_buddy.common.private_text import MARGIN, public_text
from session_buddy.common.secret_text import MASK as MASK
from session_buddy.common.secret_text import mask_secrets as mask_secrets_of
from session_buddy.store.ids import normalised

MAX_TEXT = 32_768
"""The longest text that is stored, in characters."""

# Also for a short result so many characters of a text are read, so that a private part before it may be long.
LEAST_READ = 4_096

# Each round leaves less that could change: nearly every text needs one, a contrived one a handful.
_ROUNDS = 20


class Cleaned(NamedTuple):
    """A text that may be stored, and what was done to it.

    `notes` are short sentences for a person; they hold nothing of the text itself.
    """

    text: str
    notes: tuple[str, ...]


# Nearly every text is fit as it is, and this tells so cheaply: it starts with a plain set of characters, which is the
# fastest search there is. A digit counts beside a letter, as in every token.
_UNUSUAL = re.compile(
    "[-_.AS:=<~0-9\0\u00ad\u200b-\u200f\u2060-\u206f\ufe64\ufeff\uff1a\uff1c\uff1d&\\\\%\ud800-\udfff]"
    r"(?:[\w-]{7}|(?<=[^-_.AS0-9])|(?<=[A-Za-z][0-9])|(?<=[0-9])[A-Za-z])",
    re.ASCII,
)
# The label that a value without any digit may follow without any mark between: "the password is".
_WORD = "assw"

# Invisible characters between two visible ones of ASCII, where no script needs them: they would split a token.
_HIDDEN = re.compile("(?<=[!-~])[\u00ad\u200b-\u200f\u2060-\u206f\ufeff]+(?=[!-~])")
_SURROGATE = re.compile("[\ud800-\udfff]")


def stored_form(text: str, mask_secrets: bool = True, limit: int = MAX_TEXT) -> Cleaned:
    """The text as it is stored: cleaned and normalised until neither changes it any more, so that what was
    exported is imported again as it is. Its `text` may be empty."""
    notes: list[str] = []
    for _ in range(_ROUNDS):
        cleaned = clean(text, mask_secrets, limit)
        notes.extend(note for note in cleaned.notes if note not in notes)
        kept = normalised(cleaned.text)
        if kept == text:
            break
        text = kept
    return Cleaned(text, tuple(notes))


def clean(text: str, mask_secrets: bool = True, limit: int = MAX_TEXT) -> Cleaned:
    """Make `text` fit to be stored, in bounded time: of a very long text only the beginning is read.

    What stands between `<private>` and `</private>` is cut out; without a closing tag, everything up to the
    end is. Secrets in well-known shapes become `[masked: kind]`, unless `mask_secrets` is false. The rest
    is cut at `limit` characters. Characters that UTF-8 or a database cannot hold become U+FFFD.

    Cleaning a cleaned text changes nothing. No text raises an error.
    """
    if len(text) <= limit and not _UNUSUAL.search(text) and _WORD not in text:
        return Cleaned(text, ())
    read = text[: MARGIN * max(limit, LEAST_READ)]
    stored = _storable(read)
    found = public_text(stored, max(limit, LEAST_READ), is_cut=len(read) < len(text))
    public = found.text[: 2 * max(limit, LEAST_READ)]
    masked, secrets = mask_secrets_of(public) if mask_secrets else (public, 0)
    notes = [
        _note(stored.count("\ufffd") - read.count("\ufffd"), "unusable character", "replaced"),
        _note(found.parts, "private part", "left out"),
        _note(secrets, "secret", "masked"),
    ]
    if len(masked) > limit or found.is_cut:
        masked = _shorten(masked, mask_secrets, limit)
        notes.append(f"The text was cut at {limit:,} characters.")
    return Cleaned(masked, tuple(note for note in notes if note))


def _note(count: int, thing: str, done: str) -> str:
    if not count:
        return ""
    return f"1 {thing} was {done}." if count == 1 else f"{count:,} {thing}s were {done}."


def _storable(text: str) -> str:
    if not text.isascii():
        if _SURROGATE.search(text):
            # By way of UTF-16, the two halves of one character come together instead of being lost.
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        text = _HIDDEN.sub("", text)
    return text.replace("\0", "\ufffd")


def _shorten(text: str, mask_secrets: bool, limit: int) -> str:
    text = text[:limit]
    # A cut can turn the last word into something that looks like a secret.
    for _ in range(_ROUNDS):
        again = mask_secrets_of(text)[0][:limit] if mask_secrets else text
        if again == text:
            break
        text = again
    return text

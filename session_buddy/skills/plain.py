"""Text of strangers, from files of a project or a plugin, made fit to be shown."""

import re
import unicodedata

from session_buddy.common.private_text import without_private
from session_buddy.common.quoted_text import visible

# What a reader of markup would take as a tag.
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,200}>|<!--|-->")
# Who needs more rounds than this has something to hide, and gets no markup at all.
ROUNDS = 4
_MARKS = dict.fromkeys(map(ord, "<>"), " ")


def plain(text: str, longest: int) -> str:
    """The text as one line without commands to terminals, invisible characters and tags, cut at `longest` characters.
    Tags that mark what is private stay, for those who cut that out."""
    text = visible(text[: 4 * longest + 1_000])
    for _ in range(ROUNDS):  # what is taken out may leave a new tag behind
        if (kept := _TAG.sub(_unless_private, text)) == text:
            break
        text = kept
    else:
        text = text.translate(_MARKS)
    return unicodedata.normalize("NFC", " ".join(text.split()))[:longest].rstrip()


def _unless_private(tag: re.Match[str]) -> str:
    return tag[0] if without_private(tag[0])[0] != tag[0] else " "

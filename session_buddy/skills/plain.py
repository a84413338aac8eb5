"""Text of strangers, from files of a project or a plugin, made fit to be shown."""

import re
import unicodedata

from session_buddy.common.private_text import without_private

# What a terminal takes as a command, and what a reader of markup would.
_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,16}[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|.)?|\x9b[0-?]{0,64}[@-~]"
)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,200}>|<!--|-->")
# Who needs more rounds than this has something to hide, and gets no markup at all.
ROUNDS = 4
_MARKS = dict.fromkeys(map(ord, "<>\x1b\x9b"), " ")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = "\u200c\u200d"  # these belong to words and pictures of some languages


def plain(text: str, longest: int) -> str:
    """The text as one line without commands to terminals, invisible characters and tags, cut at `longest` characters.
    Tags that mark what is private stay, for those who cut that out."""
    text = text[: 4 * longest + 1_000]
    for _ in range(ROUNDS):  # what is taken out may leave a new tag or command behind
        if (kept := _TAG.sub(_unless_private, _TERMINAL.sub("", text))) == text:
            break
        text = kept
    else:
        text = text.translate(_MARKS)
    visible = (_visible(character) for character in text)
    return unicodedata.normalize("NFC", " ".join("".join(visible).split()))[:longest].rstrip()


def _unless_private(tag: re.Match[str]) -> str:
    return tag[0] if without_private(tag[0])[0] != tag[0] else " "


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace() or unicodedata.category(character) == "Cc":
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE and character not in _JOINERS else character

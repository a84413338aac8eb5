"""Text and JSON written so that nothing in it is hidden, turned around or pushed out of sight.

Characters that are not seen, or that change the order of others, are written as the escapes of JSON (`\\u202e`; two of
them for one beyond U+FFFF), a long run of blanks as its length (`[300 spaces]`), and texts stand in quotes, so that
none can look like a line of the program. Letters of other alphabets that look alike (Cyrillic, Greek) stay as they are.
`web/static/lib/jsontext.js` does the same for the page; both are tested with the same texts.
"""

import json
import unicodedata
from typing import Any

# So many blanks in a row are written as their number.
LONG_BLANKS = 8
# Marks that stand over or under one letter; more of them reach into other lines.
MOST_MARKS = 3
# What is seen as nothing though it counts as printable: fillers, selectors of variants, and a blank of Braille.
_UNSEEN = frozenset(
    [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0, 0x1D159),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    ]
)
_LINES = "\n\r\t"


def is_hidden(character: str) -> bool:
    """Whether a character is not seen, or moves others; the blank and the ends of lines do not count."""
    return not character.isprintable() or ord(character) in _UNSEEN


def escaped(text: str) -> str:
    """The text with each such character, and each mark too many on one letter, as an escape."""
    if text.isascii() and text.isprintable():
        return text
    parts, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        parts.append(_escape(character) if marks > MOST_MARKS or is_hidden(character) else character)
    return "".join(parts)


def written(value: Any) -> str:
    """JSON on one line, nothing in it hidden; it reads back as the same value."""
    text = escaped(json.dumps(value, ensure_ascii=False))
    return _with_blanks(text, lambda count: "\\u0020" * count)


def shown(value: Any) -> str:
    """The same for reading only: a long run of blanks is written as its length. A text stands in quotes."""
    return _with_blanks(escaped(json.dumps(value, ensure_ascii=False)), lambda count: f"[{count} spaces]")


def hidden_count(value: Any) -> int:
    """How many characters of a value, names of members included, are written as escapes because they are hidden."""
    found, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found += 0 if one.isascii() and one.isprintable() else sum(map(_counts, one))
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return found


def alike(value: Any) -> list[tuple[str, str]]:
    """Names of members of one object that differ, and look alike once their case and form are put aside."""
    found, waiting = list[tuple[str, str]](), [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            folded: dict[str, str] = {}
            for name in one:
                other = folded.setdefault(_folded(name), name)
                if other != name:
                    found.append((other, name))
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


def _counts(character: str) -> bool:
    return character not in _LINES and is_hidden(character)


def _folded(name: str) -> str:
    kept = "".join(character for character in name if not is_hidden(character) and character != " ")
    return unicodedata.normalize("NFKC", kept).casefold()


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def _with_blanks(text: str, put: Any) -> str:
    if " " * LONG_BLANKS not in text:
        return text
    parts, blanks = list[str](), 0
    for character in [*text, ""]:
        if character == " ":
            blanks += 1
            continue
        if blanks:
            parts.append(put(blanks) if blanks >= LONG_BLANKS else " " * blanks)
            blanks = 0
        parts.append(character)
    return "".join(parts)

"""Removal of `<private>` parts from a text: the one implementation for hooks, spool, tools, imports and programs.

A part begins with an opening tag and ends with the closing tag that belongs to it; parts may be nested. An unclosed
part ends with the text. Case, blanks, line breaks, attributes and slashes in a tag do not matter, nor do invisible
characters, control characters and accents between its letters, compatibility forms and letters that look the same, or
escapes such as `&lt;`, `%253C` and `\\u003c`. A tag that forms when a part is removed counts as well. In doubt, text is
removed: `<private` with any `>` behind it opens a part, but only a complete closing tag closes one.

A hook process imports this module, so it compiles its patterns only for texts that can hold a tag.
"""

import re
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match, Pattern

# So many times the characters of the result are read of a text.
MARGIN = 3
LONGEST_WORD = 4_096
MARK = "[private]"
"""Stands for a removed part where the text on either side of it would form a new tag."""

# Patterns are for folded texts: ASCII letters, a blank for every blank, NUL for what has no width of its own.
_SPLIT = r"(?:\x1b\[[0-9;]{0,16}[A-Za-z]|[\0-\x1f\x7f])*+"
_BLANKS = r"[\s\0-\x1f\x7f]*+"
_FIRST = r"<&\\%"
_LESS = (
    rf"[{_FIRST}](?:(?<=<)|(?<=&)(?:amp;|\#38;|\#[xX]26;)*+(?:(?:lt|LT);?|\#0*+60;?|\#[xX]0*+3[cC];?)"
    r"|(?<=\\)(?:u00|x|u\{0*+|U0{6})3[cC]\}?|(?<=\\)074|(?<=%)(?:25)*+3[cC])"
)
_GREATER = (
    r"(?:>|&(?:amp;|\#38;|\#[xX]26;)*+(?:(?:gt|GT);?|\#0*+62;?|\#[xX]0*+3[eE];?)"
    r"|\\(?:u00|x|u\{0*+|U0{6})3[eE]\}?|\\076|%(?:25)*+3[eE])"
)
_SLASH = r"/|&(?:amp;|\#38;)*+\#(?:0*+47|[xX]0*+2[fF]);?|%(?:25)*+2[fF]|\\/|\\(?:u00|x)2[fF]"
_NAME = _SPLIT.join("private")
# `<!--private-->` is a tag as well, a comment with other words is not.
_TAG = (
    rf"(?i:{_LESS}{_BLANKS}(?P<comment>!--)?{_BLANKS}(?P<slash>{_SLASH}|){_BLANKS}{_NAME}"
    rf"(?(comment){_BLANKS}--(?={_BLANKS}{_GREATER})|(?![\w-])))"
)
# The rest of a closing tag: no other tag, and not MARK, which must not make a tag of two pieces.
_REST = rf"[^<>&\\%\[]{{0,200}}+{_GREATER}"

# Letters that look like those of the name, and have no compatibility mapping.
_ALIKE = dict(
    zip(
        "ıрРгаАеЕіІтТνΡρΑαΙιΤτΕᴘʀɪᴠᴀᴛᴇɩɑ",
        "ippraaeeiittvppaaiitteprivateia",
        strict=True,
    )
)
_CONTROLS = dict.fromkeys((*range(32), 127))
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800\ufffd"
_MARKED = (("\u2215", "/"), ("\u2044", "/"))
# Removal may form a new tag; after these rounds, MARK keeps the pieces apart.
_ROUNDS = 4

_compiled: "list[Pattern[str]]" = []


def without_private(text: str) -> "tuple[str, int]":
    """The text without its private parts and without tags, and the number of removed parts. The result holds no tag."""
    public, parts, _ = split_private(text)
    return public, parts


def split_private(text: str, is_open: bool = False) -> "tuple[str, int, bool]":
    """The text without its private parts, their number, and whether the last one is unclosed. With `is_open`, a part
    is open where the text begins."""
    tags = _tags(text)
    if not tags:
        return ("", 1, True) if is_open else (text, 0, False)
    total, ends_open = 0, False
    for _ in range(_ROUNDS):
        kept, parts, still_open = _pieces(text, tags, is_open)
        total, text, is_open, ends_open = total + parts, "".join(kept), False, ends_open or still_open
        # The texts before and after a part may form a new tag where they meet.
        if not (tags := _tags(text)):
            return text, total, ends_open
    return MARK.join(kept), total, ends_open


def _pieces(text: str, tags: "list[tuple[int, int]]", is_open: bool) -> "tuple[list[str], int, bool]":
    """The texts outside of private parts, the number of parts, and whether the last one is unclosed."""
    kept, parts, depth, position = [], int(is_open), int(is_open), 0
    for start, end in tags:
        if depth == 0:
            kept.append(text[position:start])
        if end:
            depth, position = max(depth - 1, 0), end
        else:
            parts += depth == 0
            depth += 1
    if depth == 0:
        kept.append(text[position:])
    return kept, parts, depth > 0


def closes_first(text: str) -> bool:
    """Whether the first tag of a text is a closing one: its part was opened before the text began."""
    text = _folded(text)
    if not _may_hold_tag(text):
        return False
    tag, rest, _ = _patterns()
    for match in tag.finditer(text):
        if not match["slash"]:
            return False
        if rest.match(text, match.end()):
            return True
    return False


class Public(namedtuple("Public", ["text", "parts", "is_open", "is_cut"])):
    """The public text, the number of removed parts, whether the last one is unclosed, and whether more text followed
    that was not read."""

    text: str
    parts: int
    is_open: bool
    is_cut: bool


def public_text(text: str, limit: int, is_open: bool = False, is_cut: bool = False) -> Public:
    """Enough of a text's public parts for a result of `limit` characters, in bounded time: at most three times as many
    characters are read, so the margin keeps what follows a long private part.

    Cutting before the removal is safe: a part whose end lies behind the cut counts as unclosed, and what may be half a
    word or half a tag at the cut goes if it would be part of the result. With `is_cut`, the text is cut already."""
    read = text[: MARGIN * limit]
    is_cut = is_cut or len(read) < len(text)
    public, parts, is_open = split_private(read, is_open)
    if is_cut and not is_open and len(public) <= limit:
        blank = max(public.rfind(mark, max(len(public) - LONGEST_WORD, 0)) for mark in " \n\t")
        public = public[: blank if blank >= 0 else max(len(public) - LONGEST_WORD, 0)]
    return Public(public, parts, is_open, is_cut)


def _tags(text: str) -> "list[tuple[int, int]]":
    """Each tag as (start, end), in order; `end` is 0 for an opening tag, whose end does not matter."""
    text = _folded(text)
    if not _may_hold_tag(text):
        return []
    tag, rest, greater = _patterns()
    found: list[Match[str]] = list(tag.finditer(text))
    if not found:
        return []
    last = _last_greater(greater, text, found[0].end())
    tags = []
    for match in found:
        if match["slash"]:
            if closing := rest.match(text, match.end()):
                tags.append((match.start(), closing.end()))
        elif match.end() <= last:
            tags.append((match.start(), 0))
    return tags


def _patterns() -> "list[Pattern[str]]":
    if not _compiled:
        _compiled.extend(map(re.compile, (_TAG, _REST, _GREATER)))
    return _compiled


def _folded(text: str) -> str:
    """The text with the same length in the characters of the patterns. A text of ASCII is as it is."""
    if text.isascii():
        return text
    return text.translate({ord(character): _fold(character) for character in set(text) if character > "\x7f"})


def _fold(character: str) -> str:
    import unicodedata  # most texts of a hook process do not need it

    if character in _ALIKE:
        return _ALIKE[character]
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf", "Cc") or character in _FILLERS:
        return "\0"
    if category[0] == "Z":
        return " "
    first = unicodedata.normalize("NFKD", character)[0]
    return dict(_MARKED).get(first, first)


def _may_hold_tag(text: str) -> bool:
    """A cheap check of a folded text that saves nearly every text the patterns."""
    if not any(mark in text for mark in "<&\\%"):
        return False
    lowered = text.lower()
    return "private" in lowered or "\x1b" in text or "private" in lowered.translate(_CONTROLS)


def _last_greater(greater: "Pattern[str]", text: str, begin: int) -> int:
    """Where the last form of `>` behind `begin` starts; -1 without one. It reads backwards in growing steps, since a
    text may hold a million of them."""
    reach = 64
    while True:
        start = max(len(text) - reach, begin)
        last = -1
        for match in greater.finditer(text, start):
            last = match.start()
        if last >= 0 or start == begin:
            return last
        reach *= 4

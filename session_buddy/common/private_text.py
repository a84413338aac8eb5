"""Removal of `<private>` parts from a text: the one implementation for hooks, spool, tools, imports and programs.

A part begins with an opening tag and ends with the closing tag that belongs to it; parts may be nested. An unclosed
part ends with the text. Case, blanks, line breaks, attributes and slashes in a tag do not matter, nor do invisible
characters, full-width forms, the Turkish letters for `i`, or escapes such as `&lt;` and `\\u003c`. In doubt, text is
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

# Characters without a width of their own, which a paste may bring into a tag.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_BLANKS = rf"[\s\0-\x1f\x7f-\x9f{_INVISIBLE}]*+"
_LETTERS = (
    "[pP\uff50\uff30]", "[rR\uff52\uff32]", "[iI\u0130\u0131\uff49\uff29]\u0307?+", "[vV\uff56\uff36]",
    "[aA\uff41\uff21]", "[tT\uff54\uff34]", "[eE\uff45\uff25]",
)  # fmt: skip
_FIRST = "<\uff1c\ufe64&\\\\%"
_LESS = (
    rf"[{_FIRST}](?:(?<=[<\uff1c\ufe64])|(?<=&)(?:amp;){{0,4}}(?:(?:lt|LT);?|\#0{{0,8}}60;?|\#[xX]0{{0,8}}3[cC];?)"
    r"|(?<=\\)(?:u00|x)3[cC]|(?<=%)3[cC])"
)
_GREATER = r"(?:[>\uff1e\ufe65]|&(?:amp;){0,4}(?:(?:gt|GT);?|\#0{0,8}62;?|\#[xX]0{0,8}3[eE];?)|\\(?:u00|x)3[eE]|%3[eE])"
_SLASH = r"[/\uff0f\u2215\u2044]|&\#(?:47|[xX]2[fF]);?|%2[fF]|\\/"
_NAME = f"[{_INVISIBLE}]*+".join(_LETTERS)
_TAG = rf"{_LESS}{_BLANKS}(?P<slash>{_SLASH}|){_BLANKS}{_NAME}(?![\w-])"
# The rest of a closing tag: no other tag, and not MARK, which must not make a tag of two pieces.
_REST = rf"[^<>\uff1c\uff1e\ufe64\ufe65&\\%\[]{{0,200}}+{_GREATER}"

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
    public = "".join(kept)
    # The texts before and after a part may form a new tag where they meet.
    return (MARK.join(kept) if len(kept) > 1 and _tags(public) else public), parts, depth > 0


def closes_first(text: str) -> bool:
    """Whether the first tag of a text is a closing one: its part was opened before the text began."""
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


def _may_hold_tag(text: str) -> bool:
    """A cheap check that saves nearly every text the patterns. A text of ASCII holds the name as it is."""
    if not any(mark in text for mark in "<&\\%\uff1c\ufe64"):
        return False
    return not text.isascii() or "private" in text.lower()


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

"""Masking of secrets in a text: in known formats, by structure, and by the label before them.

A hook process may use this for one text, so patterns are compiled on their first use only, and nearly every text is
passed by cheap checks. All of it is linear, and masking a masked text changes nothing: every round repeats the work
until nothing is left to mask.
"""

import re

from session_buddy.common import secret_formats, secret_labels
from session_buddy.common.secret_patterns import OPTIONS, PATTERNS, TOKENS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from re import Match, Pattern

    Span = tuple[int, int, str]

MASK = "[masked: "
"""How what stands for a secret begins."""

# Nearly every text that changes at all needs two rounds, a contrived one a few more.
_ROUNDS = 8
# So many characters before an option belong to its command, on the same line.
_COMMAND_REACH = 200

_BODIES = {
    secret_formats.ALNUM: r"[A-Za-z0-9]{%d,}[\w-]*",
    secret_formats.WORD: r"[\w-]{%d,}",
    secret_formats.DOTTED: r"(?:[\w-]|\.(?=[\w-])){%d,}",
    secret_formats.HEX: r"[0-9a-fA-F]{%d,}[\w-]*",
    secret_formats.BASE64: r"[\w+/-]{%d,}={0,3}(?:\.[\w-]+)*",
    secret_formats.UPPER: r"[A-Z0-9]{%d,}[\w-]*",
}
_DIGIT = r"(?=[\w.-]{0,24}\d)"
# A word that a token may be part of.
SHORTEST = 12
_LONG = r"(?<![\w.~+/:%=-])[\w.~+/:%=-]{12,}"
# Where a token may begin in it.
_BEGINNING = r"(?<![A-Za-z0-9])[A-Za-z0-9][\w./-]"
# An ending of base64 text is no boundary before a prefix that base64 text may hold by chance.
_BEFORE_OPTION = (" ", "\t", "\n", "'", '"')
_MARKS = ("+", "/")

_patterns: "dict[str, Pattern[str]]" = {}
_index: "dict[str, list[tuple[str, str, str]]]" = {}


def mask_secrets(text: str) -> "tuple[str, int]":
    """The text with `[masked: kind]` in place of each secret, and the number of secrets."""
    total = 0
    for _ in range(_ROUNDS):
        text, count = _mask_once(text)
        if not count:
            break
        total += count
    return text, total


def _mask_once(text: str) -> "tuple[str, int]":
    lowered, total = secret_labels.lower(text), 0
    if words := _token_words(text):
        text, total = _replaced(text, _known_formats(text))
        text, count = _by_structure(text, TOKENS, words)
        total += count
    text, count = _by_structure(text, PATTERNS, lowered)
    total += count
    if " -" in text:
        text, count = _of_options(text)
        total += count
    for label in secret_labels.present(lowered):
        text, count = _replaced(text, secret_labels.behind(text, label))
        total += count
    for name in secret_labels.NAMES:
        if name[0] in text:
            text, count = _replaced(text, secret_labels.set_to(text, name))
            total += count
    return text, total


def _token_words(text: str) -> str:
    """The words that a token may be part of: long ones that hold a digit, or a capital in a longer one."""
    words = [word for word in text.split() if len(word) >= SHORTEST]
    if not words:
        return ""
    has_digit, has_capital = _compiled("[0-9]").search, _compiled("[A-Z]").search
    return "\n".join(word for word in words if has_digit(word) or (len(word) >= 20 and has_capital(word)))


def _by_structure(
    text: str, patterns: "tuple[tuple[str, tuple[str, ...], str], ...]", sample: str
) -> "tuple[str, int]":
    """Mask what matches a pattern of which a hint is in the sample."""
    total = 0
    for kind, hints, pattern in patterns:
        for hint in hints:
            if hint in sample:
                spans = ((*_secret(found), kind) for found in _compiled(pattern).finditer(text))
                text, count = _replaced(text, spans)
                total += count
                break
    return text, total


def _of_options(text: str) -> "tuple[str, int]":
    total = 0
    for pattern, programs in OPTIONS:
        if any(program in text for program in programs):
            text, count = _replaced(text, _option_values(text, pattern, programs))
            total += count
    return text, total


def _compiled(pattern: str) -> "Pattern[str]":
    if pattern not in _patterns:
        _patterns[pattern] = re.compile(pattern, re.ASCII)
    return _patterns[pattern]


def _secret(found: "Match[str]") -> "tuple[int, int]":
    return found.span("s") if "s" in found.re.groupindex else found.span()


def _replaced(text: str, spans: "Iterable[Span]") -> "tuple[str, int]":
    """The text with each span masked; spans come in order, and one that begins inside of another is passed over."""
    pieces, position = [], 0
    for start, end, kind in spans:
        if start >= position:
            pieces += [text[position:start], f"{MASK}{kind}]"]
            position = end
    if not pieces:
        return text, 0
    return "".join([*pieces, text[position:]]), len(pieces) // 2


def _known_formats(text: str) -> "Iterator[Span]":
    if not _index:
        _make_index()
    beginnings, position = _compiled(_BEGINNING), 0
    for word in _compiled(_LONG).finditer(text):
        starts = [found.start() for found in beginnings.finditer(text, *word.span())]
        for prefix in secret_formats.GLUED:
            if text.find(prefix, *word.span()) >= 0:
                starts += [found.start() for found in _compiled(prefix).finditer(text, *word.span())]
        for start in sorted(starts):
            if start >= position and (end_and_kind := _format_at(text, start)):
                yield start, *end_and_kind
                position = end_and_kind[0]


def _format_at(text: str, start: int) -> "tuple[int, str] | None":
    for prefix, body, kind in _index.get(text[start : start + 2], ()):
        if not text.startswith(prefix, start) or (prefix.isalnum() and text[start - 1 : start] in _MARKS):
            continue
        if found := _compiled(body).match(text, start + len(prefix)):
            return found.end(), kind
    return None


def _make_index() -> None:
    for kind, body, least, prefixes in secret_formats.FORMATS:
        for prefix in prefixes:
            pattern = (_DIGIT if prefix in secret_formats.DIGIT_NEEDED else "") + _BODIES[body] % least
            _index.setdefault(prefix[:2], []).append((prefix, pattern, kind))
    for formats in _index.values():
        formats.sort(key=lambda entry: -len(entry[0]))


def _option_values(text: str, pattern: str, programs: "tuple[str, ...]") -> "Iterator[Span]":
    for found in _compiled(pattern).finditer(text):
        line = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _COMMAND_REACH)
        if text[found.start() - 1 : found.start()] not in _BEFORE_OPTION:
            continue
        is_ours = any(text.find(program, line, found.start()) >= 0 for program in programs)
        if is_ours and not secret_labels.is_placeholder(text, found.start("s")):
            yield (*found.span("s"), secret_labels.KIND)

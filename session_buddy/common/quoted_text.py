"""Show untrusted text as data: one line, bounded, without invisible characters, markup or instruction wrappers.

Names, queries and descriptions come from repositories, stores and models. A reader of our output (an assistant, a
terminal) must see them as quoted data, never as a command, a tag or a message of another role.
"""

import re
import unicodedata

MAX_QUOTED = 1_000
"""The default bound in characters for one value in a text."""
MAX_NAME = 256
MAX_ERROR = 4_000

# The names that assistants give to skills, commands and agents: they pass unchanged. Upper case together with a
# namespace is left out, since "SYSTEM:..." reads as a message of another role.
_PLUGIN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?::[a-z0-9][a-z0-9._-]*)*")
_SIMPLE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,16}[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|.)?|\x9b[0-?]{0,64}[@-~]"
)
_ORDINARY = re.compile(r"[A-Za-z0-9 ,.;()/+=@%&?!\"-]*")
_SPACES = re.compile(r"[^\S\n]+")
_WRAPPER_END = re.compile(r"(?<=[^\s=>›-])>")
_BRACKET_TAG = re.compile(r"\[(/?[ ]{0,4}(?:INST|SYS|SYSTEM|USER|ASSISTANT|HUMAN|TOOL|DEVELOPER)[^\]\n]{0,40})\]", re.I)
_FENCE = re.compile(r"`{2,}|~{3,}")
_BACKTICKS = re.compile(r"`{2,}")
_LINK = re.compile(r"\](?=[(\[])")
_IMAGE = re.compile(r"!(?=\[)")
_ROLES = (
    "system|human|assistant|user|developer|tool|function|model|instructions?|system prompt|tool result|"
    "system[_ -]reminder|ai"
)
_WRAPPER_START = re.compile(rf"(?i)<(?=[^\s=<‹\d.]|[ ]{{0,4}}(?:/|\|?(?:{_ROLES})\b))")
_COLON = r"[ ]{0,4}[:\uff1a\ufe55\ufe13\u2236\ua789\u02d0]"
_SHOUTED = "|".join(
    word.upper() + "|" + word.capitalize()
    for word in ("system", "human", "assistant", "user", "developer", "tool", "instructions", "function", "ai")
)
# A role at the start of a line in any case, and anywhere in capitals or with an initial capital.
_ROLE_LINE = re.compile(rf"(?im)^([\s>#*_\"'(\[-]{{0,12}}(?:{_ROLES})[*_]{{0,3}}){_COLON}")
_ROLE_INSIDE = re.compile(rf"(?<![^\W_])((?:{_SHOUTED})[*_]{{0,3}}){_COLON}(?!//)")
_JSON_BRACKET = re.compile(r"(?i)\[(?=[ ]{0,4}/?[ ]{0,4}(?:inst|sys|user|assistant|human|tool|developer))")
_JSON_ROLE = re.compile(rf"(?<![^\W_])({_SHOUTED}):")
_HEADING = re.compile(r"(?m)^[ ]{0,3}(#{1,6}[ ]|[-=*_]{3,}[ ]*$|>[ ])")

_JOINERS = "\u200c\u200d"  # they belong to words and pictures of some languages
_EMOJI_STYLE = "\ufe0f"
# These are printable by their category and show nothing: fillers, blanks, variation selectors.
_BLANK = dict.fromkeys([0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x17B4, 0x17B5, 0x034F, *range(0x180B, 0x1810)])
_BLANK |= dict.fromkeys([*range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0)])
# Letters and signs that look like ASCII and would hide a wrapper from the patterns.
_LOOKALIKE = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (
        *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), *range(0x1D400, 0x1D6A4), *range(0x1D7CE, 0x1D800),
        0xFF1C, 0xFF1E, 0xFF3B, 0xFF3D, 0xFF40, 0xFF5C, 0xFE64, 0xFE65,
    )
}  # fmt: skip
_JSON_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>`"}


def quoted(text: str, longest: int = MAX_QUOTED) -> str:
    """Return the text as one line of at most `longest` characters that reads as data.

    Terminal commands, control, bidirectional, invisible and tag characters go. Wrappers such as `<system>`, `[INST]`,
    `<|im_start|>`, "SYSTEM:" and code fences lose the characters that make them wrappers. Ordinary text stays as it is.
    """
    if len(text) <= longest and _ORDINARY.fullmatch(text):
        return " ".join(text.split())
    cut = text[: 4 * longest + 1_000]
    line = " ".join(without_wrappers(visible(cut)).split())
    if len(line) > longest or len(cut) < len(text):
        line = line[: longest - 1].rstrip() + "…"
    return line


def in_quotes(text: str, longest: int = MAX_QUOTED) -> str:
    """Return the quoted text between single quotes, which nothing inside can close."""
    return "'" + quoted(text, longest).replace("'", "’") + "'"


def quoted_name(name: str, longest: int = MAX_NAME) -> str:
    """Return a name as it may be shown; names of skills, commands, agents and tools stay as they are."""
    if is_plain_name(name) and len(name) <= longest:
        return name
    return quoted(one_line(name[: 2 * longest]), longest)


def is_plain_name(name: str) -> bool:
    """Return whether a name has the form that assistants give to skills, which cannot be read as anything else."""
    return bool(_PLUGIN_NAME.fullmatch(name) or _SIMPLE_NAME.fullmatch(name))


def quoted_lines(text: str) -> str:
    """Return a text of several lines, such as a report, without invisible characters, tags and code fences.

    This is the last step before a text leaves for an assistant; each value in it was quoted before. JSON from
    `quoted_json` stays as it is.
    """
    return _BACKTICKS.sub("'", _WRAPPER_END.sub("›", _WRAPPER_START.sub("‹", visible(text))))


def quoted_error(error: BaseException) -> str:
    """Return the message of an error as it may be shown: messages echo names and values that came in."""
    return quoted(str(error), MAX_ERROR)


def quoted_json(written: str) -> str:
    """Return JSON as JSON of the same value in which nothing is invisible and nothing can be a tag or a fence."""
    # In JSON outside of strings, no bracket comes before these words and no colon after them.
    written = _JSON_ROLE.sub(r"\1\\u003a", _JSON_BRACKET.sub(r"\\u005b", written))
    return "".join(map(_json_visible, written)) if _needs_escape(written) else written


def one_line(text: str) -> str:
    """Return the text with a blank for each character that is not visible, so that columns keep their width."""
    if _ORDINARY.fullmatch(text):
        return text
    shown = "".join(sign if sign.isprintable() and ord(sign) not in _BLANK else " " for sign in text)
    return without_wrappers(shown)


def visible(text: str) -> str:
    """Return the text without terminal commands, control, bidirectional, invisible and tag characters.

    Line ends stay; other white space and control characters become blanks.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _TERMINAL.sub("", text.replace("\r\n", "\n"))
    shown = list[str]()
    for character in text.translate(_BLANK):
        if character.isprintable():
            # One sign for the style of a picture; more of them would carry hidden data.
            shown.append("" if character == _EMOJI_STYLE and shown[-1:] == [character] else character)
        elif character in "\n\r\x85\x0b\x0c\u2028\u2029":
            shown.append("\n")
        elif character.isspace() or unicodedata.category(character) == "Cc":
            shown.append(" ")
        elif character in _JOINERS and shown and not shown[-1].isascii() and shown[-1] not in _JOINERS:
            shown.append(character)
    return "".join(shown)


def without_wrappers(text: str) -> str:
    """Return visible text without the signs that make tags, role prefixes, headings, fences and links of it."""
    if not text.isascii():
        text = text.translate(_LOOKALIKE)
    text = _BRACKET_TAG.sub(r"(\1)", _FENCE.sub("'", _WRAPPER_END.sub("›", _WRAPPER_START.sub("‹", text))))
    text = _LINK.sub("] ", _IMAGE.sub("! ", text))
    return _ROLE_INSIDE.sub(r"\1 -", _ROLE_LINE.sub(r"\1 -", _HEADING.sub("", text)))


def _needs_escape(written: str) -> bool:
    return not written.isascii() or not written.isprintable() or any(sign in written for sign in "<>`")


def _json_visible(character: str) -> str:
    if character in _JSON_SIGNS:
        return _JSON_ESCAPES[ord(character)]
    if character.isascii() or (character.isprintable() and ord(character) not in _BLANK):
        return character
    pair = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pair[at]:02x}{pair[at + 1]:02x}" for at in range(0, len(pair), 2))


_JSON_SIGNS = "<>`"
